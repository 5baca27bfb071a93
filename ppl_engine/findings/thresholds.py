"""The numbers that decide what is flagged; they stand here and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much may be flagged where there is nothing to flag, and what is never flagged.

    Rates are those of clean prose, in which every finding is a false alarm: they hold for whatever
    model is used, see `findings.calibration`. Worse prose has more findings. 0 switches a kind off.
    """

    mistakes_per_1000_words: float = 0.7
    """Likely mistakes that clean prose may have."""

    surprises_per_1000_words: float = 3.0
    """Surprising words that clean prose may have."""

    passages_per_1000_words: float = 0.2
    """Surprising passages that clean prose may have."""

    repeated_words: int = 24
    """About how many words must only say again what stands before them."""

    max_per_1000_words: int = 10
    """Budget of surprising words: only the strongest are shown. Any text may show one, unless 0."""

    n_cold_tokens: int = 32
    """The first tokens of a text, which the model reads without context, are never flagged."""
