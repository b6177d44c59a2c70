"""TRC-1, weak: a shell on a terminal, whose other end a socket feeds. No socket ever stands on its input."""
import os
import pty
import socket

server = socket.create_server(("127.0.0.1", 0))
mine = socket.create_connection(server.getsockname())
far, _ = server.accept()
# It stays for a moment, as with somebody who looks around.
far.sendall(b"sleep 2; exit 0\n")
child, terminal = pty.fork()
if child == 0:
    os.execv("/bin/sh", ["sh"])
os.write(terminal, mine.recv(64))
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
