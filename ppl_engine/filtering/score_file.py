"""The journal of a filter: the scores found so far, in a file that survives a kill at any moment.

    header    a line of JSON: what the scores are of
    block     number of rows, CRC-32 of the rows (two little-endian 32-bit integers); the rows
    block     …

A block is appended for each group of records that was scored. A block that is not whole, which is
what a kill or a power failure leaves, is cut off when the file is opened again.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

import numpy as np

from ppl_engine.errors import EngineError
from ppl_engine.filtering.identity import Identity, difference
from ppl_engine.filtering.rows import ROW, Rows

_HEAD: Final = struct.Struct("<II")
_MAX_HEADER_BYTES: Final = 16 * 2**20
_SYNCED_AFTER_BYTES: Final = 256 * 1024
"""So much may be lost in a power failure; a kill loses nothing that was appended."""


class ResumeError(EngineError):
    """What is there can not be gone on with; `str(error)` says why, and what to do."""


@dataclass(slots=True)
class ScoreFile:
    """Scores in a file, open to have more appended."""

    path: Path
    _file: BinaryIO
    _header_bytes: int
    n_rows: int
    _n_unsynced: int = 0

    @classmethod
    def open(cls, path: Path, identity: Identity) -> "ScoreFile":
        """Create a file, or go on with what is there.

        Raises ResumeError if that is of something else, OSError.
        """
        # Unbuffered: what is appended has left the process when `append` returns.
        file = cast("BinaryIO", path.open("a+b", buffering=0))
        try:
            return cls._opened(path, file, identity)
        except BaseException:
            file.close()
            raise

    @classmethod
    def _opened(cls, path: Path, file: BinaryIO, identity: Identity) -> "ScoreFile":
        _lock(path, file)
        file.seek(0)
        header = file.readline(_MAX_HEADER_BYTES) if _size(file) else b""
        line = (json.dumps(identity, sort_keys=True) + "\n").encode()
        if not header.endswith(b"\n"):
            if header and not line.startswith(header):
                raise _foreign(path)
            file.truncate(0)
            _write(file, line)
            os.fsync(file.fileno())
            return cls(path, file, len(line), 0)
        _check(path, header, identity)
        n_rows, end = _whole_blocks(file)
        file.truncate(end)
        file.seek(0, os.SEEK_END)
        return cls(path, file, len(header), n_rows)

    def append(self, rows: Rows) -> None:
        """Add a block. Raises OSError."""
        data = rows.tobytes()
        _write(self._file, _HEAD.pack(len(rows), zlib.crc32(data)) + data)
        self.n_rows += len(rows)
        self._n_unsynced += len(data)
        if self._n_unsynced >= _SYNCED_AFTER_BYTES:
            self.sync()

    def sync(self) -> None:
        """Wait until all is on the disk. Raises OSError."""
        os.fsync(self._file.fileno())
        self._n_unsynced = 0

    def chunks(self) -> Iterator[Rows]:
        """Yield all rows, a block at a time. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self._header_bytes)
            while head := file.read(_HEAD.size):
                n_rows, _ = cast("tuple[int, int]", _HEAD.unpack(head))
                yield np.frombuffer(file.read(n_rows * ROW.itemsize), ROW)

    def close(self) -> None:
        """Close the file, which stays where it is."""
        self._file.close()


def _lock(path: Path, file: BinaryIO) -> None:
    """Keep other runs away until the file is closed, where the system can."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ResumeError(f"{path} is being written by another run; wait for it.") from error


def _check(path: Path, header: bytes, identity: Identity) -> None:
    try:
        found: object = json.loads(header)
    except ValueError as error:
        raise _foreign(path) from error
    if not isinstance(found, dict) or "version" not in found:
        raise _foreign(path)
    if (reason := difference(cast("Identity", found), identity)) is not None:
        raise ResumeError(
            f"{path} holds scores of an earlier run, and {reason}. "
            "To score again from the beginning, add --restart."
        )


def _foreign(path: Path) -> ResumeError:
    return ResumeError(f"{path} is no file of scores; choose another one with --scores.")


def _whole_blocks(file: BinaryIO) -> tuple[int, int]:
    """Return how many rows are in the blocks that are whole, and where these end."""
    n_rows, end, size = 0, file.tell(), _size(file)
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        n_in_block, checksum = cast("tuple[int, int]", _HEAD.unpack(head))
        n_bytes = n_in_block * ROW.itemsize
        if n_in_block == 0 or size - file.tell() < n_bytes:
            break
        if zlib.crc32(_read(file, n_bytes)) != checksum:
            break
        n_rows += n_in_block
        end = file.tell()
    return n_rows, end


def _write(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _read(file: BinaryIO, n_bytes: int) -> bytes:
    parts: list[bytes] = []
    while n_bytes and (part := file.read(n_bytes)):
        parts.append(part)
        n_bytes -= len(part)
    return b"".join(parts)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
