"""The one thread that owns the engine.

It runs one step of the most urgent job and looks again, so that a hover overtakes a long document,
and a job that nobody awaits any more ends between two of its steps. What comes of a job is told on
the event loop.
"""

import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from ppl_engine.errors import EngineError, NotEnoughMemoryError
from ppl_engine.host.queue import Job, Priority, Queue
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress
    from ppl_engine.explanation import Explanation
    from ppl_engine.findings.thresholds import Thresholds
    from ppl_engine.scoring.scorer import ModelInfo
    from ppl_engine.text.spans import Span

logger = logging.getLogger(__name__)


class Engine(Protocol):
    """What is asked of an engine; `ppl_engine.engine.Engine` is the one that ships."""

    @property
    def model(self) -> "ModelInfo":
        """What to say of the model."""
        ...

    def analyze(
        self,
        text: str,
        *,
        language: str,
        thresholds: "Thresholds",
        previous: "Analysis | None" = None,
        visible: "Sequence[Span]" = (),
    ) -> "Generator[Progress, None, Analysis]":
        """Score a text and find what is worth a glance, in bounded steps.

        `previous` is the analysis of an earlier version, `visible` what is wanted first.
        """
        ...

    def explain(self, analysis: "Analysis", offset: int) -> "Explanation | None":
        """Explain the word at an offset."""
        ...


_ANNOUNCED_S: Final = 0.05
"""The event loop takes less, unless it is busy with other clients."""

Loader = Callable[[ModelChoice], Engine]
Post = Callable[[Callable[[], object]], object]


class Worker:
    """Runs jobs on a thread of its own; its methods may be called from any other."""

    def __init__(self, load: Callable[[], Engine], post: Post) -> None:
        """`load` is called on the thread, `post` brings a call to the event loop."""
        self._load = load
        self._post = post
        self._engine: Engine | None = None
        self._queue = Queue()
        self._changed = threading.Condition()
        self._step_began: float | None = None
        self._is_stopped = False
        # A daemon: neither the exit of the process nor anything else waits for the engine.
        self._thread: Final = threading.Thread(target=self._work, name="engine", daemon=True)

    def start(self) -> None:
        """Start the thread; jobs may be submitted before."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and let go of the engine, once the present step is done."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def submit(self, job: Job) -> None:
        """Do a job when its turn comes."""
        with self._changed:
            self._queue.push(job)
            self._changed.notify()

    def cancel(self, job: Job) -> None:
        """End a job between two of its steps; nothing more is told of it."""
        with self._changed:
            job.is_cancelled = True
            self._changed.notify()

    def hurry(self, job: Job, priority: Priority) -> None:
        """Make a job more urgent."""
        with self._changed:
            job.priority = min(job.priority, priority)

    @property
    def step_s(self) -> float | None:
        """How long the engine has been at its present step, in seconds; None while it rests."""
        began = self._step_began
        return None if began is None else time.monotonic() - began

    def loaded(self) -> Generator[None, None, Engine]:
        """Return the engine, loaded if it is not; a part of a job."""
        if self._engine is None:
            yield
            self._engine = self._load()
        return self._engine

    def unloaded(self) -> Generator[None, None, None]:
        """Let go of the model; a job."""
        yield
        self._engine = None
        _free()

    def _work(self) -> None:
        while job := self._next():
            self._step_began = time.monotonic()
            is_left = self._step(job)
            self._step_began = None
            if is_left:
                with self._changed:
                    self._queue.push(job)
        self._engine = None

    def _next(self) -> Job | None:
        """Wait for the most urgent job, None at the end; cancelled ones are closed on the way."""
        while True:
            with self._changed:
                while not self._queue and not self._is_stopped:
                    self._changed.wait()
                if self._is_stopped:
                    return None
                cancelled = self._queue.take_cancelled()
                if not cancelled:
                    return self._queue.pop()
            for job in cancelled:
                _close(job)

    def _step(self, job: Job) -> bool:
        """Run one step of a job; return whether there is more to do."""
        try:
            if job.steps is None:
                job.steps = job.begin()
                self._announce(job)
            progress = next(job.steps)
        except StopIteration as stop:
            self._tell(job, job.on_result, stop.value)
        except BaseException as exc:  # noqa: BLE001 - a dead thread would leave all others waiting
            self._tell(job, job.on_error, _understood(exc))
        else:
            if progress is not None:
                self._tell(job, job.on_progress, progress)
            return True
        return False

    def _announce(self, job: Job) -> None:
        """Say that a job begins, and wait until it is said: it may be the end of the process."""
        is_said = threading.Event()

        def say(_: None) -> None:
            job.on_progress(None)
            is_said.set()

        self._tell(job, say, None)
        is_said.wait(_ANNOUNCED_S)

    def _tell(self, job: Job, listener: Callable[[Any], None], value: object) -> None:
        # The loop is closed when a process ends in the middle of a job.
        with contextlib.suppress(RuntimeError):
            self._post(lambda: job.is_cancelled or listener(value))


def _understood(exc: BaseException) -> BaseException:
    """Log what is not meant for users."""
    if isinstance(exc, EngineError):
        return exc
    if isinstance(exc, MemoryError):
        logger.error("Out of memory", exc_info=exc)
        _free()
        return NotEnoughMemoryError("There is not enough memory for this text.")
    logger.error("The engine failed unexpectedly", exc_info=exc)
    return exc


def _free() -> None:
    """Collect what torch leaves in cycles."""
    gc.collect()


def _close(job: Job) -> None:
    if job.steps is None:
        return
    try:
        job.steps.close()
    except BaseException as exc:
        logger.error("A cancelled job did not end well", exc_info=exc)
