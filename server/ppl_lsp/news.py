"""Waiting for something to become known."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class News:
    """Wakes those who wait for anything to change."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Say that something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(
        self, look: Callable[[], tuple[T] | None], *, timeout_s: float | None
    ) -> T | None:
        """Return what `look` finds, now or after a change; None if that takes too long."""
        try:
            async with asyncio.timeout(timeout_s):
                while (found := look()) is None:
                    await self._changed.wait()
                return found[0]
        except TimeoutError:
            return None
