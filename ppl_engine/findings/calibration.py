"""How a model reads clean prose, so that thresholds hold whichever model is used.

What is strong for one model is ordinary for another: bits mean nothing by themselves. A threshold
is therefore said as how often clean prose may reach it, and what that is in bits is looked up in
what was measured once for the model.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_N_KEPT: Final = 512
_N_IN_TAIL: Final = 24
"""Beyond the strongest so many, a straight line in log frequency says more than single values."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A clean text to measure on."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The strongest places of one kind in clean prose."""

    n_words: int
    """How much prose was looked at."""

    strengths: tuple[float, ...]
    """Of the strongest places, descending."""

    @classmethod
    def of(cls, strengths: Iterable[float], n_words: int) -> "Tail":
        """Keep the strongest."""
        return cls(n_words, tuple(sorted(strengths, reverse=True)[:_N_KEPT]))

    def strength_at(self, per_1000_words: float) -> float:
        """Return the strength that clean prose reaches so often; infinite for a rate of 0.

        Of what clean prose does not show at all, everything is stronger: minus infinity.

        It is read off the strengths seen. Above the last few, strengths over a high threshold fall
        off exponentially (peaks over threshold, Pickands 1975), with the mean of those few.
        """
        if per_1000_words <= 0:
            return math.inf
        n_expected = per_1000_words * self.n_words / 1000
        n_seen = len(self.strengths)
        if n_seen == 0:
            return -math.inf
        n_tail = min(_N_IN_TAIL, n_seen)
        if n_tail <= n_expected:
            below = min(n_seen, math.floor(n_expected))
            return self.strengths[below - 1]
        edge = self.strengths[n_tail - 1]
        mean_beyond = sum(self.strengths[:n_tail]) / n_tail - edge
        return edge + mean_beyond * math.log(n_tail / n_expected)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What clean prose is like to one model."""

    suspicion_bits: float
    """Surprisal from which on a word is looked at more closely."""

    mistakes: Mapping[str, Tail]
    """By kind of slip: by how many bits the best alternative of a word outweighs it."""

    surprises: Tail
    """Of words: the lesser of excess and gap, in bits."""

    passages: Tail
    """See `findings.stretches.passages`."""
