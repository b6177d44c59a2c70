"""TRC-5: a program in a memfd (argument: library: a library that is loaded from one)."""
import ctypes
import glob
import os
import sys

as_library = sys.argv[1:] == ["library"]
library = next(iter(glob.glob("/lib/*-linux-gnu/libm.so.6")), None)
source = library if as_library else "/bin/true"
if source is None:
    print("there is no library to load", file=sys.stderr)
    raise SystemExit(77)
memory = os.memfd_create("payload", 0)
with open(source, "rb") as file:
    os.write(memory, file.read())
if as_library:
    ctypes.CDLL(f"/proc/self/fd/{memory}")
else:
    os.execve(memory, ["true"], {})
