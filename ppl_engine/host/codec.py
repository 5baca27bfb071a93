"""Values as what JSON can write, and raw buffers for what it should not.

A codec is made from a type: dataclasses become lists of their fields, long strings and arrays
become indices into a list of buffers. Nothing is said of types on the wire, and nothing but the
types asked for can come out of it. Fields that are added to a dataclass need no code here; one that
must stay where it was made has a default and `metadata={"on_wire": False}`.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, Generic, Literal, TypeVar, Union, cast

import numpy as np
from numpy.typing import NDArray

from ppl_engine.host.errors import WireError

T = TypeVar("T")
Buffer = bytes | memoryview

_SHORT: Final = 512
"""Strings up to here are a part of the tree."""

_MALFORMED: Final = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError)


@dataclasses.dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How values of one type are written and read."""

    encode: Callable[[T, list[Buffer]], Any]
    """Return the tree of a value; appends to the buffers. Arrays are not copied."""

    decode: Callable[[Any, Sequence[memoryview]], T]
    """Return the value of a tree. Arrays are views of the buffers and read-only."""


@cache
def codec_of(wanted: Any) -> Codec[Any]:  # noqa: PLR0911 - a table
    """Return the codec of a type; raises TypeError for a type that can not cross."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if dataclasses.is_dataclass(wanted):
        return _dataclass(cast("type[Any]", wanted))
    if origin is Union or origin is types.UnionType:
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is np.ndarray:
        return _array(typing.get_args(arguments[1])[0])
    if origin in (tuple, list) and (origin is list or arguments[1:] == (...,)):
        return _sequence(origin, codec_of(arguments[0]))
    if origin is tuple:
        return _record(tuple(codec_of(argument) for argument in arguments), tuple)
    if origin in (dict, Mapping):
        return _mapping(codec_of(arguments[0]), codec_of(arguments[1]))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return Codec(lambda value, _: value.value, lambda tree, _: wanted(tree))
    if wanted in _PLAIN:
        return _PLAIN[wanted]
    raise TypeError(f"A value of {wanted!r} can not be sent to another process")


def decoded(codec: Codec[T], tree: Any, buffers: Sequence[memoryview]) -> T:
    """Return the value of a tree that may be anything; raises WireError if it is not the type's."""
    try:
        return codec.decode(tree, buffers)
    except _MALFORMED as error:
        raise WireError(f"a value that does not fit its type: {error}") from error


def _exactly(kind: type[T], *more: type) -> Codec[T]:
    def decode(tree: Any, _: Sequence[memoryview]) -> T:
        # A bool is an int to Python, but not to us.
        if type(tree) is not kind and type(tree) not in more:
            raise TypeError(f"{kind.__name__} expected, not {type(tree).__name__}")
        return cast("T", tree)

    # Scalars of NumPy become plain ones.
    return Codec(lambda value, _: cast("Any", kind)(value), decode)


def _none() -> Codec[None]:
    def decode(tree: Any, _: Sequence[memoryview]) -> None:
        if tree is not None:
            raise TypeError("null expected")

    return Codec(lambda _, __: None, decode)


def _text() -> Codec[str]:
    def encode(value: str, buffers: list[Buffer]) -> Any:
        if len(value) <= _SHORT:
            return value
        buffers.append(value.encode("utf-8", "surrogatepass"))
        return len(buffers) - 1

    def decode(tree: Any, buffers: Sequence[memoryview]) -> str:
        if type(tree) is str:
            return tree
        return str(_buffer(tree, buffers), "utf-8", "surrogatepass")

    return Codec(encode, decode)


def _bytes() -> Codec[bytes]:
    def encode(value: bytes, buffers: list[Buffer]) -> int:
        buffers.append(value)
        return len(buffers) - 1

    return Codec(encode, lambda tree, buffers: bytes(_buffer(tree, buffers)))


def _array(scalar: Any) -> Codec[NDArray[Any]]:
    expected = np.dtype(scalar)

    def encode(value: NDArray[Any], buffers: list[Buffer]) -> Any:
        if value.dtype != expected:
            raise TypeError(f"An array of {value.dtype} where one of {expected} is declared")
        whole = np.ascontiguousarray(value)
        # Empty arrays can not be cast to bytes.
        buffers.append(memoryview(cast("Any", whole)).cast("B") if whole.size else b"")
        return [list(value.shape), len(buffers) - 1]

    def decode(tree: Any, buffers: Sequence[memoryview]) -> NDArray[Any]:
        shape, idx = tree
        found = np.frombuffer(_buffer(idx, buffers), dtype=expected).reshape(shape)
        found.flags.writeable = False
        return found

    return Codec(encode, decode)


def _buffer(idx: Any, buffers: Sequence[memoryview]) -> memoryview:
    if type(idx) is not int or not 0 <= idx < len(buffers):
        raise IndexError("no such buffer")
    return buffers[idx]


def _literal(choices: tuple[Any, ...]) -> Codec[Any]:
    def decode(tree: Any, _: Sequence[memoryview]) -> Any:
        if tree not in choices:
            raise ValueError(f"{tree!r} is none of {choices}")
        return tree

    return Codec(lambda value, _: value, decode)


def _sequence(kind: Callable[[list[Any]], Any], item: Codec[Any]) -> Codec[Any]:
    def decode(tree: Any, buffers: Sequence[memoryview]) -> Any:
        return kind([item.decode(one, buffers) for one in _list(tree)])

    return Codec(lambda value, buffers: [item.encode(one, buffers) for one in value], decode)


def _mapping(key: Codec[Any], item: Codec[Any]) -> Codec[Any]:
    pairs = _sequence(dict, _record((key, item), tuple))
    return Codec(lambda value, buffers: pairs.encode(value.items(), buffers), pairs.decode)


def _record(items: tuple[Codec[Any], ...], make: Callable[[list[Any]], Any]) -> Codec[Any]:
    def encode(value: Any, buffers: list[Buffer]) -> Any:
        return [item.encode(one, buffers) for item, one in zip(items, value, strict=True)]

    def decode(tree: Any, buffers: Sequence[memoryview]) -> Any:
        found = zip(items, _list(tree), strict=True)
        return make([item.decode(one, buffers) for item, one in found])

    return Codec(encode, decode)


def _dataclass(wanted: type[Any]) -> Codec[Any]:
    hints = typing.get_type_hints(wanted)
    names = [
        field.name
        for field in dataclasses.fields(wanted)
        if field.init and field.metadata.get("on_wire", True)
    ]
    record = _record(
        tuple(codec_of(hints[name]) for name in names),
        lambda values: wanted(**dict(zip(names, values, strict=True))),
    )
    return Codec(
        lambda value, buffers: record.encode([getattr(value, name) for name in names], buffers),
        record.decode,
    )


def _union(alternatives: tuple[Any, ...]) -> Codec[Any]:
    """Write which alternative it is, by the class of the value, and then the value."""
    codecs = [codec_of(alternative) for alternative in alternatives]
    classes = [typing.get_origin(one) or one for one in alternatives]
    places = {kind: idx for idx, kind in enumerate(classes) if kind is not Literal}

    def encode(value: Any, buffers: list[Buffer]) -> Any:
        if value is None:
            return None
        idx = places.get(type(value), -1)
        if idx < 0:
            idx = next(k for k, kind in enumerate(classes) if isinstance(value, kind))
        return [idx, codecs[idx].encode(value, buffers)]

    def decode(tree: Any, buffers: Sequence[memoryview]) -> Any:
        if tree is None and types.NoneType in places:
            return None
        idx, inner = _list(tree)
        if type(idx) is not int or not 0 <= idx < len(codecs):
            raise IndexError("no such alternative")
        return codecs[idx].decode(inner, buffers)

    return Codec(encode, decode)


def _list(tree: Any) -> list[Any]:
    if type(tree) is not list:
        raise TypeError(f"a list expected, not {type(tree).__name__}")
    return cast("list[Any]", tree)


_PLAIN: Final[dict[Any, Codec[Any]]] = {
    bool: _exactly(bool),
    int: _exactly(int),
    float: _exactly(float, int),
    str: _text(),
    bytes: _bytes(),
    types.NoneType: _none(),
}
