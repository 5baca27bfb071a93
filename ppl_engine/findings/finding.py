"""What may become a diagnostic."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ppl_engine.text.spans import Span

Severity = Literal["warning", "information", "hint"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What could stand in the place of a word."""

    text: str
    """What would stand in the place of the finding's span."""

    probability: float
    """Of its first token, given what precedes."""

    gain_bits: float | None = None
    """log2 of how many times more probable it makes the sentence; None where not measured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of text worth a glance, with the reason."""

    code: str
    """Stable name of the kind, also the name of its page in docs/findings."""

    severity: Severity
    message: str
    """One line that says why."""

    span: Span
    text: str
    surprisal_bits: float
    """Of the whole span."""

    entropy_bits: float | None
    """Of the prediction at the first token; None where the finding is no single word."""

    rank: int | None
    """Of the first token; 1 is the most expected. None as above."""

    alternatives: tuple[Alternative, ...]
    bits_without_source: float | None = None
    """What the span has where no source is read before it; None where none was asked for."""
    is_sure: bool = False
    """Whether the first alternative may be put in its place without asking, see `sureness`."""


def in_order(groups: Iterable[Iterable[Finding]]) -> tuple[Finding, ...]:
    """Put findings of several kinds in the order of the text.

    Of two that overlap, the one of the earlier group is kept: it says more.
    """
    kept: list[tuple[int, int, Finding]] = []  # by place, disjoint
    for group in groups:
        for found in group:
            start, end = found.span.start, found.span.end
            after = bisect_left(kept, start, key=lambda other: other[0])
            is_free_before = after == 0 or kept[after - 1][1] <= start
            if is_free_before and (after == len(kept) or end <= kept[after][0]):
                kept.insert(after, (start, end, found))
    return tuple(found for _, _, found in kept)
