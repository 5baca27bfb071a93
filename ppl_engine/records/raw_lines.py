"""The lines of a file as bytes, plain or compressed, with a bound on how long one may be."""

import gzip
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from ppl_engine.records import zstandard_file

STDIN: Final = "-"
COMPRESSED_SUFFIXES: Final = frozenset({".gz", ".zst"})
MAX_LINE_BYTES: Final = 256 * 2**20
"""A longer line is no record but a file without line ends; it is passed over."""

_N_BYTES_SHOWN: Final = 1024


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line without its end."""

    number: int
    data: bytes
    """Of a line that is too long, its beginning."""

    is_too_long: bool = False


class DamagedError(Exception):
    """The data of a compressed file are not what was compressed; the message says so."""


@contextmanager
def open_bytes(path: str) -> Generator[BinaryIO, None, None]:
    """Open a file to read, through its compression if its suffix names one.

    Raises OSError, and EngineError if a package is needed that is not installed.
    """
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as file:
        match Path(path).suffix.lower():
            case ".gz":
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            case ".zst":
                with zstandard_file.unpacked(file) as unpacked:
                    yield unpacked
            case _:
                yield file


def raw_lines(file: BinaryIO, *, max_line_bytes: int = MAX_LINE_BYTES) -> Iterator[RawLine]:
    """Yield the lines of a file, which end at LF or CR LF.

    Memory is bounded by the longest line. Raises DamagedError, OSError.
    """
    number = 0
    while data := _read_line(file, max_line_bytes + 1):
        number += 1
        if data.endswith(b"\n"):
            yield RawLine(number, data.removesuffix(b"\n").removesuffix(b"\r"))
        elif len(data) <= max_line_bytes:
            yield RawLine(number, data)
        else:
            beginning = data[:_N_BYTES_SHOWN]
            del data
            _pass_over(file)
            yield RawLine(number, beginning, is_too_long=True)


def read_all(file: BinaryIO, *, max_bytes: int = MAX_LINE_BYTES) -> bytes | None:
    """Return all that is in a file; None if it is more. Raises DamagedError, OSError."""
    with _translating():
        data = file.read(max_bytes + 1)
        while len(data) <= max_bytes and (more := file.read(max_bytes + 1 - len(data))):
            data += more
        return data if len(data) <= max_bytes else None


def _read_line(file: BinaryIO, n_bytes: int) -> bytes:
    with _translating():
        return file.readline(n_bytes)


def _pass_over(file: BinaryIO) -> None:
    while (data := _read_line(file, 2**20)) and not data.endswith(b"\n"):
        pass


@contextmanager
def _translating() -> Generator[None, None, None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DamagedError(str(error)) from error
    except Exception as error:
        # zlib and zstandard have errors of their own, which are not worth an import here.
        if type(error).__module__.partition(".")[0] not in {"zlib", "zstandard", "zstd"}:
            raise
        raise DamagedError(str(error)) from error
