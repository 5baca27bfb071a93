"""The outline of a text: blocks, sentences, and places where it may be cut.

Rules of thumb over characters that hold for Markdown, plain text and most markup: scores depend on
where a text is cut, so this must be local (an edit changes nothing far away) and total.
"""

from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.text.changes import (
    LOOK_AROUND,
    SEAM,
    TextChange,
    between_seams,
    spliced,
    spliced_places,
)
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

_Patterns: TypeAlias = tuple[regex.Pattern[str], ...]
_PARAGRAPH_STARTS: Final[_Patterns] = (_HEADING, _HEADING_LINE, _PARAGRAPH, _ITEM)
_SENTENCE_STARTS: Final[_Patterns] = (*_PARAGRAPH_STARTS, _SENTENCE)
_REACH: Final = 2000
"""How far around a place is looked at first, in characters: further than most paragraphs go."""


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
        spliced_places(previous.offsets, first, last, inside.offsets, region.shift),
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
    return _tiles(_starts(_PARAGRAPH_STARTS, text, 0, len(text)), len(text))


def sentences(text: str) -> tuple[Span, ...]:
    """Cut `text` into sentences, which never cross a paragraph; the spans tile the text."""
    return _tiles(_starts(_SENTENCE_STARTS, text, 0, len(text)), len(text))


def paragraph_at(text: str, offset: int, *, reach: int = _REACH) -> Span | None:
    """Return the one of `paragraphs(text)` that holds `offset`; looks as far as it must."""
    return _tile_at(_PARAGRAPH_STARTS, text, offset, reach)


def sentence_at(text: str, offset: int, *, reach: int = _REACH) -> Span | None:
    """Return the one of `sentences(text)` that holds `offset`; looks as far as it must."""
    return _tile_at(_SENTENCE_STARTS, text, offset, reach)


def _tile_at(patterns: _Patterns, text: str, offset: int, reach: int) -> Span | None:
    if not 0 <= offset < len(text):
        return None
    while True:
        low = _line_start(text, offset - reach)
        high = _line_start(text, offset + reach) if offset + reach < len(text) else len(text)
        found = _starts(patterns, text, low, high) | {0, len(text)}
        start = max(at for at in found if at <= offset)
        end = min(at for at in found if offset < at)
        if (low < start or low == 0) and (end <= high or high == len(text)):
            return Span(start, end)
        reach *= 4


def _line_start(text: str, offset: int) -> int:
    """Return the last start of a line with something in it at or before `offset`, or 0."""
    while (at := text.rfind("\n", 0, max(0, offset)) + 1) > 0:
        if SEAM.match(text, at):
            return at
        offset = at - 1
    return 0


def _starts(patterns: _Patterns, text: str, low: int, high: int) -> set[int]:
    """Return where pieces start with `low < start <= high`, both starts of lines or ends."""
    matches = (pattern.finditer(text, low, high + LOOK_AROUND) for pattern in patterns)
    ends = {match.end() for found in matches for match in found}
    return {end for end in ends if low < end <= high}


def _tiles(inner: set[int], length: int) -> tuple[Span, ...]:
    edges = sorted({0, length} | {offset for offset in inner if 0 < offset < length})
    return tuple(Span(start, end) for start, end in pairwise(edges))
