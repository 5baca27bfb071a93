"""A file that one process holds as long as it lives, and that says which process that is.

The operating system lets go of it whatever way the process ends, so nothing is ever stale.
"""

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

import psutil

from ppl_engine.host.errors import HostError

if sys.platform == "win32":
    import msvcrt

    _FAR: Final = 2**30  # Windows does not let others read what is locked

    def _try_to_lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _try_to_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class HostLock:
    """The lock of one place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock and sign it; return False if somebody else has it."""
        descriptor = _opened(self._path)
        try:
            _try_to_lock(descriptor)
        except OSError:
            os.close(descriptor)
            return False
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {_began(os.getpid())}\n".encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> int | None:
        """Return the process that holds the lock, if one does and can be seen."""
        descriptor = _opened(self._path)
        try:
            _try_to_lock(descriptor)
        except OSError:
            return _signed(os.read(descriptor, 100))
        finally:
            os.close(descriptor)
        return None


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise HostError(f"The lock of the engine can not be opened: {error}") from error


def _began(pid: int) -> float:
    """Return when a process began: numbers of processes are used again."""
    return psutil.Process(pid).create_time()


def _signed(signature: bytes) -> int | None:
    with contextlib.suppress(ValueError, psutil.Error):
        pid, began = signature.split()
        # The clock from which this is computed may be set.
        if abs(_began(int(pid)) - float(began)) < 1.0:
            return int(pid)
    return None
