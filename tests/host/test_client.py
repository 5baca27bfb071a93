"""The client against services that break, in threads of this process."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from ppl_engine.analysis import Analysis, Partial
from ppl_engine.errors import EngineError, ModelNotFoundError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.client import EngineClient, NoEngineError
from ppl_engine.host.errors import HostError, SupersededError
from ppl_engine.host.inside import InsideConnector
from ppl_engine.host.queue import Priority
from ppl_engine.host.reach import Patience
from ppl_engine.models.choice import ModelChoice
from ppl_engine.text.spans import Span
from tests.host.talk import PATIENCE_S, until
from tests.server.fake_editor import closing
from tests.server.fake_engine import GLIMPSE, HOLD, SLOW, FakeEngine, load_fake_engine

QUICK = Patience(
    start_s=5.0, hello_s=1.0, ping_s=0.1, n_pings=6, retry_s=0.001, most_ends=20, cool_s=0.0
)


_HEARD_S = 0.5
"""Longer than a message takes to the service and out of its loop."""


class Breakable:
    """A way to engines in threads, and the means to break it."""

    identity = "inside"

    def __init__(self, choice: ModelChoice) -> None:
        self.engines: list[FakeEngine] = []
        self.n_opened = 0
        self.n_unwilling = 0
        """So many attempts to connect will find nobody."""

        self.complaint: str | None = None
        self.killed: list[int | None] = []
        self._choice = choice
        self._inside = InsideConnector(self._load)
        self._connections: list[Any] = []

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    def cut(self) -> None:
        self._connections[-1].abort()

    def mute(self) -> None:
        """Let nothing more be heard, as of a process that hangs."""
        self._connections[-1]._transport.pause_reading()

    async def open(self, make: Callable[[], asyncio.BaseProtocol]) -> str:
        if self.n_unwilling:
            self.n_unwilling -= 1
            raise ConnectionRefusedError
        connection: Any = make()
        self._connections.append(connection)
        secret = await self._inside.open(lambda: connection)
        self.n_opened += 1
        return secret

    def start(self) -> None:
        pass

    def failure(self) -> str | None:
        return self.complaint

    def kill(self, pid: int | None = None) -> None:
        self.killed.append(pid)

    def _load(self) -> FakeEngine:
        self.engines.append(load_fake_engine(self._choice))
        return self.engines[-1]


class Session:
    def __init__(self, patience: Patience = QUICK) -> None:
        self.ways: dict[str, Breakable] = {}
        self.states: list[bool] = []
        self.client = EngineClient(self._way, patience=patience, on_state=self.states.append)

    @classmethod
    @asynccontextmanager
    async def running(cls, patience: Patience = QUICK) -> "AsyncGenerator[Session]":
        session = cls(patience)
        await session.client.load(ModelChoice())
        yield session
        for way in session.ways.values():
            for engine in way.engines:
                engine.release.set()
        session.client.close()
        await closing()

    @property
    def way(self) -> Breakable:
        return self.ways["embedded"]

    @property
    def engine(self) -> FakeEngine:
        return self.way.engine

    def analyzing(self, text: str, document: str = "a", **how: Any) -> "asyncio.Task[Analysis]":
        return asyncio.create_task(
            self.client.analyze(document, text, language="x", thresholds=Thresholds(), **how)
        )

    async def stuck(self) -> "asyncio.Task[Analysis]":
        task = self.analyzing(HOLD)
        await asyncio.sleep(0)
        await asyncio.to_thread(self.engine.held.wait, PATIENCE_S)
        return task

    def _way(self, choice: ModelChoice) -> Breakable:
        return self.ways.setdefault(choice.model, Breakable(choice))


async def test_analyses_come_with_their_text_and_progress() -> None:
    async with Session.running() as session:
        seen: list[Any] = []
        analysis = await session.analyzing("a zzword", on_progress=seen.append)
        assert analysis.text == "a zzword"
        assert analysis.findings[0].span.of(analysis.text) == "zzword"
        assert [step.n_total for step in seen] == [2]
        explanation = await session.client.explain("a", analysis, 3)
        assert explanation
        assert explanation.text == "zzword"


async def test_what_is_known_before_the_rest_comes_with_its_text() -> None:
    async with Session.running() as session:
        seen: list[Any] = []
        text = f"{GLIMPSE} a zzword, zzlater"
        task = session.analyzing(text, visible=(Span(0, 17),), on_progress=seen.append)
        await until(lambda: any(isinstance(step, Partial) for step in seen))
        session.engine.release.set()
        (partial,) = [step.analysis for step in seen if isinstance(step, Partial)]
        assert partial.text == text
        assert [found.span.of(text) for found in partial.findings] == ["zzword"]
        assert np.isnan(partial.words.logprob).tolist() == [False, False, False, True]
        assert len((await task).findings) == 2


async def test_errors_of_the_engine_are_raised_here() -> None:
    async with Session.running() as session:
        with pytest.raises(ModelNotFoundError, match="no model 'missing'"):
            await session.client.load(ModelChoice("missing"))
        with pytest.raises(ModelNotFoundError):
            await session.analyzing("text")
        assert (await session.client.load(ModelChoice("other"))).name == "other"
        with pytest.raises(EngineError, match="refuses"):
            await session.analyzing("REFUSE")
    with pytest.raises(NoEngineError):
        await EngineClient(Breakable).analyze("a", "", language="x", thresholds=Thresholds())


async def test_who_is_cancelled_ends_the_work() -> None:
    async with Session.running() as session:
        task = session.analyzing(SLOW)
        await until(lambda: session.engine.thread_names)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await until(lambda: session.engine.closed)


async def test_work_that_was_lost_is_done_by_the_next_process() -> None:
    async with Session.running() as session:
        task = await session.stuck()
        others = [session.analyzing(f"text {k}", str(k)) for k in range(30)]
        await asyncio.sleep(0)
        lost = session.engine
        session.way.cut()
        await until(lambda: len(session.way.engines) == 2)
        session.engine.release.set()
        assert (await task).text == HOLD
        assert [(await other).text for other in others] == [f"text {k}" for k in range(30)]
        assert session.states == [False, True]
        lost.release.set()


async def test_another_process_loads_the_model_before_anybody_asks() -> None:
    async with Session.running() as session:
        session.way.cut()
        await until(lambda: len(session.way.engines) == 2)


async def test_a_word_is_explained_although_the_process_that_held_the_analysis_is_gone() -> None:
    async with Session.running() as session:
        analysis = await session.analyzing("a zzword")
        session.way.cut()
        for _ in range(2):
            explanation = await session.client.explain("a", analysis, 3)
            assert explanation
            assert explanation.text == "zzword"
        assert session.engine.analyzed == ["a zzword"]


async def test_a_question_about_an_old_text_does_not_displace_the_new_one() -> None:
    async with Session.running() as session:
        old = await session.analyzing("old")
        new = await session.stuck()
        with pytest.raises(EngineError):
            await session.client.explain("a", old, 0)
        session.engine.release.set()
        assert (await new).text == HOLD


async def test_a_newer_text_displaces_the_older_one() -> None:
    async with Session.running() as session:
        older = session.analyzing(f"{SLOW} older")
        await asyncio.sleep(0)
        newer = session.analyzing("newer")
        assert (await newer).text == "newer"
        with pytest.raises(SupersededError):
            await older


async def test_a_process_that_hangs_is_killed_and_replaced() -> None:
    async with Session.running() as session:
        task = session.analyzing("word")
        await asyncio.sleep(0)
        session.way.mute()
        assert (await task).text == "word"
        assert session.way.n_opened == 2
        assert len(session.way.killed) == 1


async def test_a_process_that_works_for_long_is_left_alone() -> None:
    async with Session.running() as session:
        task = await session.stuck()
        await asyncio.sleep(10 * QUICK.ping_s)
        session.engine.release.set()
        await task
        assert session.way.killed == []


async def test_a_text_over_which_processes_die_is_given_up_and_the_others_are_not() -> None:
    async with Session.running() as session:
        task = await session.stuck()
        other = session.analyzing("calm", "b")
        link: Any = session.client._link
        (number,) = [one for one in link._pending if link._pending[one].request.text == HOLD]
        for k in range(1, QUICK.most_blamed + 1):
            await until(lambda k=k: session.way.n_opened == k and link._begun_last == number)
            session.way.cut()
            await asyncio.sleep(0)
        with pytest.raises(HostError, match="3 times over this text"):
            await task
        assert (await other).text == "calm"


async def test_a_process_that_ends_again_and_again_is_given_up_and_tried_again_later() -> None:
    patience = Patience(retry_s=0.0001, most_ends=3, most_blamed=99, cool_s=0.2)
    async with Session.running(patience) as session:
        task = await session.stuck()
        session.way.complaint = "Its log is empty."
        link: Any = session.client._link
        n_opened = 0
        while not task.done():
            # What is cut before it was greeted has not been reached, which is another matter.
            if link._connection and n_opened < session.way.n_opened:
                n_opened += 1
                session.way.cut()
            await asyncio.sleep(0.001)
        with pytest.raises(HostError, match=r"ended 4 times in a short while. Its log is empty."):
            await task
        with pytest.raises(HostError, match="ended 4 times"):
            await session.analyzing("at once")
        await asyncio.sleep(0.2)
        session.way.complaint = None
        assert (await session.analyzing("later")).text == "later"


async def test_a_process_that_can_not_be_started_is_given_up_with_its_reason() -> None:
    patience = Patience(retry_s=0.0001, cool_s=0.0)
    session = Session(patience)
    way = session._way(ModelChoice())
    way.n_unwilling, way.complaint = 10**9, "It ended with code 3."
    with pytest.raises(HostError, match="code 3"):
        await session.client.load(ModelChoice())
    way.complaint = None
    session.client._link._patience = Patience(start_s=0.3, cool_s=0.0)  # type: ignore[union-attr,misc]
    with pytest.raises(HostError, match="could not be started within"):
        await session.client.load(ModelChoice())
    way.n_unwilling = 1
    assert (await session.client.load(ModelChoice())).name == "embedded"
    session.client.close()
    await closing()


async def test_few_of_many_texts_are_on_the_way_at_once_and_what_is_urgent_passes() -> None:
    async with Session.running() as session:
        held = await session.stuck()
        link: Any = session.client._link
        many = [session.analyzing(f"text {k}", str(k)) for k in range(500)]
        await asyncio.sleep(0)
        assert sum(one.is_sent for one in link._pending.values()) == 8
        urgent = session.analyzing("urgent", "u", priority=Priority.EDITED)
        await asyncio.sleep(0)
        session.client.hurry("7")
        await asyncio.sleep(_HEARD_S)  # the engine would begin with what it has heard of so far
        session.engine.release.set()
        await asyncio.gather(held, urgent, *many)
        order = [text for text in session.engine.analyzed if text != HOLD]
        assert set(order[:2]) == {"text 7", "urgent"}
        assert len(order) == 501
        assert link._pending == {}


async def test_a_process_is_ended_at_will_and_the_next_load_uses_another() -> None:
    async with Session.running() as session:
        task = await session.stuck()
        await session.client.end_process()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert session.way.killed
        with pytest.raises(NoEngineError):
            await session.analyzing("word")
        session.engine.release.set()
        await session.client.load(ModelChoice())
        assert (await session.analyzing("word")).text == "word"
        assert len(session.way.engines) == 2
        # It has not failed, and whoever does this often is not refused.
        assert session.states == []
