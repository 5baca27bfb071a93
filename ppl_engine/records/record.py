"""A record of text, and what stands where none could be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from ppl_engine.errors import EngineError

TEXT_FIELD: Final = "text"
"""The field that holds the text of a record, unless another one is named."""

_KINDS: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((bool,), "a truth value"),  # before numbers, since it is one of them to Python
    ((int, float), "a number"),
    ((str,), "text"),
    ((dict,), "an object"),
    ((list, tuple), "a list"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record, as it stands in a file."""

    path: str
    """As it was given or found; `-` for standard input."""

    number: int
    """From 1: the line in JSON Lines and in text read by lines, the row in Parquet, else 1."""

    fields: Mapping[str, object]
    raw: bytes | None = None
    """The line of JSON without its end; None where a record does not come from one."""

    @property
    def place(self) -> str:
        """Return where it stands, as compilers say it."""
        return f"{self.path}:{self.number}"


@dataclass(frozen=True, slots=True)
class BadRecord:
    """What stands where a record was to be, and can not be read as one."""

    path: str
    number: int
    """As that of `Record`; 0 if it is about the file as a whole."""

    reason: str
    raw: bytes | None = None
    """The line, if there is one; of a line that is too long, its beginning."""

    @property
    def place(self) -> str:
        """Return where it stands, as compilers say it."""
        return f"{self.path}:{self.number}" if self.number else self.path


class FieldError(EngineError):
    """A record has no such field, or it holds no text; `str(error)` lists those that there are."""


def text_field(record: Record, name: str = TEXT_FIELD) -> str:
    """Return the text in the field `name`; `a.b` also leads into the object in field `a`.

    Raises FieldError.
    """
    value = _look_up(record, name)
    if isinstance(value, str):
        return value
    raise FieldError(f"the field {_quoted(name)} is {kind_of(value)}, not text")


def kind_of(value: object) -> str:
    """Return what a value of JSON or Parquet is, in words with an article."""
    if value is None:
        return "null"
    for kinds, words in _KINDS:
        if isinstance(value, kinds):
            return words
    return f"a value of type {type(value).__name__}"


def _look_up(record: Record, name: str) -> object:
    fields = record.fields
    if name in fields:
        return fields[name]
    steps = name.split(".")
    for depth, step in enumerate(steps):
        if step not in fields:
            raise FieldError(_missing(steps, depth, fields))
        value = fields[step]
        if depth == len(steps) - 1:
            return value
        if not isinstance(value, dict):
            raise FieldError(
                f"the field {_quoted('.'.join(steps[: depth + 1]))} is {kind_of(value)}, "
                f"so that there is no {_quoted(name)}"
            )
        fields = cast("Mapping[str, object]", value)
    raise AssertionError(name)  # split gives one step at least


def _missing(steps: list[str], depth: int, fields: Mapping[str, object]) -> str:
    within = f" in {_quoted('.'.join(steps[:depth]))}" if depth else ""
    wanted = _quoted(".".join(steps[: depth + 1]))
    if not fields:
        return f"there is no field {wanted}: there are no fields{within}"
    return f"there is no field {wanted}; the fields{within} are {', '.join(map(_quoted, fields))}"


def _quoted(name: str) -> str:
    # As in JSON, so that any name can be shown.
    return json.dumps(name)
