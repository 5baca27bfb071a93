"""Confidence intervals for a difference of ratios, by drawing what was measured again.

The paired bootstrap (Efron & Tibshirani 1993, An Introduction to the Bootstrap, §13.3; for text,
Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"): units, which are
texts or stretches of one, are drawn with replacement, the same ones for both models, and the
difference is computed of what was drawn. The interval is that between percentiles.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_RESAMPLES: Final = 2000
CONFIDENCE: Final = 0.95
_UNITS_AT_ONCE: Final = 2**20
"""Bounds the memory of what is drawn."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a value lies with a probability of `CONFIDENCE`."""

    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the difference has a sign that is not by chance."""
        return not self.low <= 0.0 <= self.high


def paired_interval(
    difference: Matrix, size: Matrix, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Interval | None:
    """Return the interval of Σ difference / Σ size over units drawn again.

    Both hold one number a unit. None with less than two units. The same seed and units give the
    same interval.
    """
    n = len(difference)
    if n < 2 or not size.sum() > 0:  # noqa: PLR2004 - one unit says nothing of spread
        return None
    generator = np.random.default_rng(seed)
    at_once = max(1, _UNITS_AT_ONCE // n)
    found: list[Matrix] = []
    for start in range(0, n_resamples, at_once):
        drawn = generator.integers(0, n, (min(at_once, n_resamples - start), n))
        sizes = size[drawn].sum(axis=1)
        ratios = difference[drawn].sum(axis=1)[sizes > 0] / sizes[sizes > 0]
        found.append(ratios)
    tail = (1.0 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(found), [tail, 1.0 - tail])
    return Interval(float(low), float(high))
