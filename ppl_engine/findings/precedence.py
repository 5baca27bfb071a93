"""Which of several findings about one stretch is shown: the one that explains it."""

from collections.abc import Iterable, Sequence
from typing import Final

from ppl_engine.findings.finding import Finding, in_order
from ppl_engine.findings.stretches import passages

_SHARE_EXPLAINED: Final = 0.5
"""Where mending mistakes would take so much of its surprise away, a passage is no garble."""


def by_precedence(mistakes: Sequence[Finding], stretches: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return disjoint findings in the order of the text.

    A passage that mistakes explain is shown as these; one that they do not is shown as a whole,
    since what seems to be meant by single words of garble is not.
    """
    every = list(stretches)
    whole = [one for one in every if one.code == passages.CODE and not _is_explained(one, mistakes)]
    return in_order([whole, mistakes, every])


def _is_explained(passage: Finding, mistakes: Iterable[Finding]) -> bool:
    gains_bits = (
        mistake.alternatives[0].gain_bits or 0.0
        for mistake in mistakes
        if mistake.span.start < passage.span.end and passage.span.start < mistake.span.end
    )
    return _SHARE_EXPLAINED * passage.surprisal_bits < sum(gains_bits)
