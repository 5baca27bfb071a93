"""Which piece of work is next: the most urgent, fair between clients, the newest first."""

import itertools
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

Steps = Generator[Any, None, Any]


class Priority(IntEnum):
    """What goes first."""

    ASKED = 0
    """Somebody looks at the screen and waits."""

    EDITED = 1
    """Somebody has just typed in it."""

    OPENED = 2
    SCANNED = 3
    """Nobody has it open."""


@dataclass(eq=False)
class Job:
    """A piece of work of one client, as a generator of bounded steps."""

    client: Hashable
    priority: Priority

    begin: Callable[[], Steps]
    on_progress: Callable[[Any], None] = field(default=lambda _: None)
    on_result: Callable[[Any], None] = field(default=lambda _: None)
    on_error: Callable[[BaseException], None] = field(default=lambda _: None)
    steps: Steps | None = None
    is_cancelled: bool = False
    number: int = 0
    """Given by the queue: the order in which jobs came."""


class Queue:
    """Jobs that are not done. For one thread at a time."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._numbers = itertools.count(1)
        self._turns = itertools.count(1)
        self._last_turn: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def push(self, job: Job) -> None:
        """Add a job, or put one back of which a step was done."""
        job.number = job.number or next(self._numbers)
        self._jobs.append(job)

    def pop(self) -> Job:
        """Take out the job of which a step is to be done next.

        Among equally urgent ones it is that of the client whose last turn was longest ago; of one
        client the newest, because a person has just touched it, and long work can go on later.
        """
        # A list of a few jobs a client: looking at all of them takes less than any step.
        job = min(
            self._jobs,
            key=lambda job: (job.priority, self._last_turn.get(job.client, 0), -job.number),
        )
        self._jobs.remove(job)
        waiting = {other.client for other in self._jobs} | {job.client}
        turns = {client: turn for client, turn in self._last_turn.items() if client in waiting}
        self._last_turn = {**turns, job.client: next(self._turns)}
        return job

    def take_cancelled(self) -> list[Job]:
        """Take out the jobs that nobody awaits any more."""
        cancelled = [job for job in self._jobs if job.is_cancelled]
        if cancelled:
            self._jobs = [job for job in self._jobs if not job.is_cancelled]
        return cancelled
