import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from ppl_engine.errors import EngineError, ModelNotFoundError, NotEnoughMemoryError
from ppl_engine.host.queue import Job, Priority
from ppl_engine.host.worker import Engine, Worker
from ppl_engine.models.choice import ModelChoice
from tests.server.fake_engine import FakeEngine, load_fake_engine

PATIENCE_S = 20.0
Steps = Generator[Any, None, Any]


class Bench:
    """A worker, with a queue in the place of an event loop."""

    def __init__(self, load: Callable[[], Engine] = FakeEngine) -> None:
        self.told: queue.Queue[Callable[[], object]] = queue.Queue()
        self.worker = Worker(load, self.told.put)
        self.log: list[str] = []
        self.worker.start()

    def submit(self, begin: Callable[[], Steps], priority: Priority = Priority.OPENED) -> Job:
        job = Job("client", priority, begin)
        job.on_result = lambda value: self.log.append(f"result {value}")
        job.on_error = lambda error: self.log.append(f"{type(error).__name__} {error}")
        self.worker.submit(job)
        return job

    def occupy(self) -> threading.Event:
        """Keep the thread busy until the event that is returned is set."""
        arrived, release = threading.Event(), threading.Event()

        def steps() -> Steps:
            arrived.set()
            release.wait(PATIENCE_S)
            yield

        self.worker.submit(Job("other", Priority.ASKED, steps))
        assert arrived.wait(PATIENCE_S)
        return release

    def hear(self, until: str) -> None:
        while not [line for line in self.log if line.startswith(until)]:
            self.told.get(timeout=PATIENCE_S)()

    def steps_done(self) -> list[str]:
        return [line for line in self.log if not line.startswith("result")]

    def steps(self, name: str, n: int) -> Callable[[], Steps]:
        def begin() -> Steps:
            for step in range(n):
                self.log.append(f"{name}{step}")
                yield step
            return name

        return begin


@pytest.fixture(name="bench")
def _bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.worker.stop()


def test_what_is_urgent_overtakes_between_two_steps(bench: Bench) -> None:
    release = bench.occupy()
    bench.submit(bench.steps("slow", 3))
    bench.submit(bench.steps("urgent", 1), Priority.ASKED)
    release.set()
    bench.hear("result slow")
    assert bench.steps_done() == ["urgent0", "slow0", "slow1", "slow2"]


def test_what_somebody_begins_to_wait_for_becomes_urgent(bench: Bench) -> None:
    release = bench.occupy()
    awaited = bench.submit(bench.steps("awaited", 1))
    bench.submit(bench.steps("other", 1), Priority.EDITED)
    bench.worker.hurry(awaited, Priority.ASKED)
    release.set()
    bench.hear("result other")
    assert bench.steps_done() == ["awaited0", "other0"]


def test_a_cancelled_job_ends_between_two_steps_and_nothing_is_told_of_it(bench: Bench) -> None:
    stepped, ended = threading.Event(), threading.Event()

    def endless() -> Steps:
        try:
            while True:
                stepped.set()
                yield 1
        finally:
            ended.set()

    job = bench.submit(endless)
    assert stepped.wait(PATIENCE_S)
    bench.worker.cancel(job)
    assert ended.wait(PATIENCE_S)
    bench.submit(bench.steps("next", 0))
    bench.hear("result next")
    assert bench.log == ["result next"]


def test_a_job_cancelled_before_its_turn_never_begins(bench: Bench) -> None:
    release = bench.occupy()
    bench.worker.cancel(bench.submit(bench.steps("never", 1)))
    release.set()
    bench.submit(bench.steps("next", 0))
    bench.hear("result next")
    assert bench.log == ["result next"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError("bug"), "ZeroDivisionError bug"),
        (EngineError("A sentence."), "EngineError A sentence."),
        (SystemExit(1), "SystemExit 1"),
        (MemoryError(), f"{NotEnoughMemoryError.__name__} There is not enough memory"),
    ],
)
def test_the_thread_outlives_whatever_a_job_raises(
    bench: Bench, error: BaseException, told: str
) -> None:
    def failing() -> Steps:
        yield
        raise error

    bench.submit(failing)
    bench.submit(bench.steps("alive", 0))
    bench.hear("result alive")
    bench.hear(told)


def test_bugs_are_logged_with_their_traceback(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> Steps:
        yield 1 // 0

    bench.submit(failing)
    bench.hear("ZeroDivisionError")
    assert "test_worker.py" in caplog.text


def test_the_engine_is_loaded_once_when_it_is_needed_and_again_after_it_was_let_go() -> None:
    engines: list[FakeEngine] = []

    def load() -> FakeEngine:
        engines.append(FakeEngine())
        return engines[-1]

    def using() -> Steps:
        engine = yield from bench.worker.loaded()
        return [engine is one for one in engines].index(True)

    bench = Bench(load)
    bench.submit(using)
    bench.submit(using)
    bench.hear("result 0")
    bench.submit(bench.worker.unloaded)
    bench.hear("result None")
    bench.submit(using)
    bench.hear("result 1")
    bench.worker.stop()


def test_a_model_that_can_not_be_loaded_is_an_error_of_the_job_that_needs_it() -> None:
    bench = Bench(lambda: load_fake_engine(ModelChoice("missing")))
    bench.submit(bench.worker.loaded)
    bench.hear(ModelNotFoundError.__name__)
    bench.submit(bench.steps("alive", 0))
    bench.hear("result alive")
    bench.worker.stop()


def test_it_is_known_how_long_a_step_takes(bench: Bench) -> None:
    release = bench.occupy()
    assert bench.worker.step_s is not None
    assert bench.worker.step_s >= 0
    release.set()
    bench.submit(bench.steps("next", 0))
    bench.hear("result next")


def test_the_engine_thread_does_not_keep_the_process_alive(bench: Bench) -> None:
    del bench
    engines = [thread for thread in threading.enumerate() if thread.name == "engine"]
    assert engines
    assert all(thread.daemon for thread in engines)
