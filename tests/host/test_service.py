import asyncio
import contextlib
import gc
import socket
import weakref
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from ppl_engine.analysis import Analysis
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.connection import FIRST_MESSAGE_BYTES
from ppl_engine.host.held import HeldAnalyses, size_of
from ppl_engine.host.messages import (
    PROTOCOL,
    Cancel,
    Explain,
    Forget,
    Hello,
    Hurry,
    Leave,
    Load,
    Ping,
    Pong,
    Priority,
    Refused,
    Request,
    Welcome,
)
from ppl_engine.text.spans import Span
from tests.host.talk import IDENTITY, PATIENCE_S, Talk, analyze, until
from tests.server.fake_engine import CRASH, HOLD, HUNGRY, REFUSE, SLOW, FakeEngine
from tests.stepping import finished


@pytest.fixture(autouse=True)
async def _tidy() -> AsyncGenerator[None]:
    yield
    await Talk.end_all()


async def test_a_client_loads_analyzes_and_asks() -> None:
    client = await Talk().client()
    assert isinstance(client.heard[0], Welcome)
    client.say(Load(1), analyze(2, "a zzword"))
    assert (await client.value(1)).name == "embedded"
    analysis = await client.value(2)
    assert analysis.text == ""
    assert [finding.text for finding in analysis.findings] == ["zzword"]
    client.say(Explain(3, "a", 2, 3), Explain(4, "a", 2, 99))
    assert (await client.value(3)).text == "zzword"
    assert await client.value(4) is None


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        (Hello(PROTOCOL + 1, IDENTITY, "pass"), "another version"),
        (Hello(PROTOCOL, "other", "pass"), "another version or model"),
        (Hello(PROTOCOL, IDENTITY, "guess é"), "secret"),
        (Ping(), "first message"),
    ],
)
async def test_strangers_are_told_why_and_sent_away(hello: Request, reason: str) -> None:
    talk = Talk(secret="pass")
    stranger = await talk.stranger()
    stranger.say(hello, Load(1))
    await stranger.over()
    (said,) = stranger.heard
    assert isinstance(said, Refused)
    assert reason in said.reason
    assert talk.engines == []


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"ppl\x01" + (2**20).to_bytes(4, "big") + bytes(8),
        b"ppl\x01" + (16).to_bytes(4, "big") + (FIRST_MESSAGE_BYTES).to_bytes(8, "big"),
        b"ppl\x01" + bytes(12),
        b"ppl\x01" + (8).to_bytes(4, "big") + bytes(8) + b"[[0,1],[",
        b"ppl\x02" + bytes(12),
    ],
)
async def test_what_is_not_our_protocol_ends_the_connection_and_nothing_else(sent: bytes) -> None:
    talk = Talk()
    client = await talk.client()
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(talk.service.accept, theirs)
    with ours:
        ours.settimeout(0)
        await loop.sock_sendall(ours, sent)
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionResetError):
                assert await loop.sock_recv(ours, 100) == b""
    client.say(Load(1))
    assert await client.value(1)


async def test_who_says_nothing_is_sent_away() -> None:
    await (await Talk(hello_s=0.01).stranger()).over()


async def test_the_newest_version_wins() -> None:
    talk = Talk()
    client = await talk.client()
    client.say(analyze(1, f"{SLOW} old"))
    await client.stepping(1)
    client.say(analyze(2, "new"), analyze(3, "other", "b"))
    assert (await client.failure(1)).kind == "SupersededError"
    assert await client.value(2)
    assert await client.value(3)
    await until(lambda: talk.engine.closed)
    assert talk.engine.closed == [f"{SLOW} old"]


async def test_the_engine_starts_from_the_last_analysis_of_a_document() -> None:
    talk = Talk()
    one, other = await talk.client(), await talk.client()
    one.say(analyze(1, "first"))
    await one.value(1)
    seen = replace(analyze(2, "second"), visible=(Span(0, 3),))
    one.say(seen, analyze(3, "another", "b"))
    await one.value(2)
    await one.value(3)
    other.say(analyze(1, "mine"))
    await other.value(1)
    one.say(Forget("a"), analyze(4, "anew"))
    await one.value(4)
    assert sorted(talk.engine.asked) == [
        ("anew", None, ()),
        ("another", None, ()),
        ("first", None, ()),
        ("mine", None, ()),
        ("second", "first", (Span(0, 3),)),
    ]


async def test_what_nobody_awaits_is_not_done() -> None:
    talk = Talk()
    client = await talk.client()
    client.say(analyze(1, SLOW))
    await client.stepping(1)
    client.say(Cancel(1), Cancel(77), analyze(2, "next", "b"))
    assert await client.value(2)
    await until(lambda: talk.engine.closed)
    assert talk.engine.analyzed == ["next"]
    assert talk.service.n_jobs == 0


async def test_the_work_of_a_client_that_vanishes_is_dropped() -> None:
    talk = Talk()
    vanishing, staying = await talk.client(), await talk.client()
    vanishing.say(*(analyze(k, SLOW, str(k)) for k in range(1, 9)))
    await vanishing.stepping(8)
    vanishing.connection.abort()
    staying.say(analyze(1, "text"))
    assert await staying.value(1)
    await until(lambda: talk.service.n_jobs == 0)
    assert talk.service.n_clients == 1
    await until(lambda: talk.engine.closed)
    assert talk.engine.analyzed == ["text"]


async def test_what_somebody_waits_for_goes_before_the_rest_of_all_clients() -> None:
    talk = Talk()
    one, other = await talk.client(), await talk.client()
    one.say(analyze(1, HOLD))
    await until(lambda: talk.engines and talk.engine.held.is_set())
    one.say(
        *(analyze(k, f"scan{k}", str(k)) for k in (2, 3)), analyze(4, "edit", "4", Priority.EDITED)
    )
    other.say(
        analyze(1, "opened"), analyze(2, "hovered", "b", Priority.SCANNED), Hurry(2), Hurry(9)
    )
    await until(lambda: talk.service.n_jobs == 6)
    await asyncio.sleep(0.05)  # for the last of them to be heard
    talk.engine.release.set()
    await asyncio.gather(*(one.value(k) for k in (1, 2, 3, 4)), *(other.value(k) for k in (1, 2)))
    order = [text for text in talk.engine.analyzed if text != HOLD]
    assert order[:2] == ["hovered", "edit"]
    # Of two clients that only opened something, the second one is not last.
    assert order.index("opened") < 4


@pytest.mark.parametrize(
    ("text", "kind"),
    [(CRASH, "UnexpectedError"), (REFUSE, "EngineError"), (HUNGRY, "NotEnoughMemoryError")],
)
async def test_one_text_that_fails_leaves_the_others_alone(text: str, kind: str) -> None:
    client = await Talk().client()
    client.say(analyze(1, text), analyze(2, "fine", "b"))
    assert (await client.failure(1)).kind == kind
    assert await client.value(2)


async def test_only_what_is_held_can_be_explained() -> None:
    client = await Talk().client()
    client.say(analyze(1, "first"))
    await client.value(1)
    client.say(Explain(2, "a", 7, 0), Explain(3, "b", 1, 0), Forget("a"), Explain(4, "a", 1, 0))
    for number in (2, 3, 4):
        assert (await client.failure(number)).kind == "NoLongerHeldError"


async def test_a_document_that_is_closed_is_not_worked_on() -> None:
    talk = Talk()
    client = await talk.client()
    client.say(analyze(1, SLOW))
    await client.stepping(1)
    client.say(Forget("a"))
    await until(lambda: talk.engine.closed)
    assert talk.service.n_jobs == 0


async def test_who_asks_for_more_than_may_be_is_sent_away() -> None:
    talk = Talk(most_jobs=4)
    client = await talk.client()
    client.say(*(analyze(k, SLOW, str(k)) for k in range(1, 6)))
    await client.over()
    assert isinstance(client.heard[-1], Refused)
    await until(lambda: talk.service.n_jobs == 0)


async def test_a_model_that_is_not_used_is_unloaded_and_loaded_again() -> None:
    talk = Talk(idle_s=0.05)
    client = await talk.client()
    client.say(analyze(1, "text"))
    await client.value(1)
    first = weakref.ref(talk.engines.pop())

    def is_free() -> bool:
        gc.collect()
        return first() is None

    await until(is_free)
    client.say(analyze(2, "text"), Explain(3, "a", 1, 0))
    assert await client.value(2)
    assert (await client.failure(3)).kind == "NoLongerHeldError"
    assert talk.engines  # more than one where this test was slower than the idle time


async def test_a_model_is_not_unloaded_in_the_middle_of_work() -> None:
    talk = Talk(idle_s=0.01)
    client = await talk.client()
    client.say(analyze(1, SLOW))
    assert await client.value(1)
    assert len(talk.engines) == 1


async def test_a_model_that_its_last_user_leaves_is_unloaded_but_not_if_there_are_others() -> None:
    talk = Talk()
    one, other = await talk.client(), await talk.client()
    one.say(Load(1))
    await one.value(1)
    one.say(Leave())
    one.connection.close()
    await until(lambda: talk.service.n_clients == 1)
    other.say(Load(1))
    await other.value(1)
    assert len(talk.engines) == 1
    other.say(Leave())
    await until(lambda: talk.service._worker._engine is None)
    other.say(Load(2))
    await other.value(2)
    assert len(talk.engines) == 2


async def test_it_ends_when_nobody_has_come_back() -> None:
    talk = Talk(linger_s=0.1)
    ended = asyncio.create_task(talk.service.ended())
    client = await talk.client()
    await asyncio.sleep(0.2)
    assert not ended.done()
    client.connection.close()
    async with asyncio.timeout(PATIENCE_S):
        assert await ended


async def test_a_step_without_end_ends_it() -> None:
    talk = Talk(step_s=0.05)
    client = await talk.client()
    client.say(analyze(1, HOLD))
    async with asyncio.timeout(PATIENCE_S):
        assert not await talk.service.ended()
    talk.engine.release.set()


async def test_a_ping_is_answered_while_the_engine_is_stuck() -> None:
    talk = Talk()
    client = await talk.client()
    client.say(analyze(1, HOLD))
    await client.begun(1)
    await until(lambda: talk.engines and talk.engine.held.is_set())
    client.say(Ping())
    await client.until(lambda: Pong() in client.heard)
    talk.engine.release.set()


async def test_a_client_that_does_not_read_is_dropped_and_its_memory_freed() -> None:
    talk = Talk(clogged_s=0.05)
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(talk.service.accept, theirs)
    deaf = await talk.client()
    transport: Any = deaf.connection._transport
    transport.pause_reading()
    deaf.say(analyze(1, "word " * 20_000))
    await until(lambda: talk.service.n_clients == 1)
    ours.close()


def test_what_is_held_stays_within_its_bound() -> None:
    def analysis(n_words: int) -> Analysis:
        text = "word " * n_words
        return finished(FakeEngine().analyze(text, language="x", thresholds=Thresholds()))

    small, large = analysis(10), analysis(1000)
    held = HeldAnalyses(3 * size_of(small))
    for k in range(5):
        held.put("client", str(k), k, small)
    assert held.n_bytes == 3 * size_of(small)
    assert held.newest("client", "1") is None
    assert held.newest("client", "4") is small
    held.put("client", "4", 9, large)
    assert held.get("client", "4", 9) is large
    assert held.get("client", "4", 4) is None
    assert held.newest("client", "3") is None
    held.put("other", "4", 1, small)
    assert held.newest("client", "4") is None
    held.drop_client("other")
    assert held.n_bytes == 0
