"""The one thread that owns the engine, and the order in which it works.

A job is a generator of bounded steps. The thread runs one step of the most urgent job and looks
again, so that a hover overtakes a long document, and a job that nobody awaits any more ends
between two of its steps. The event loop never waits for the engine: it awaits a future that the
thread completes through the loop.
"""

import asyncio
import contextlib
import gc
import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from ppl_engine.errors import EngineError
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:  # These bring numpy, which `initialize` need not wait for.
    from ppl_engine.analysis import Analysis, Progress
    from ppl_engine.explanation import Explanation
    from ppl_engine.findings.thresholds import Thresholds
    from ppl_engine.scoring.scorer import ModelInfo

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_P = TypeVar("_P")
Steps = Generator[_P, None, _T]


class Engine(Protocol):
    """What the server asks of an engine; `ppl_engine.engine.Engine` is the one that ships."""

    @property
    def model(self) -> "ModelInfo":
        """What to say of the model."""
        ...

    def analyze(
        self, text: str, *, language: str, thresholds: "Thresholds"
    ) -> "Generator[Progress, None, Analysis]":
        """Score a text and find what is worth a glance, in bounded steps."""
        ...

    def explain(self, analysis: "Analysis", offset: int) -> "Explanation | None":
        """Explain the word at an offset."""
        ...


Loader = Callable[[ModelChoice], Engine]


class NoEngineError(EngineError):
    """Asked for work while no model is loaded."""


class Priority(IntEnum):
    """What goes first."""

    LOAD = 0
    ASK = 1
    """Somebody looks at the screen and waits."""

    SCORE = 2
    """The newest first: somebody has just typed in it, while a long document can go on later."""


@dataclass(order=True)
class _Job:
    priority: Priority
    number: int
    """The order among equals."""

    begin: Callable[[], Steps[Any, Any]] = field(compare=False)
    on_progress: Callable[[Any], None] = field(compare=False)
    result: "asyncio.Future[Any]" = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)
    steps: Steps[Any, Any] | None = field(default=None, compare=False)
    is_cancelled: bool = field(default=False, compare=False)


class Scheduler:
    """Runs jobs on the engine thread for coroutines that await them."""

    def __init__(self, load: Loader) -> None:
        self._load = load
        self._engine: Engine | None = None
        self._jobs: list[_Job] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        # A daemon: neither the exit of the process nor anything else waits for the engine.
        self._thread: Final = threading.Thread(target=self._work, name="engine", daemon=True)

    def start(self) -> None:
        """Start the thread; jobs may be submitted before."""
        self._thread.start()

    async def load(self, choice: ModelChoice) -> "ModelInfo":
        """Replace the engine by another; raises EngineError if it can not be loaded."""
        return await self._submit(Priority.LOAD, lambda: self._loading(choice), _ignore)

    async def run(
        self,
        priority: Priority,
        job: Callable[[Engine], Steps[_P, _T]],
        on_progress: Callable[[_P], None],
    ) -> _T:
        """Run a job to its end and return its result.

        `on_progress` is called on the event loop. Cancelling the caller cancels the job.
        """
        return await self._submit(priority, lambda: job(self._loaded()), on_progress)

    async def ask(self, question: Callable[[Engine], _T]) -> _T:
        """Run one short piece of work ahead of everything but loading."""
        return await self.run(Priority.ASK, lambda engine: _one_step(question, engine), _ignore)

    async def _submit(
        self,
        priority: Priority,
        begin: Callable[[], Steps[_P, _T]],
        on_progress: Callable[[_P], None],
    ) -> _T:
        loop = asyncio.get_running_loop()
        result: asyncio.Future[_T] = loop.create_future()
        number = next(self._numbers)
        order = -number if priority is Priority.SCORE else number
        job = _Job(priority, order, begin, on_progress, result, loop)
        with self._changed:
            heapq.heappush(self._jobs, job)
            self._changed.notify()
        try:
            return await result
        finally:
            self._cancel(job)

    def _cancel(self, job: _Job) -> None:
        with self._changed:
            job.is_cancelled = True
            self._changed.notify()

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise NoEngineError("No model is loaded.")
        return self._engine

    def _loading(self, choice: ModelChoice) -> "Steps[None, ModelInfo]":
        yield
        # Two models at once may be more than the memory holds, and torch leaves cycles behind.
        self._engine = None
        gc.collect()
        self._engine = self._load(choice)
        return self._engine.model

    def _work(self) -> None:
        while True:
            job = self._next()
            if self._step(job):
                with self._changed:
                    heapq.heappush(self._jobs, job)

    def _next(self) -> _Job:
        """Wait for the most urgent job; cancelled ones are closed on the way."""
        while True:
            with self._changed:
                while not self._jobs:
                    self._changed.wait()
                cancelled = [job for job in self._jobs if job.is_cancelled]
                if not cancelled:
                    return heapq.heappop(self._jobs)
                self._jobs = [job for job in self._jobs if not job.is_cancelled]
                heapq.heapify(self._jobs)
            for job in cancelled:
                _close(job)

    def _step(self, job: _Job) -> bool:
        """Run one step of a job; return whether there is more to do."""
        try:
            job.steps = job.steps or job.begin()
            progress = next(job.steps)
        except StopIteration as stop:
            value = stop.value
            _post(job, lambda: job.result.done() or job.result.set_result(value))
        except BaseException as exc:  # noqa: BLE001 - a dead thread would leave all others waiting
            error = exc if isinstance(exc, EngineError) else _bug(exc)
            _post(job, lambda: job.result.done() or job.result.set_exception(error))
        else:
            _post(job, lambda: job.result.done() or job.on_progress(progress))
            return True
        return False


def _one_step(question: Callable[[Engine], _T], engine: Engine) -> Steps[None, _T]:
    yield
    return question(engine)


def _ignore(_: object) -> None:
    pass


def _bug(exc: BaseException) -> Exception:
    """Log what is not meant for users; the coroutine gets an exception it may safely receive."""
    logger.error("The engine failed unexpectedly", exc_info=exc)
    return exc if isinstance(exc, Exception) else RuntimeError(repr(exc))


def _close(job: _Job) -> None:
    if job.steps is None:
        return
    try:
        job.steps.close()
    except BaseException as exc:
        logger.error("A cancelled job did not end well", exc_info=exc)


def _post(job: _Job, callback: Callable[[], object]) -> None:
    # The loop is closed when the server ends in the middle of a job.
    with contextlib.suppress(RuntimeError):
        job.loop.call_soon_threadsafe(callback)
