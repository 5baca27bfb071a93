"""Keeps what Ray prints away from the results.

Ray says on standard output what befalls its workers: as it happens, from a thread of its own, and
what is left of it when it is shut down.
"""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO, cast


@contextmanager
def stdout_for_this_thread() -> Generator[None, None, None]:
    """Send what other threads print to standard error."""
    with redirect_stdout(cast("TextIO", _OfOneThread(sys.stdout))):
        yield


class _OfOneThread:
    """A stream for the thread that made this, standard error for all others."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._thread = threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        is_own = threading.get_ident() == self._thread
        return getattr(self._stream if is_own else sys.stderr, name)
