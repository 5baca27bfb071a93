"""How a measure is spread over many records, in memory that does not grow."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.filtering.rows import Doubles, Flags

_BINS_PER_OCTAVE: Final = 8
_LOWEST_OCTAVE: Final = -10
_HIGHEST_OCTAVE: Final = 54
_N_BINS: Final = (_HIGHEST_OCTAVE - _LOWEST_OCTAVE) * _BINS_PER_OCTAVE
_TAIL: Final = 0.005
"""This share on either side is shown together in the outermost bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many records lie in `[low, high)`; the outermost bars hold all that is beyond, too."""

    low: float
    high: float
    n_kept: int
    n_rejected: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.n_kept + self.n_rejected


class Histogram:
    """Counts on a logarithmic scale: eight bins for each doubling."""

    def __init__(self) -> None:
        self._kept = np.zeros(_N_BINS, np.int64)
        self._rejected = np.zeros(_N_BINS, np.int64)

    def add(self, values: Doubles, is_kept: Flags) -> None:
        """Count values; NaN are not counted."""
        is_scored = ~np.isnan(values)
        with np.errstate(divide="ignore"):
            octaves = np.log2(np.maximum(values[is_scored], 0.0))
        places = np.floor((octaves - _LOWEST_OCTAVE) * _BINS_PER_OCTAVE)
        bins = np.clip(places, 0, _N_BINS - 1).astype(np.int64)
        kept = is_kept[is_scored]
        self._kept += np.bincount(bins[kept], minlength=_N_BINS)
        self._rejected += np.bincount(bins[~kept], minlength=_N_BINS)

    @property
    def n(self) -> int:
        """How many values were counted."""
        return int(self._kept.sum() + self._rejected.sum())

    def bars(self, n_most: int = 20) -> list[Bar]:
        """Return at most `n_most` bars of equal width on the scale, the least first."""
        if self.n == 0:
            return []
        first, last = self._bulk()
        width = 1
        while n_most < _n_bars(first, last, width):
            width *= 2
        return list(self._joined(first // width, last // width + 1, width))

    def _bulk(self) -> tuple[int, int]:
        up_to = np.cumsum(self._kept + self._rejected)
        first = np.searchsorted(up_to, _TAIL * self.n, side="right")
        last = np.searchsorted(up_to, (1 - _TAIL) * self.n, side="left")
        return int(first), int(last)

    def _joined(self, first: int, end: int, width: int) -> Iterator[Bar]:
        for bar in range(first, end):
            low = 0 if bar == first else bar * width
            high = _N_BINS if bar == end - 1 else (bar + 1) * width
            yield Bar(
                _edge(bar * width),
                _edge((bar + 1) * width),
                int(self._kept[low:high].sum()),
                int(self._rejected[low:high].sum()),
            )


def _n_bars(first: int, last: int, width: int) -> int:
    return last // width - first // width + 1


def _edge(idx: int) -> float:
    return math.exp2(_LOWEST_OCTAVE + idx / _BINS_PER_OCTAVE)
