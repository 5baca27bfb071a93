"""Files of records, whatever their form, as one stream in memory that does not grow."""

import enum
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import PurePath
from typing import Final, TypeAlias

from ppl_engine.errors import EngineError
from ppl_engine.records import json_lines, parquet, plain_text
from ppl_engine.records.raw_lines import (
    COMPRESSED_SUFFIXES,
    STDIN,
    DamagedError,
    open_bytes,
    raw_lines,
)
from ppl_engine.records.record import BadRecord, Record
from ppl_engine.text.languages import DOCUMENT_SUFFIXES

JSON_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".json"})
PARQUET_SUFFIX: Final = ".parquet"
RECORD_SUFFIXES: Final = (
    DOCUMENT_SUFFIXES | JSON_LINES_SUFFIXES | COMPRESSED_SUFFIXES | {PARQUET_SUFFIX}
)
"""The last suffixes of files that hold records, to be looked for in directories."""

Unread: TypeAlias = Callable[[], Record | BadRecord]


class Form(enum.StrEnum):
    """How records stand in a file."""

    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    TEXT = "text"
    """The whole file is one record, with the fields `path` and `text`."""

    LINES = "lines"
    """Each line that is not blank is a record, with the field `text`."""


def form_of(path: str, *, lines: bool = False) -> Form:
    """Return the form that the suffix of a file tells; standard input is JSON Lines.

    With `lines`, what is text is read by lines.
    """
    if path == STDIN:
        return Form.LINES if lines else Form.JSON_LINES
    name = PurePath(path)
    if name.suffix.lower() in COMPRESSED_SUFFIXES:
        name = name.with_suffix("")
    suffix = name.suffix.lower()
    if suffix in JSON_LINES_SUFFIXES:
        return Form.JSON_LINES
    if suffix == PARQUET_SUFFIX:
        return Form.PARQUET
    return Form.LINES if lines else Form.TEXT


def read_items(
    files: Iterable[str], *, lines: bool = False, form: Form | None = None, skip: int = 0
) -> Iterator[Record | BadRecord]:
    """Yield what stands in files, in order: records, and where none can be read, why.

    `form` says how they are to be read instead of their suffixes. The first `skip` items are passed
    over without being parsed; what follows is the same as without. Of a file that can not be read
    on, a BadRecord tells, and the next file follows. Raises EngineError if a package is needed that
    is not installed.
    """
    unread = (item for path in files for item in _unread(path, form or form_of(path, lines=lines)))
    for read in islice(unread, skip, None):
        yield read()


def read_records(
    files: Iterable[str],
    *,
    on_bad: Callable[[BadRecord], None],
    lines: bool = False,
    form: Form | None = None,
) -> Iterator[Record]:
    """Yield the records of files in order; `on_bad` is told of what is none, and the rest goes on.

    Raises EngineError as `read_items` does.
    """
    for item in read_items(files, lines=lines, form=form):
        if isinstance(item, BadRecord):
            on_bad(item)
        else:
            yield item


def _unread(path: str, form: Form) -> Iterator[Unread]:
    """Yield functions that read the items of a file; damage is an item too."""
    number = 0
    try:
        for item in _unread_in(path, form):
            number += 1
            yield item
    except DamagedError as error:
        reason = f"damaged after record {number}: {error}"
        yield lambda: BadRecord(path, 0, reason)
    except OSError as error:
        reason = f"can not be read: {(error.strerror or str(error)).lower()}"
        yield lambda: BadRecord(path, 0, reason)


def _unread_in(path: str, form: Form) -> Iterator[Unread]:
    if form is Form.PARQUET:
        if path == STDIN:
            raise EngineError("Parquet can not be read from standard input; name a file.")
        yield from parquet.unread_rows(path)
        return
    with open_bytes(path) as file:
        match form:
            case Form.JSON_LINES:
                yield from json_lines.unread_records(path, raw_lines(file))
            case Form.LINES:
                yield from plain_text.unread_lines(path, raw_lines(file))
            case Form.TEXT:
                item = plain_text.whole_file(path, file)
                yield lambda: item
