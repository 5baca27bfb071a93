"""The numbers that decide what is flagged; they stand here and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a word is surprising enough to be shown as a finding."""

    surprisal_bits: float = 22.0
    """Least surprisal of the word."""

    excess_bits: float = 14.0
    """Least surprisal beyond the entropy of the place: more than the place explains."""

    gap_bits: float = 14.0
    """How much more probable the most expected token must have been: a firm alternative."""

    max_per_1000_words: int = 10
    """Budget: only the strongest are shown. A text of any length may show one, unless this is 0."""

    n_cold_tokens: int = 32
    """The first tokens of a text, which the model reads without context, are never flagged."""
