"""The places where somebody is writing: nothing is said of a word before it is finished."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from ppl_lsp.analyses import Sleep

HOLD_S: Final = 1.5
"""Who has stopped in a word for so long has finished it."""


class Holding:
    """Remembers where each document was edited last, for a while.

    The protocol tells of edits and not of the cursor; a person who leaves a word goes on writing
    elsewhere, or has stopped.
    """

    def __init__(self, on_release: Callable[[str], object], *, sleep: Sleep) -> None:
        self._on_release = on_release
        self._sleep = sleep
        self._places: dict[str, tuple[int, ...]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def edited(self, uri: str, places: Sequence[int]) -> None:
        """Hear where a document was edited; that of the edits before no longer counts."""
        self.forget(uri)
        self._places[uri] = tuple(places)
        self._tasks[uri] = asyncio.create_task(self._release(uri))

    def places(self, uri: str) -> tuple[int, ...]:
        """Return the offsets of which nothing is to be said, ascending."""
        return self._places.get(uri, ())

    def forget(self, uri: str) -> None:
        """Hold nothing back any more, and tell nobody."""
        self._places.pop(uri, None)
        task = self._tasks.pop(uri, None)
        if task:
            task.cancel()

    def end(self) -> None:
        """Hold nothing back anywhere."""
        for uri in tuple(self._tasks):
            self.forget(uri)

    async def _release(self, uri: str) -> None:
        await self._sleep(HOLD_S)
        del self._places[uri], self._tasks[uri]
        self._on_release(uri)
