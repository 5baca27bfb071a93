"""The outline of a text: blocks, sentences, and places where it may be cut.

Rules of thumb over characters that hold for Markdown, plain text and most markup: scores depend on
where a text is cut, so this must be local (an edit changes nothing far away) and total.
"""

from bisect import bisect_right
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.text.changes import LOOK_AROUND, TextChange, between_seams, spliced
from ppl_engine.text.spans import Span

# Atomic and possessive: CRLF is one line end, and no run of line ends is gone over twice.
_NEWLINE: Final = r"(?>\r\n|\r|\n)"
_HEADING: Final = regex.compile(r"(?:^|(?<=[\r\n]))(?=\#{1,6}[ \t])")
_HEADING_LINE: Final = regex.compile(rf"(?:^|(?<=[\r\n]))\#{{1,6}}[ \t][^\r\n]*{_NEWLINE}")
_PARAGRAPH: Final = regex.compile(rf"(?<![\r\n]){_NEWLINE}(?>(?:[ \t]*+{_NEWLINE})++)(?=[^\r\n])")
_ITEM: Final = regex.compile(rf"{_NEWLINE}(?=[ \t]*(?:[-*+]|\d{{1,9}}[.)])[ \t])")
_LINE: Final = regex.compile(rf"{_NEWLINE}(?=[^\r\n])")
_SENTENCE: Final = regex.compile(
    r"(?<=[.!?…])(?<!\b(?:e\.g|i\.e|cf|vs|etc|approx|no|fig|eq|dr|mr|mrs|ms|st|al)\.)"
    r"[\"'”’)\]*_]{0,3}\s+(?=[\"'“‘(\[*_]{0,3}[\p{Lu}\p{Lt}\p{Lo}\p{N}`])|(?<=[。！？])",
)


class Cut(IntEnum):
    """How good a place is for cutting a text; lower is better."""

    HEADING = 0
    PARAGRAPH = 1
    LINE = 2
    SENTENCE = 3
    WORD = 4
    ANYWHERE = 5


class Cuts(NamedTuple):
    """Where a text may be cut, in order, and how well: arrays of one length."""

    offsets: NDArray[np.int64]
    kinds: NDArray[np.int64]
    """The `Cut` of each."""


def cuts(text: str) -> Cuts:
    """Return the offsets of headings, paragraphs, lines and sentences, with the `Cut` of each."""
    return _cuts_within(text, -1, len(text))


def changed_cuts(text: str, previous: Cuts, change: TextChange) -> Cuts:
    """Return `cuts(text)`, given those of the text before the change."""
    region = between_seams(change, text)
    # A cut at a seam is the end of what stands before it.
    first = int(np.searchsorted(previous.offsets, region.start, side="right"))
    last = int(np.searchsorted(previous.offsets, region.old_end, side="right"))
    if region.start == 0:
        first = 0
    inside = _cuts_within(text, region.start or -1, region.new_end)
    return Cuts(
        spliced(previous.offsets, first, last, inside.offsets, region.shift),
        spliced(previous.kinds, first, last, inside.kinds),
    )


def _cuts_within(text: str, after: int, last: int) -> Cuts:
    """Return the cuts with `after < offset <= last`, both being seams or ends of the text."""
    best: dict[int, Cut] = {}
    for cut, pattern in (
        (Cut.SENTENCE, _SENTENCE),
        (Cut.LINE, _LINE),
        (Cut.PARAGRAPH, _PARAGRAPH),
        (Cut.HEADING, _HEADING),
    ):
        matches = pattern.finditer(text, max(0, after), last + LOOK_AROUND)
        best.update((match.end(), cut) for match in matches if after < match.end() <= last)
    offsets = np.array(sorted(best), dtype=np.int64)
    kinds = np.array([best[offset] for offset in offsets.tolist()], dtype=np.int64)
    return Cuts(offsets, kinds)


def paragraphs(text: str) -> tuple[Span, ...]:
    """Cut `text` into paragraphs, headings and list items; the spans tile the text."""
    patterns = (_HEADING, _HEADING_LINE, _PARAGRAPH, _ITEM)
    inner = {match.end() for pattern in patterns for match in pattern.finditer(text)}
    return _tiles(inner, len(text))


def sentences(text: str) -> tuple[Span, ...]:
    """Cut `text` into sentences, which never cross a paragraph; the spans tile the text."""
    inner = {match.end() for match in _SENTENCE.finditer(text)}
    inner |= {paragraph.start for paragraph in paragraphs(text)}
    return _tiles(inner, len(text))


def span_at(spans: tuple[Span, ...], offset: int) -> Span | None:
    """Return the one of these ordered spans that holds `offset`."""
    idx = bisect_right(spans, offset, key=lambda span: span.start) - 1
    return spans[idx] if idx >= 0 and offset < spans[idx].end else None


def _tiles(inner: set[int], length: int) -> tuple[Span, ...]:
    edges = sorted({0, length} | {offset for offset in inner if 0 < offset < length})
    return tuple(Span(start, end) for start, end in pairwise(edges))
