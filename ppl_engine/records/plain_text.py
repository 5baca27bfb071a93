"""Text as records: a file is one, or each of its lines."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from ppl_engine.records.raw_lines import RawLine, read_all
from ppl_engine.records.record import TEXT_FIELD, BadRecord, Record

_N_BYTES_OF_BINARY_CHECK: Final = 8192
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def whole_file(path: str, file: BinaryIO) -> Record | BadRecord:
    """Read a file as one record. Raises DamagedError, OSError."""
    data = read_all(file)
    if data is None:
        return BadRecord(path, 0, "the file is too long to be one record; read it by lines")
    if (reason := _not_text(data)) is not None:
        return BadRecord(path, 0, reason)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        return BadRecord(path, 0, f"not UTF-8 (byte 0x{error.object[error.start]:02X})")
    return Record(path, 1, {"path": path, TEXT_FIELD: text})


def unread_lines(path: str, lines: Iterator[RawLine]) -> Iterator[Callable[[], Record | BadRecord]]:
    """Yield for each line that is not blank a function that makes a record of it."""
    for line in lines:
        data = line.data
        if line.number == 1:
            reason = _not_text(data)
            if reason is not None:
                yield lambda reason=reason: BadRecord(path, 0, reason)
                return
            data = data.removeprefix(codecs.BOM_UTF8)
        if not data.strip():
            continue
        yield lambda line=line, data=data: _line(path, line, data)


def _line(path: str, line: RawLine, data: bytes) -> Record | BadRecord:
    if line.is_too_long:
        return BadRecord(path, line.number, "the line is too long to be a record", data)
    try:
        return Record(path, line.number, {TEXT_FIELD: data.decode()})
    except UnicodeDecodeError as error:
        byte = data[error.start]
        reason = f"not UTF-8 (byte 0x{byte:02X} at column {error.start + 1})"
        return BadRecord(path, line.number, reason, data)


def _not_text(data: bytes) -> str | None:
    if data.startswith(_UTF16):
        return "is UTF-16, not UTF-8"
    if b"\0" in data[:_N_BYTES_OF_BINARY_CHECK]:
        return "is binary, not text"
    return None
