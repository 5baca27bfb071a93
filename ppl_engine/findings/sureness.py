"""Which likely mistakes are so sure that they may be mended without asking.

A finding is shown where it is worth a glance; what is written unasked has to be right. So it takes
a strength that clean prose has seven times more rarely, a kind of slip whose mending leaves what
was said as it was, and a first alternative that no other comes near.

How often that is right is measured by `tests.benchmarks.fixes`, see `docs/check.md`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Finding
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.text.spans import Span

SURE_MISTAKES_PER_1000_WORDS: Final = 0.1
"""How often clean prose may reach the strength, all kinds of slips together."""

_LEAST_LEAD_BITS: Final = 5.0
"""How much more the first alternative gains than the second."""

_SLIPS: Final = frozenset({Slip.SPELLING, Slip.CONFUSION, Slip.ARTICLE, Slip.DOUBLED})
"""Those that one word can be mended of. Other words, forms and orders may say something else."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A stretch of a text, and what is to stand there."""

    span: Span
    before: str
    after: str


def sure_fixes(findings: Iterable[Finding]) -> Iterator[Fix]:
    """Yield the fixes of those findings that are sure."""
    for one in findings:
        if one.is_sure:
            yield Fix(one.span, one.text, one.alternatives[0].text)


def is_sure(judged: Judged) -> bool:
    """Whether a mistake that is strong enough is of a kind that may be mended unasked."""
    best, *others = judged.alternatives
    gain_bits = best.gain_bits or 0.0
    if judged.slip not in _SLIPS or _breaks_lines(judged.text) or _breaks_lines(best.text):
        return False
    # Small words alone have a price below zero when doubled; of others, two can be meant.
    if judged.slip == Slip.DOUBLED and judged.net_bits <= gain_bits:
        return False
    return all((one.gain_bits or 0.0) + _LEAST_LEAD_BITS <= gain_bits for one in others)


def _breaks_lines(text: str) -> bool:
    return "\n" in text or "\r" in text
