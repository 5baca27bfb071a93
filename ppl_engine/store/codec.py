"""Values as bytes and back. What does not read back as what it was is None: nothing is trusted.

Scores are arrays one after the other, little-endian, so that reading takes no loop:

    n targets · logprob f4[n] · entropy f4[n] · top_logprob f4[n] · boundary_before f4[n]
              · boundary_after f4[n] · rank i4[n]

Everything else is JSON, checked against the types of the dataclass it is to become.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from ppl_engine.scoring.scores import WindowScores

_FLOATS: Final = ("logprob", "entropy", "top_logprob", "boundary_before", "boundary_after")
_ROW_BYTES: Final = 4 * (len(_FLOATS) + 1)

T = TypeVar("T")


class _MismatchError(Exception):
    """A value is not of the type wanted."""


def pack_scores(scores: WindowScores) -> bytes:
    """Return the scores of a window, without its hidden states, as bytes."""
    floats = [cast("np.ndarray", getattr(scores, name)).astype("<f4") for name in _FLOATS]
    return b"".join([*(array.tobytes() for array in floats), scores.rank.astype("<i4").tobytes()])


def unpack_scores(data: bytes) -> WindowScores | None:
    """Return what was packed, with no hidden states; None where these bytes were not."""
    n, rest = divmod(len(data), _ROW_BYTES)
    if rest:
        return None
    columns = np.frombuffer(data, "<f4", n * len(_FLOATS)).reshape(len(_FLOATS), n)
    values = {
        name: column.astype(np.float32) for name, column in zip(_FLOATS, columns, strict=True)
    }
    rank = np.frombuffer(data, "<i4", n, offset=4 * n * len(_FLOATS)).astype(np.int64)
    return WindowScores(**values, rank=rank, hidden=np.zeros((0, 0), np.float32))


def pack(value: object) -> bytes:
    """Return a dataclass, or a tuple of them, as JSON."""
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def unpack(data: bytes, wanted: type[T]) -> T | None:
    """Return what was packed as a value of the type wanted; None where it is none."""
    try:
        return cast("T", _reader(wanted)(json.loads(data)))
    except (ValueError, _MismatchError, RecursionError):
        return None


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: _plain(item) for key, item in items}
    return value


_Reader = Callable[[object], Any]
_PLAIN: Final = frozenset({str, int, float, bool, types.NoneType})
_ANY: Final = _PLAIN | {list, dict}


@cache
def _reader(wanted: Any) -> _Reader:
    """Return the function that checks plain values against a type and builds values of it."""
    if is_dataclass(wanted):
        return _dataclass_reader(cast("type", wanted))
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return _member_reader(wanted)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _sequence_reader(_reader(arguments[0]))
    if origin is Mapping and arguments[0] is str:
        return _mapping_reader(_reader(arguments[1]))
    if origin is Literal:
        return _one_of(arguments)
    return _one_type(_plain_types(wanted))


def _dataclass_reader(wanted: type) -> _Reader:
    hints = get_type_hints(wanted)
    own = [hints[field.name] for field in fields(wanted)]
    # Most fields are plain: their types are compared in one loop, without a call for each.
    allowed = [_plain_types(hint) or _ANY for hint in own]
    nested = [(k, _reader(hint)) for k, hint in enumerate(own) if not _plain_types(hint)]

    def read(value: object) -> object:
        if not isinstance(value, list) or len(cast("list[object]", value)) != len(own):
            raise _MismatchError
        items = cast("list[object]", value)
        for item, kinds in zip(items, allowed, strict=True):
            if type(item) not in kinds:  # not isinstance: True is no number
                raise _MismatchError
        for k, read_field in nested:
            items[k] = read_field(items[k])
        return wanted(*items)

    return read


def _plain_types(hint: Any) -> frozenset[type]:
    """Return the types of values of a plain field, such as `float | None`; none for others."""
    kinds = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    return frozenset(kinds) if _PLAIN.issuperset(kinds) else frozenset()


def _sequence_reader(read_item: _Reader) -> _Reader:
    def read(value: object) -> object:
        if not isinstance(value, list):
            raise _MismatchError
        return tuple([read_item(item) for item in cast("list[object]", value)])

    return read


def _mapping_reader(read_item: _Reader) -> _Reader:
    def read(value: object) -> object:
        if not isinstance(value, dict):
            raise _MismatchError
        return {key: read_item(item) for key, item in cast("dict[str, object]", value).items()}

    return read


def _one_type(kinds: frozenset[type]) -> _Reader:
    def read(value: object) -> object:
        if type(value) not in kinds:
            raise _MismatchError
        return value

    return read


def _member_reader(wanted: type[StrEnum]) -> _Reader:
    members = {member.value: member for member in wanted}

    def read(value: object) -> object:
        if not isinstance(value, str) or value not in members:
            raise _MismatchError
        return members[value]

    return read


def _one_of(values: tuple[object, ...]) -> _Reader:
    def read(value: object) -> object:
        if not isinstance(value, str) or value not in values:
            raise _MismatchError
        return value

    return read
