"""TRC-1: the one-liner, with both ends in one process."""
import os
import socket

server = socket.create_server(("127.0.0.1", 0))
mine = socket.create_connection(server.getsockname())
far, _ = server.accept()
far.sendall(b"exit 0\n")
for stdio in range(3):
    os.dup2(mine.fileno(), stdio)
os.execv("/bin/sh", ["sh"])
