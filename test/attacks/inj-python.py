"""TRC-3: a parent writes into its child through the file of its memory."""
import ctypes
import os
import signal
import time

word = ctypes.c_long(1)
parent = os.getpid()
child = os.fork()
if child == 0:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while word.value == 1 and os.getppid() == parent and time.monotonic() < deadline:
        time.sleep(0.01)
    os._exit(0 if word.value == 2 else 1)
with open(f"/proc/{child}/mem", "r+b", buffering=0) as memory:
    memory.seek(ctypes.addressof(word))
    memory.write((2).to_bytes(8, "little"))
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
