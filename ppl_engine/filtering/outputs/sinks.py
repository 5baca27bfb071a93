"""Where records go: a file that appears when it is finished, or standard output."""

import gzip
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO, Final, Protocol, cast

from ppl_engine.errors import EngineError
from ppl_engine.filtering.outputs.json_lines import json_line
from ppl_engine.records.raw_lines import COMPRESSED_SUFFIXES, STDIN
from ppl_engine.records.reading import JSON_LINES_SUFFIXES, PARQUET_SUFFIX
from ppl_engine.records.record import TEXT_FIELD, Record

STDOUT: Final = STDIN
TEXT_SUFFIX: Final = ".txt"

Encode = Callable[[Record, Mapping[str, object]], bytes]


class Sink(Protocol):
    """Takes records in order."""

    def write(self, record: Record, added: Mapping[str, object]) -> None:
        """Write a record with what is added to it. Raises OSError."""
        ...


class LineSink:
    """Writes a line for each record."""

    def __init__(self, file: BinaryIO, encode: Encode = json_line) -> None:
        self._file = file
        self._encode = encode

    def write(self, record: Record, added: Mapping[str, object]) -> None:
        """Write a record. Raises OSError."""
        self._file.write(self._encode(record, added))


def suffix_of(path: str) -> str:
    """Return the suffix that tells the form of an output.

    Raises EngineError if none can be written by it.
    """
    name = PurePath(path)
    if name.suffix.lower() in COMPRESSED_SUFFIXES:
        name = name.with_suffix("")
        if name.suffix.lower() == PARQUET_SUFFIX:
            raise EngineError(f"{path}: Parquet is compressed already; end the name in .parquet.")
    suffix = name.suffix.lower()
    if path == STDOUT or suffix in JSON_LINES_SUFFIXES:
        return ".jsonl"
    if suffix in {PARQUET_SUFFIX, TEXT_SUFFIX}:
        return suffix
    raise EngineError(
        f"{path}: the end of the name tells what to write: .jsonl, .parquet or .txt, and .gz or "
        ".zst after it to compress."
    )


def text_line(record: Record, added: Mapping[str, object]) -> bytes:
    """Return the text of a record that was a line."""
    del added
    return cast("str", record.fields[TEXT_FIELD]).encode("utf-8", errors="surrogatepass") + b"\n"


@contextmanager
def replacing(path: str) -> Generator[BinaryIO, None, None]:
    """Open a file beside `path` that takes its place when all is written; else it is removed.

    Compresses as the suffix says; standard output is written to as it is. Raises OSError.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as file:
            with _packed(file, target.suffix.lower()) as packed:
                yield packed
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    beside.replace(target)


@contextmanager
def _packed(file: BinaryIO, suffix: str) -> Generator[BinaryIO, None, None]:
    match suffix:
        case ".gz":
            # Neither time nor name: equal records make equal files.
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        case ".zst":
            try:
                from zstandard import ZstdCompressor  # noqa: PLC0415 - an extra
            except ImportError as error:
                raise EngineError(
                    "Files compressed with Zstandard need a package: pip install 'ppl-lsp[data]'."
                ) from error
            with ZstdCompressor().stream_writer(file, closefd=False) as packed:
                yield cast("BinaryIO", packed)
        case _:
            yield file
