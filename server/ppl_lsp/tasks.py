"""Long work as the client shows it: a title, how far it is, and where possible a way to end it."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol

from lsprotocol import types

logger = logging.getLogger(__name__)

_TOKENS: Final = itertools.count(1)


class TasksSender(Protocol):
    """How a client hears of long work."""

    def window_work_done_progress_create_async(
        self, params: types.WorkDoneProgressCreateParams
    ) -> Coroutine[Any, Any, None]:
        """Ask the client for a place to show progress in."""
        ...

    def progress(self, params: types.ProgressParams) -> None:
        """Say how far something is."""
        ...


class Task:
    """One piece of long work."""

    def __init__(
        self, sender: TasksSender, title: str, on_cancel: Callable[[], object] | None
    ) -> None:
        self.token: Final = f"ppl-{next(_TOKENS)}"
        self._sender = sender
        self._title = title
        self._on_cancel = on_cancel
        self._percentage: int | None = None
        self._is_shown = False
        self.is_ended = False

    def report(self, n_done: int, n_total: int) -> None:
        """Say how far the work is; the client hears of whole percents."""
        percentage = 100 * n_done // max(1, n_total)
        if percentage == self._percentage or self.is_ended:
            return
        self._percentage = percentage
        if self._is_shown:
            self._send(types.WorkDoneProgressReport(percentage=percentage))

    def end(self, message: str | None = None) -> None:
        """Say that the work is done, or given up."""
        if self._is_shown and not self.is_ended:
            self._send(types.WorkDoneProgressEnd(message=message))
        self.is_ended = True

    def cancel(self) -> None:
        """Give up the work, if that is possible."""
        if self._on_cancel and not self.is_ended:
            self._on_cancel()

    def show(self) -> None:
        """Begin to be seen: the client has a place for it now."""
        if self.is_ended:
            return
        self._is_shown = True
        self._send(
            types.WorkDoneProgressBegin(
                self._title,
                cancellable=self._on_cancel is not None,
                percentage=self._percentage,
            )
        )

    def _send(self, value: object) -> None:
        self._sender.progress(types.ProgressParams(self.token, value))


class Tasks:
    """All long work that a client may be shown."""

    def __init__(
        self, sender: TasksSender, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.is_shown = False
        """Whether the client can show any."""

        self._sender = sender
        self._sleep = sleep
        self._tasks: dict[str, Task] = {}
        self._showing: set[asyncio.Task[None]] = set()

    def begin(
        self,
        title: str,
        *,
        on_cancel: Callable[[], object] | None = None,
        delay_s: float = 0.0,
    ) -> Task:
        """Begin something; if it ends within the delay it is not shown."""
        task = Task(self._sender, title, on_cancel)
        if self.is_shown:
            self._tasks = {token: one for token, one in self._tasks.items() if not one.is_ended}
            self._tasks[task.token] = task
            showing = asyncio.create_task(self._show(task, delay_s))
            self._showing.add(showing)
            showing.add_done_callback(self._showing.discard)
        return task

    def cancel(self, token: str | int) -> None:
        """Give up what a client wants to be given up."""
        task = self._tasks.get(str(token))
        if task:
            task.cancel()

    async def _show(self, task: Task, delay_s: float) -> None:
        if delay_s:
            await self._sleep(delay_s)
        if task.is_ended:
            return
        try:
            await self._sender.window_work_done_progress_create_async(
                types.WorkDoneProgressCreateParams(task.token)
            )
        except Exception as error:  # noqa: BLE001 - whatever the client answers, work goes on
            logger.info("The client shows no progress: %s", error)
        else:
            task.show()
