"""The changed stretches of a text, and what belongs to them."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.blocks import sentence_at
from ppl_engine.text.spans import Span

_REACH: Final = 1000
"""How far around a finding its sentence is looked for, in characters."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed in a text."""

    stretches: tuple[Span, ...]
    """Whole lines, in order; an empty one is where lines were taken out."""

    def holds(self, span: Span, text: str) -> bool:
        """Whether a sentence that a span of the text belongs to changed."""
        start, end = _sentences(span, text)
        first = bisect_right(self.stretches, start, key=lambda one: one.end)
        return first < len(self.stretches) and self.stretches[first].start < end


def _sentences(span: Span, text: str) -> tuple[int, int]:
    """Return the stretch from the start of the first sentence of a span to the end of its last."""
    low = max(0, span.start - _REACH)
    near = text[low : span.end + _REACH]
    first = sentence_at(near, span.start - low)
    last = sentence_at(near, max(span.start, span.end - 1) - low)
    start = span.start if first is None else low + first.start
    end = span.end if last is None else low + last.end
    return min(start, span.start), max(end, span.end)
