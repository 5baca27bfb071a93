"""A progress bar for long work, on terminals."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from ppl_engine.scoring.document import Progress

_SHOWN_AFTER_SECONDS: Final = 1.0

T = TypeVar("T")


class Meter:
    """Runs steps to their end and, where that takes long, shows how far they are."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()

    def follow(self, label: str, steps: "Generator[Progress, None, T]") -> T:
        """Return what the steps come to."""
        bar: Bar | None = None
        try:
            while True:
                progress = next(steps)
                if bar is None and self._is_worthwhile():
                    bar = _new_bar(label)
                if bar is not None:
                    bar.update(bar.task_ids[0], completed=progress.n_done, total=progress.n_total)
        except StopIteration as end:
            return end.value
        finally:
            if bar is not None:
                bar.stop()

    @contextmanager
    def counting(self, label: str) -> "Generator[Callable[[int], None]]":
        """Give a function to be told how many tokens more are done, of a number nobody knows."""
        bars: list[Bar] = []

        def count(n_tokens: int) -> None:
            if not bars and self._is_worthwhile():
                bars.append(_new_bar(label))
            for bar in bars:
                bar.advance(bar.task_ids[0], n_tokens)

        try:
            yield count
        finally:
            for bar in bars:
                bar.stop()

    def _is_worthwhile(self) -> bool:
        return sys.stderr.isatty() and self._started + _SHOWN_AFTER_SECONDS < self._clock()


def _new_bar(label: str) -> "Bar":
    # Rich takes longer to import than the help takes to print.
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tokens"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(escape(label), total=None)
    bar.start()
    return bar
