"""What `ppl filter` says of a run: counts, and a histogram of what was scored."""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from ppl_engine.cli.output import Output, Part, has_color
from ppl_engine.cli.reports import VERSION, number
from ppl_engine.cli.sources import STDIN
from ppl_engine.filtering.histogram import Bar, Histogram
from ppl_engine.filtering.limits import EVERYTHING, Limits, Measure, Range
from ppl_engine.filtering.passes import Tally

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from ppl_engine.scoring.scorer import ModelInfo

_BAR_COLUMNS: Final = 40
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_NAMES: Final = {Measure.PERPLEXITY: "perplexity", Measure.BITS_PER_BYTE: "bits per byte"}
_SHOWN_AFTER_SECONDS: Final = 1.0

T = TypeVar("T")


def show(arguments: argparse.Namespace, tally: Tally, limits: Limits, model: "ModelInfo") -> None:
    """Write the summary: as text to standard error, as JSON to standard output.

    Where that takes the records, JSON goes to standard error too.
    """
    if arguments.format == "json":
        stream = sys.stderr if arguments.output == STDIN else sys.stdout
        stream.write(json.dumps(summary(tally, limits, model), indent=2) + "\n")
        return
    output = Output(sys.stderr, has_color=has_color(sys.stderr))
    for part in text(tally, limits):
        output.write(part)


def summary(tally: Tally, limits: Limits, model: "ModelInfo") -> dict[str, object]:
    """Return the summary as `--format json` has it."""
    return {
        "version": VERSION,
        "model": {
            "name": model.name,
            "revision": model.revision,
            "device": model.device,
            "precision": model.precision,
        },
        "n_records": tally.n_records,
        "n_kept": tally.n_kept,
        "n_rejected": tally.n_rejected,
        "n_unscored": tally.n_unscored,
        "n_bad": tally.n_bad,
        "n_tokens": tally.n_tokens,
        "n_bytes": tally.n_bytes,
        **{
            measure.replace("-", "_"): {
                "min": _limit(_range(limits, measure).least),
                "max": _limit(_range(limits, measure).most),
                "histogram": [_bar_object(bar) for bar in histogram.bars()],
            }
            for measure, histogram in tally.histograms.items()
        },
    }


def text(tally: Tally, limits: Limits) -> Iterator[Part]:
    """Return the summary for people: a histogram for each measure that decides, and counts."""
    decisive = [m for m in Measure if _range(limits, m) != EVERYTHING] or [Measure.PERPLEXITY]
    for measure in decisive:
        yield from _drawn(measure, tally.histograms[measure], _range(limits, measure))
    yield f"{tally.n_records:,} records: {tally.n_kept:,} kept, {tally.n_rejected:,} rejected"
    if tally.n_unscored:
        yield f", {tally.n_unscored:,} of these without a score"
    yield f"; {tally.n_bad:,} bad\n" if tally.n_bad else "\n"


def _drawn(measure: Measure, histogram: Histogram, limits: Range) -> Iterator[Part]:
    bars = histogram.bars()
    if not bars:
        return
    yield f"{_NAMES[measure]:>15}  records\n"
    most = max(bar.n for bar in bars)
    n_columns = max(len(f"{bar.n:,}") for bar in bars)
    for idx, bar in enumerate(bars):
        sign = "<" if idx == 0 and idx < len(bars) - 1 else "≥" if idx == len(bars) - 1 else " "
        edge = bar.high if sign == "<" else bar.low
        yield f"{sign:>7} {_readable(edge):>7}  {bar.n:>{n_columns},} "
        kept = _block(bar.n_kept / most)
        yield (kept, "green")
        yield (_block(bar.n / most)[len(kept) :], "red")
        yield f" {bar.n_rejected / bar.n:.0%} rejected\n" if bar.n_rejected else "\n"
    if limits != EVERYTHING:
        low = "" if math.isinf(limits.least) else f"{limits.least:.6g} ≤ "
        high = "" if math.isinf(limits.most) else f" ≤ {limits.most:.6g}"
        yield f"kept: {low}{_NAMES[measure]}{high}\n"


def _block(share: float) -> str:
    n_eighths = round(share * _BAR_COLUMNS * 8)
    whole, rest = divmod(n_eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _readable(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def _range(limits: Limits, measure: Measure) -> Range:
    return limits.perplexity if measure is Measure.PERPLEXITY else limits.bits_per_byte


def _limit(value: float) -> float | None:
    return None if math.isinf(value) else number(value)


def _bar_object(bar: Bar) -> dict[str, object]:
    return {
        "low": number(bar.low),
        "high": number(bar.high),
        "n_kept": bar.n_kept,
        "n_rejected": bar.n_rejected,
    }


class Counting:
    """Shows on a terminal how many records are done, if it takes long."""

    def __init__(self, unit: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._unit = unit
        self._clock = clock
        self._started = clock()
        self._n = 0
        self._bar: Progress | None = None

    def __enter__(self) -> "Counting":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: "TracebackType | None",
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def add(self, n: int) -> None:
        """Count some more."""
        self._n += n
        if self._bar is None:
            is_long = self._started + _SHOWN_AFTER_SECONDS < self._clock()
            if not (is_long and sys.stderr.isatty()):
                return
            self._bar = _new_bar(self._unit)
        self._bar.update(self._bar.task_ids[0], completed=self._n)

    def counted(self, groups: Iterable[T], size: Callable[[T], int]) -> Iterator[T]:
        """Yield groups and count what is in them."""
        for group in groups:
            yield group
            self.add(size(group))


def _new_bar(unit: str) -> "Progress":
    # Rich takes longer to import than the help takes to print.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} " + unit),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=None)
    bar.start()
    return bar
