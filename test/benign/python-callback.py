"""A C library calls a Python function: libffi makes the code that does so."""
import ctypes

values = (ctypes.c_int * 5)(5, 3, 4, 1, 2)
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
ctypes.CDLL(None).qsort(values, 5, 4, compare(lambda a, b: a[0] - b[0]))
raise SystemExit(0 if list(values) == [1, 2, 3, 4, 5] else 1)
