"""JSON Lines: an object a line."""

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Final, cast

from ppl_engine.records.raw_lines import RawLine
from ppl_engine.records.record import BadRecord, Record, kind_of

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_LINES: Final = {b"[": "jq -c '.[]'", b"{": "jq -c ."}
"""By the first line of a document of JSON that is laid out for people."""


def unread_records(
    path: str, lines: Iterator[RawLine]
) -> Iterator[Callable[[], Record | BadRecord]]:
    """Yield for each line that is not blank a function that reads it.

    JSON as Python writes it is accepted: NaN and Infinity are numbers, of two equal keys the last
    counts, and a lone surrogate may be escaped. `Record.raw` is the line as it stands.
    """
    for line in lines:
        data = line.data
        if line.number == 1:
            if data.startswith(_UTF16):
                yield lambda: BadRecord(path, 0, "is UTF-16, not UTF-8")
                return
            data = data.removeprefix(codecs.BOM_UTF8)
            if (command := _AS_LINES.get(data.strip())) is not None:
                reason = f"one document of JSON, not JSON Lines; `{command}` makes lines of it"
                yield lambda reason=reason: BadRecord(path, 0, reason)
                return
        if not data.strip():
            continue
        yield lambda line=line, data=data: _read(path, line, data)


def _read(path: str, line: RawLine, data: bytes) -> Record | BadRecord:
    if line.is_too_long:
        return BadRecord(path, line.number, "the line is too long to be a record", data)
    try:
        value: object = json.loads(data.decode())
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 (byte 0x{data[error.start]:02X} at column {error.start + 1})"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {_said(error)}"
    except (ValueError, RecursionError) as error:
        reason = f"not JSON that can be read: {error}"
    else:
        if isinstance(value, dict):
            return Record(path, line.number, cast("dict[str, object]", value), data)
        reason = f"is {kind_of(value)}, not an object"
    return BadRecord(path, line.number, reason, data)


def _said(error: json.JSONDecodeError) -> str:
    message = error.msg.removesuffix(" at")
    return f"{message[:1].lower()}{message[1:]} at column {error.pos + 1}"
