"""What is kept of each record while a file is filtered: a row of numbers, no text."""

from collections.abc import Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.lines import LineScore
from ppl_engine.scoring.units import NATS_PER_BIT

BAD: Final = np.uint32(0xFFFFFFFF)
"""As `n_tokens`: there is no text here."""

ROW: Final = np.dtype(
    [
        ("log_likelihood", "<f8"),
        ("n_scored", "<u4"),
        ("n_tokens", "<u4"),
        ("n_words", "<u4"),
        ("n_bytes", "<u4"),
    ]
)
"""A `LineScore`; the log-likelihood is in nats."""

Rows = NDArray[np.void]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BAD_ROW: Final = (0.0, 0, int(BAD), 0, 0)


def rows_of(scores: Sequence[LineScore | None]) -> Rows:
    """Return a row for each score; None stands for a bad record."""
    return np.array(
        [
            _BAD_ROW
            if score is None
            else (
                score.log_likelihood,
                score.n_scored,
                score.n_tokens,
                score.n_words,
                score.n_bytes,
            )
            for score in scores
        ],
        dtype=ROW,
    )


def is_bad(rows: Rows) -> Flags:
    """Return which rows are of bad records."""
    return cast("Flags", rows["n_tokens"] == BAD)


def perplexity(rows: Rows) -> Doubles:
    """Return exp(−log-likelihood / scored tokens); NaN where nothing is scored."""
    # exp overflows a double at 709.8, as `units.perplexity` says.
    return np.exp(np.minimum(_per(rows, "n_scored"), 700.0))


def bits_per_byte(rows: Rows) -> Doubles:
    """Return total bits / UTF-8 bytes; NaN where nothing is scored."""
    return _per(rows, "n_bytes") / NATS_PER_BIT


def bits_per_word(rows: Rows) -> Doubles:
    """Return total bits / words; NaN where nothing is scored or there is no word."""
    return _per(rows, "n_words") / NATS_PER_BIT


def _per(rows: Rows, unit: str) -> Doubles:
    """Return nats per unit."""
    n_units = rows[unit].astype(np.float64)
    n_units[(rows["n_scored"] == 0) | (n_units == 0)] = np.nan
    return -rows["log_likelihood"] / n_units
