"""Any value of a type, for properties of what crosses between processes."""

import dataclasses
import math
import types
import typing
from enum import Enum
from typing import Any, Literal, Union, cast

import numpy as np
from hypothesis import strategies as st

TEXT = (
    st.text(st.characters(), max_size=40) | st.just("\ud834 é 👩‍👩‍👧\r\n") | st.just("long " * 300)
)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


def any_of(wanted: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a table
    """Values of a type, made from its declaration; knows nothing of the codec."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if dataclasses.is_dataclass(wanted):
        hints = typing.get_type_hints(wanted)
        crossing = [f for f in dataclasses.fields(wanted) if f.metadata.get("on_wire", True)]
        fields = {field.name: any_of(hints[field.name]) for field in crossing}
        return st.builds(cast("Any", wanted), **fields)
    if origin in (Union, types.UnionType):
        return st.one_of([any_of(argument) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is np.ndarray:
        return arrays(np.dtype(typing.get_args(arguments[1])[0]))
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(any_of(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*[any_of(argument) for argument in arguments])
    if origin is list:
        return st.lists(any_of(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(*[any_of(argument) for argument in arguments], max_size=3)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return st.sampled_from(wanted)
    return {
        bool: st.booleans(),
        int: st.integers(),
        float: FLOATS,
        str: TEXT,
        bytes: st.binary(max_size=20),
        type(None): st.none(),
    }[wanted]


def arrays(dtype: "np.dtype[Any]") -> st.SearchStrategy[Any]:
    shapes = st.lists(st.integers(0, 4), min_size=1, max_size=2)

    def array(shape: list[int], seed: int) -> Any:
        made = np.random.default_rng(seed).normal(0, 100, shape).astype(dtype)
        if dtype.kind == "f" and made.size:
            made.flat[0] = np.nan
        return made

    return st.builds(array, shapes, st.integers(0, 100))


def same(one: Any, other: Any) -> bool:  # noqa: PLR0911 - a table
    """Equality in which NaN equals NaN and arrays equal arrays."""
    if type(one) is not type(other):
        return False
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(
            one, other, equal_nan=one.dtype.kind == "f"
        )
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return one == other
