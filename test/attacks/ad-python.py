"""TRC-2: asks to be traced, or (argument: look) looks whether it is."""
import ctypes
import sys

if sys.argv[1:] == ["look"]:
    with open("/proc/self/status") as status:
        raise SystemExit(0 if "TracerPid:\t0" in status.read() else 1)
raise SystemExit(0 if ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0 else 1)
