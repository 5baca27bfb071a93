import asyncio
import threading
from collections.abc import Generator
from typing import Any

import pytest

from ppl_engine.errors import EngineError, ModelNotFoundError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_lsp.scheduler import Engine, NoEngineError, Priority, Scheduler
from tests.server.fake_engine import FakeEngine, load_fake_engine

PATIENCE_S = 20.0


async def loaded(engine: FakeEngine | None = None) -> Scheduler:
    scheduler = Scheduler(lambda choice: engine or load_fake_engine(choice))
    scheduler.start()
    await scheduler.load(ModelChoice())
    return scheduler


def ignore(_: object) -> None:
    pass


class Gate:
    """A job that stops after its first step until it is let through."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()

    def steps(self, _: Engine) -> Generator[None, None, str]:
        self.arrived.set()
        self.opened.wait(PATIENCE_S)
        yield
        return "through"

    async def occupied(self, scheduler: Scheduler) -> "asyncio.Task[str]":
        """Keep the engine thread busy."""
        task = asyncio.create_task(scheduler.run(Priority.SCORE, self.steps, ignore))
        await asyncio.to_thread(self.arrived.wait, PATIENCE_S)
        return task


def steps(log: list[str], name: str, n: int) -> Any:
    def job(_: Engine) -> Generator[int, None, str]:
        for step in range(n):
            log.append(f"{name}{step}")
            yield step
        return name

    return job


async def test_the_result_and_the_progress_of_a_job_come_back_to_the_loop() -> None:
    scheduler = await loaded()
    seen: list[tuple[int, str]] = []

    def on_progress(step: int) -> None:
        seen.append((step, threading.current_thread().name))

    assert await scheduler.run(Priority.SCORE, steps([], "a", 2), on_progress) == "a"
    here = threading.current_thread().name
    assert seen == [(0, here), (1, here)]


async def test_what_is_urgent_overtakes_between_two_steps() -> None:
    scheduler = await loaded()
    log: list[str] = []
    gate = Gate()
    busy = await gate.occupied(scheduler)
    slow = asyncio.create_task(scheduler.run(Priority.SCORE, steps(log, "slow", 3), ignore))
    await asyncio.sleep(0)
    urgent = asyncio.create_task(scheduler.run(Priority.ASK, steps(log, "urgent", 1), ignore))
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(busy, slow, urgent)
    assert log == ["urgent0", "slow0", "slow1", "slow2"]


async def test_what_was_changed_last_is_scored_first() -> None:
    scheduler = await loaded()
    log: list[str] = []
    gate = Gate()
    busy = await gate.occupied(scheduler)
    older = asyncio.create_task(scheduler.run(Priority.SCORE, steps(log, "older", 2), ignore))
    await asyncio.sleep(0)
    newer = asyncio.create_task(scheduler.run(Priority.SCORE, steps(log, "newer", 2), ignore))
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(busy, older, newer)
    assert log == ["newer0", "newer1", "older0", "older1"]


async def test_a_cancelled_job_ends_between_two_steps() -> None:
    scheduler = await loaded()
    first_step = asyncio.Event()
    ended = threading.Event()

    def endless(_: Engine) -> Generator[None, None, None]:
        try:
            while True:
                yield
        finally:
            ended.set()

    task = asyncio.create_task(scheduler.run(Priority.SCORE, endless, lambda _: first_step.set()))
    await first_step.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, PATIENCE_S)


async def test_a_job_cancelled_before_its_turn_never_begins() -> None:
    scheduler = await loaded()
    gate = Gate()
    busy = await gate.occupied(scheduler)
    log: list[str] = []
    task = asyncio.create_task(scheduler.run(Priority.SCORE, steps(log, "a", 1), ignore))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    gate.opened.set()
    await busy
    assert await scheduler.ask(lambda _: "still at work") == "still at work"
    assert log == []


async def test_the_loop_turns_while_a_step_takes_its_time() -> None:
    scheduler = await loaded()
    gate = Gate()
    busy = await gate.occupied(scheduler)
    for _ in range(100):
        await asyncio.sleep(0)
    assert not busy.done()
    gate.opened.set()
    assert await busy == "through"


async def test_everything_of_the_engine_happens_on_one_thread() -> None:
    engine = FakeEngine()
    scheduler = await loaded(engine)
    document = await scheduler.run(
        Priority.SCORE,
        lambda engine: engine.analyze("a b", language="x", thresholds=Thresholds()),
        ignore,
    )
    await scheduler.ask(lambda engine: engine.explain(document, 0))
    assert engine.thread_names == {"engine"}


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), EngineError("no"), SystemExit(1)])
async def test_the_thread_outlives_whatever_a_job_raises(error: BaseException) -> None:
    scheduler = await loaded()

    def failing(_: Engine) -> Generator[None, None, None]:
        yield
        raise error

    with pytest.raises(Exception, match=r"bug|no|SystemExit"):
        await scheduler.run(Priority.SCORE, failing, ignore)
    assert await scheduler.ask(lambda _: "alive") == "alive"


async def test_bugs_are_logged_with_their_traceback(caplog: pytest.LogCaptureFixture) -> None:
    scheduler = await loaded()
    with pytest.raises(ZeroDivisionError):
        await scheduler.ask(lambda _: 1 // 0)
    assert "test_scheduler.py" in caplog.text


async def test_a_model_that_can_not_be_loaded_leaves_no_engine() -> None:
    scheduler = await loaded()
    with pytest.raises(ModelNotFoundError, match="no model 'missing'"):
        await scheduler.load(ModelChoice("missing"))
    with pytest.raises(NoEngineError):
        await scheduler.ask(lambda _: None)
    assert (await scheduler.load(ModelChoice("other"))).name == "other"


async def test_the_engine_thread_does_not_keep_the_process_alive() -> None:
    await loaded()
    engines = [thread for thread in threading.enumerate() if thread.name == "engine"]
    assert engines
    assert all(thread.daemon for thread in engines)
