"""A hold on the engine process that outlives it.

What was asked of a process that has ended, or that hangs, is asked again of the next. Everything
here happens on one event loop.
"""

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from ppl_engine.host.connection import Connection
from ppl_engine.host.errors import HostError, received
from ppl_engine.host.messages import (
    Analyze,
    Answered,
    Cancel,
    Failed,
    Hurry,
    Leave,
    Load,
    Numbered,
    Ping,
    Priority,
    Reply,
    Request,
    Stepped,
)
from ppl_engine.host.reach import Connector, Patience, in_thread, reach

logger = logging.getLogger(__name__)

_WINDOW: Final = 8
"""How many analyses of one urgency are on the way at once; the rest wait here, where the texts are
anyway."""


@dataclass(eq=False)
class _Pending:
    request: Numbered
    on_progress: Callable[[Any], None]
    answer: "asyncio.Future[Any]"
    is_sent: bool = False
    n_ends: int = 0
    """How many processes have ended while they worked on it."""

    @property
    def priority(self) -> Priority:
        return self.request.priority if isinstance(self.request, Analyze) else Priority.ASKED


class Link:
    """A connection to the process for one model, made again whenever it breaks."""

    def __init__(
        self,
        connector: Connector,
        *,
        patience: Patience | None = None,
        on_state: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """`on_state` hears False when the process was lost and True when another is there."""
        self._connector = connector
        self._patience: Final = patience or Patience()
        self._on_state = on_state
        self._pending: dict[int, _Pending] = {}
        self._numbers = itertools.count(1)
        self._connection: Connection[Reply, Request] | None = None
        self._pid: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_work = asyncio.Event()
        self._begun_last: int | None = None
        self._n_silent = 0
        self._defeat: tuple[float, HostError] | None = None

    async def ask(
        self,
        make: Callable[[int], Numbered],
        *,
        on_progress: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        """Send a request and return its answer; raises what the engine raised, or HostError.

        Cancelling the caller cancels the work.
        """
        self._keep_connected()
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[number] = _Pending(make(number), on_progress, answer)
        self._has_work.set()
        self._send_pending()
        try:
            return await answer
        finally:
            self._done(number)

    def hurry(self, number: int) -> None:
        """Make a request more urgent: somebody now waits for it."""
        pending = self._pending.get(number)
        if pending and isinstance(pending.request, Analyze):
            pending.request = replace(pending.request, priority=Priority.ASKED)
            if pending.is_sent:
                self.tell(Hurry(number))
            self._send_pending()

    def tell(self, message: Request) -> None:
        """Send a message that is not answered, if anybody is there to hear it."""
        if self._connection:
            self._connection.send(message)

    def leave(self) -> None:
        """End for good, and say that the model is not needed any more."""
        self.tell(Leave())
        self.close()

    async def kill(self) -> None:
        """End for good, and the process too, whatever it is doing and for whom."""
        self.close()
        await in_thread(self._connector.kill, self._pid)

    def close(self) -> None:
        """End for good; who still waits is cancelled."""
        if self._connection:
            self._connection.close()
        if self._task:
            self._task.cancel()
        for pending in tuple(self._pending.values()):
            pending.answer.cancel()

    def _done(self, number: int) -> None:
        pending = self._pending.pop(number, None)
        if pending and pending.is_sent and not _is_answered(pending.answer):
            self.tell(Cancel(number))
        if not self._pending:
            self._has_work.clear()
        self._send_pending()

    def _keep_connected(self) -> None:
        if self._task and not self._task.done():
            return
        if self._defeat:
            when, error = self._defeat
            if time.monotonic() < when + self._patience.cool_s:
                raise HostError(str(error))
        self._defeat = None
        self._task = asyncio.create_task(self._stay_connected())

    async def _stay_connected(self) -> None:
        try:
            await self._connect_again_and_again()
        except HostError as error:
            logger.error("%s", error)
            self._give_up(error)
        except Exception as error:
            logger.exception("The connection to the engine process failed")
            self._give_up(HostError(f"The engine process can not be used: {error!r}"))

    async def _connect_again_and_again(self) -> None:
        patience = self._patience
        ends: deque[float] = deque(maxlen=patience.most_ends)
        while True:
            reached = await reach(self._connector, patience, self._hear)
            self._connection, self._pid = reached.connection, reached.pid
            self._connection.on_drained = self._send_pending
            if ends:
                self._on_state(True)  # noqa: FBT003 - a state
                # Nobody waits for it, but somebody will.
                self.tell(Load(next(self._numbers)))
            heart = asyncio.create_task(self._watch(reached.pid))
            self._send_pending()
            try:
                reason = await reached.ended
            finally:
                heart.cancel()
                self._connection = None
            logger.warning("The engine process has ended: %s", reason or "it closed")
            self._blame()
            now = time.monotonic()
            if len(ends) == ends.maxlen and now - ends[0] < patience.ends_within_s:
                raise HostError(
                    f"The engine process ended {len(ends) + 1} times in a short while. "
                    f"{self._connector.failure() or ''}".rstrip()
                )
            ends.append(now)
            self._on_state(False)  # noqa: FBT003 - a state
            n_recent = sum(now - end < patience.ends_within_s for end in ends)
            await asyncio.sleep(patience.retry_s * 2 ** (n_recent - 1))

    async def _watch(self, pid: int) -> None:
        """Kill a process that does not answer although it has work to do."""
        self._n_silent = 0
        while True:
            if not self._pending:
                await self._has_work.wait()
                self._n_silent = 0
            if self._patience.n_pings <= self._n_silent:
                try:
                    await in_thread(self._connector.kill, pid)
                finally:
                    if self._connection:
                        self._connection.abort(TimeoutError("It did not answer."))
                return
            self._n_silent += 1
            self.tell(Ping())
            await asyncio.sleep(self._patience.ping_s)

    def _hear(self, message: Reply) -> None:
        self._n_silent = 0
        if not isinstance(message, Stepped | Answered | Failed):
            return
        pending = self._pending.get(message.number)
        if pending is None or pending.answer.done():
            return
        if isinstance(message, Stepped):
            self._begun_last = message.number
            if message.progress:
                pending.on_progress(message.progress)
        elif isinstance(message, Answered):
            pending.answer.set_result(message.value)
        else:
            pending.answer.set_exception(received(message.kind, message.message))

    def _send_pending(self) -> None:
        """Send what may be on the way now, the most urgent and then the newest first."""
        if not self._connection:
            return
        waiting = [one for one in self._pending.values() if not one.is_sent]
        if not waiting:
            return
        free = dict.fromkeys(Priority, _WINDOW)
        for one in self._pending.values():
            free[one.priority] -= one.is_sent and isinstance(one.request, Analyze)
        for one in sorted(waiting, key=lambda one: (one.priority, -one.request.number)):
            if isinstance(one.request, Analyze):
                # What is not sent yet can still be displaced by a newer text.
                if free[one.priority] <= 0 or self._connection.is_clogged:
                    continue
                free[one.priority] -= 1
            one.is_sent = True
            self.tell(one.request)

    def _blame(self) -> None:
        """Count the end of a process against what it was working on; forget what was sent to it."""
        culprit = self._pending.get(self._begun_last or 0)
        if culprit and not culprit.answer.done():
            culprit.n_ends += 1
            if self._patience.most_blamed <= culprit.n_ends:
                what = "loading the model" if isinstance(culprit.request, Load) else "this text"
                culprit.answer.set_exception(
                    HostError(f"The engine process ended {culprit.n_ends} times over {what}.")
                )
        self._begun_last = None
        for pending in self._pending.values():
            pending.is_sent = False

    def _give_up(self, error: HostError) -> None:
        self._defeat = time.monotonic(), error
        for pending in tuple(self._pending.values()):
            if not pending.answer.done():
                pending.answer.set_exception(HostError(str(error)))


def _is_answered(answer: "asyncio.Future[Any]") -> bool:
    return answer.done() and not answer.cancelled()
