import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal, Union

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ppl_engine import errors
from ppl_engine.analysis import Analysis
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.codec import Buffer, codec_of, decoded
from ppl_engine.host.connection import framed, unframed
from ppl_engine.host.errors import HostError, UnexpectedError, WireError, described, received
from ppl_engine.host.messages import REPLY, REQUEST, Analyze, Answered, Priority, Reply, Request
from tests.host.values import any_of, same
from tests.server.fake_engine import FakeEngine
from tests.stepping import finished

PREFIX_BYTES = 16


def crossed(value: Any, codec: Any) -> Any:
    """A value after its way over the wire."""
    wire = b"".join(framed(value, codec))
    n_header = int.from_bytes(wire[4:8], "big")
    return unframed(memoryview(bytearray(wire[PREFIX_BYTES:])), n_header, codec)


@settings(max_examples=300)
@given(any_of(Request))
def test_every_request_survives_the_wire(request: Request) -> None:
    assert same(crossed(request, REQUEST), request)


@settings(max_examples=300)
@given(any_of(Reply))
def test_every_reply_survives_the_wire(reply: Reply) -> None:
    assert same(crossed(reply, REPLY), reply)


@given(any_of(Reply), st.data())
def test_what_is_damaged_is_refused_or_read_as_something_of_the_type(
    reply: Reply, data: st.DataObject
) -> None:
    wire = bytearray(b"".join(framed(reply, REPLY)))
    n_header = int.from_bytes(wire[4:8], "big")
    for _ in range(data.draw(st.integers(1, 3))):
        wire[data.draw(st.integers(PREFIX_BYTES, len(wire) - 1))] = data.draw(st.integers(0, 255))
    wire = wire[: data.draw(st.integers(PREFIX_BYTES, len(wire)))]
    try:
        found = unframed(memoryview(wire[PREFIX_BYTES:]), n_header, REPLY)
    except WireError:
        return
    assert isinstance(found, Reply)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner),
)


@given(json_like)
def test_a_tree_of_anything_is_refused_or_read_as_something_of_the_type(tree: Any) -> None:
    try:
        found = decoded(REQUEST, tree, [])
    except WireError:
        return
    assert isinstance(found, Request)


@dataclass(frozen=True)
class Inner:
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Grown:
    """A value with fields of many kinds, as somebody may add them."""

    name: str
    inner: Inner | None
    either: Union[int, str, tuple[Inner, ...]]  # noqa: UP007 - both spellings must do
    kind: Literal["a", 1]
    table: dict[str, list[float]]
    pair: tuple[int, bytes]
    priority: Priority
    here_only: object = field(default=None, metadata={"on_wire": False})


@given(
    st.builds(
        Grown,
        **{
            one.name: any_of(one.type)
            for one in dataclasses.fields(Grown)
            if one.name != "here_only"
        },
    )
)
def test_fields_of_any_kind_need_no_code_of_their_own(value: Grown) -> None:
    assert same(crossed(value, codec_of(Grown)), value)


def test_what_is_to_stay_where_it_was_made_does() -> None:
    value = Grown("", None, 1, "a", {}, (1, b""), Priority.ASKED, here_only=object())
    assert crossed(value, codec_of(Grown)).here_only is None


def test_a_type_that_can_not_cross_is_named() -> None:
    with pytest.raises(TypeError, match="object"):
        codec_of(tuple[object, ...])


def test_arrays_are_neither_copied_nor_writable() -> None:
    array = np.arange(1000)
    buffers: list[Buffer] = []
    codec = codec_of(NDArray[np.int64])
    tree = codec.encode(array, buffers)
    array[0] = 7
    found = codec.decode(tree, [memoryview(buffers[0])])
    assert found[0] == 7
    assert np.shares_memory(found, array)
    assert not found.flags.writeable


def test_an_analysis_survives_the_wire() -> None:
    steps = FakeEngine().analyze(
        "a zzword\ud834 here", language="markdown", thresholds=Thresholds()
    )
    analysis = finished(steps)
    found = crossed(Answered(1, analysis), REPLY)
    assert same(found, Answered(1, analysis))
    assert isinstance(found.value, Analysis)
    assert found.value.summary == analysis.summary


def test_a_long_text_is_sent_as_it_is_and_not_as_json() -> None:
    text = "é\ud834\n" * 1000
    request = Analyze(1, "a", text, "markdown", Thresholds(), (), Priority.EDITED)
    assert len(framed(request, REQUEST)[1]) < 500
    assert same(crossed(request, REQUEST), request)


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


@pytest.mark.parametrize("kind", [*KINDS, HostError])
def test_errors_for_users_keep_their_kind(kind: type[Exception]) -> None:
    found = received(*described(kind("A sentence.")))
    assert (type(found), str(found)) == (kind, "A sentence.")


def test_other_errors_are_bugs_and_unknown_kinds_are_for_users() -> None:
    assert type(received(*described(ZeroDivisionError("x")))) is UnexpectedError
    for kind in ("NewerError", "TYPE_CHECKING", "described", "Exception"):
        assert type(received(kind, "A sentence.")) is errors.EngineError
