"""Which records are kept: those whose score lies within what is set."""

import enum
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.filtering.rows import Doubles, Flags, Rows, bits_per_byte, perplexity
from ppl_engine.filtering.selection import Chunks, count, kth_smallest


class Measure(enum.StrEnum):
    """What a record is judged by."""

    PERPLEXITY = "perplexity"
    BITS_PER_BYTE = "bits-per-byte"

    def of(self, rows: Rows) -> Doubles:
        """Return it for each row; NaN where nothing is scored."""
        return perplexity(rows) if self is Measure.PERPLEXITY else bits_per_byte(rows)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `least` to `most`, both among them."""

    least: float = -math.inf
    most: float = math.inf

    def holds(self, values: Doubles) -> Flags:
        """Return which values lie within; NaN does not, unless nothing is set."""
        if self == EVERYTHING:
            return np.ones(len(values), np.bool_)
        return (self.least <= values) & (values <= self.most)

    def within(self, other: "Range") -> "Range":
        """Return what lies in both."""
        return Range(max(self.least, other.least), min(self.most, other.most))


EVERYTHING: Final = Range()


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The share of the records from `low` to `high` in the order of a measure."""

    measure: Measure
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything has to hold."""

    perplexity: Range = EVERYTHING
    bits_per_byte: Range = EVERYTHING

    def keeps(self, rows: Rows) -> Flags:
        """Return which rows are kept.

        What has no score (an empty text) is kept only where nothing at all is set.
        """
        return self.perplexity.holds(perplexity(rows)) & self.bits_per_byte.holds(
            bits_per_byte(rows)
        )


def cut(quantiles: Quantiles, chunks: Chunks) -> Range:
    """Return the range of a measure that holds the share asked for; equals stay together.

    Of n values in order, those from ⌊low·n⌋ to ⌈high·n⌉ − 1, counted from 0. Without any value it
    holds nothing.
    """
    n = count(chunks)
    if n == 0:
        return Range(math.inf, -math.inf)
    first = min(n - 1, math.floor(quantiles.low * n))
    last = max(first, math.ceil(quantiles.high * n) - 1)
    return Range(kth_smallest(chunks, first), kth_smallest(chunks, last))
