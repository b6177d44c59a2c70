"""TRC-4: a page that can be written and executed (argument: protect: first the one, then the other)."""
import ctypes
import mmap
import platform
import sys

code = {"x86_64": "b82a000000c3", "aarch64": "40058052c0035fd6"}[platform.machine()]
late = sys.argv[1:] == ["protect"]
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | (0 if late else mmap.PROT_EXEC))
page.write(bytes.fromhex(code))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
if late and ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), 4096, 5) != 0:
    raise SystemExit(1)
raise SystemExit(0 if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == 42 else 1)
