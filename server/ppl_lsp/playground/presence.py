"""When it is over: some seconds after the last page was closed."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

LINGER_S: Final = 5.0
"""A page that is loaded again is away for a moment."""


class Presence:
    """Counts the pages that are open. Before the first one comes, nothing is over."""

    def __init__(self, *, linger_s: float = LINGER_S) -> None:
        self.over = asyncio.Event()
        self._linger_s = linger_s
        self._n_pages = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def n_pages(self) -> int:
        """How many pages are open."""
        return self._n_pages

    @property
    def is_ending(self) -> bool:
        """Whether it will be over unless a page comes back."""
        return self._timer is not None

    @contextmanager
    def page(self) -> Generator[None]:
        """Count a page for as long as it is open."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._n_pages += 1
        try:
            yield
        finally:
            self._n_pages -= 1
            if self._n_pages == 0:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(self._linger_s, self.over.set)
