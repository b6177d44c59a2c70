# Python: processes, threads, a database, compression, a server and its client.
exec /usr/bin/python3 - <<'END'
import hashlib, json, multiprocessing, re, socket, subprocess, threading, zlib

def work(seed):
    data = json.dumps([hashlib.sha256(str(seed + i).encode()).hexdigest() for i in range(2000)]).encode()
    return len(zlib.compress(data)) + len(re.findall(rb'a[0-9]+', data))

if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool:
        assert all(pool.map(work, range(6)))
    server = socket.create_server(('127.0.0.1', 0))
    def answer():
        connection, _ = server.accept()
        with connection:
            connection.sendall(connection.recv(100))
    thread = threading.Thread(target=answer)
    thread.start()
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b'hello')
        assert client.recv(100) == b'hello'
    thread.join()
    for _ in range(20):
        subprocess.run(['true'], check=True)
END
