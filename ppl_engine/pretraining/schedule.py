"""What changes in the course of a run, as functions of the share of the time budget that is gone.

Warm up, hold, decay in a straight line to zero (Hu et al. 2024, "MiniCPM", arXiv 2404.06395;
Hägele et al. 2024, arXiv 2405.18392): the budget may be minutes or hours, and a run that is
stopped goes on from its checkpoint along the same line.
"""

from typing import Final

_WARM_UP: Final = 0.01
_DECAY_FROM: Final = 0.4
_LONG_ROWS_FROM: Final = 0.8


def learning_rate_factor(gone: float) -> float:
    """Return the factor on the learning rates when the share `gone` of the time is used."""
    if gone < _WARM_UP:
        return max(0.05, gone / _WARM_UP)
    if gone < _DECAY_FROM:
        return 1.0
    return max(0.0, (1.0 - gone) / (1.0 - _DECAY_FROM))


def row_length(gone: float, *, short: int, long: int) -> int:
    """Return how many tokens a row has: short ones teach faster, long ones come last."""
    return short if gone < _LONG_ROWS_FROM else long
