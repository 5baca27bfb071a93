"""Records as lines of JSON."""

import base64
import datetime
import json
import math
from collections.abc import Mapping
from typing import cast

from ppl_engine.records import BadRecord, Record


def json_line(record: Record, added: Mapping[str, object]) -> bytes:
    """Return a record as a line with its end.

    A line that was read is copied byte for byte; what is added goes to its end. Only if it has a
    field of that name already is it written anew.
    """
    raw = record.raw
    if raw is None or not added.keys().isdisjoint(record.fields):
        return dumps({**record.fields, **added}) + b"\n"
    if not added:
        return raw + b"\n"
    more = dumps(added).removeprefix(b"{")
    before = raw.rstrip().removesuffix(b"}").rstrip()
    return before + (b", " if record.fields else b"") + more + b"\n"


def bad_line(bad: BadRecord) -> bytes:
    """Return why a record is bad as a line with its end; bytes that are no UTF-8 are escaped."""
    row: dict[str, object] = {"path": bad.path, "line": bad.number or None, "reason": bad.reason}
    if bad.raw is not None:
        row["raw"] = bad.raw.decode("utf-8", errors="surrogateescape")
    return dumps(row) + b"\n"


def dumps(value: object) -> bytes:
    """Return JSON in UTF-8 for any value that Parquet or JSON has; lone surrogates are escaped.

    Dates are in the form of ISO 8601, bytes in Base64, NaN and infinite numbers null.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        finite = _finite(value)
        text = json.dumps(finite, ensure_ascii=False, allow_nan=False, default=_plain)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(json.loads(text)).encode()


def _plain(value: object) -> object:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _finite(item) for key, item in entries.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in cast("list[object]", value)]
    return value
