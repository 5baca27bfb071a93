"""Memory for a loop that allocates the same large tensors again and again.

glibc gives blocks above 32 MB back to the system at once and gets them anew, a page fault for every
4 kB: on a CPU that costs a training step more than its matrices do.
"""

import ctypes
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_TOP_PAD: Final = -2
_M_MMAP_MAX: Final = -4
_KEEP: Final = 2**31 - 1


def keep_freed_memory() -> None:
    """Tell the C library to keep what is freed; does nothing where it is not glibc."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_TRIM_THRESHOLD, _KEEP)
    mallopt(_M_TOP_PAD, 256 * 2**20)
