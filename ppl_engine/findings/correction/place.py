"""A word with what stands beside it, and how what replaces it must look."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.scoring.scores import Ints
from ppl_engine.text.spans import Span

_WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}]*+(?:['’]\p{L}[\p{L}\p{M}]*+)*+")
_LONGEST_WORD: Final = 40
_GAP: Final = regex.compile(r"[ \t\u00a0]+")
_GAP_WITH_BREAK: Final = regex.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*|[ \t\u00a0]+")
_LONGEST_GAP: Final = 40
_SENTENCE_START: Final = regex.compile(
    r"(?:^|[.!?:…][\"'”’)\]*_]*\s|[\r\n][ \t]*(?:[\r\n]|[#>*+\-|]|\d+[.)]))"
    r"[\s\"'“‘(\[*_#>+\-\d.)|]*$"
)
_HEADING: Final = regex.compile(r"(?:^|[\r\n]) {0,3}(?:#{1,6}|={1,6})[ \t][^\r\n]*$")
_LONGEST_HEADING: Final = 200
_N_BEFORE: Final = 40
_N_AROUND: Final = 2000


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A word of letters next to another."""

    span: Span
    text: str
    gap: str
    """What is between the two: blanks, or one line break with blanks."""

    def moved(self, shift: int) -> "Neighbor":
        """Return the same elsewhere."""
        return replace(self, span=self.span.moved(shift))

    @property
    def is_on_line(self) -> bool:
        """Whether only blanks are between the two."""
        return not ("\n" in self.gap or "\r" in self.gap)


@dataclass(frozen=True, slots=True)
class Place:
    """A word that may be replaced, in its surroundings."""

    span: Span
    word: str
    before: tuple[Neighbor, ...]
    """The words before it, the nearest first, with nothing but white space between; two at most."""

    after: tuple[Neighbor, ...]
    starts_sentence: bool
    apostrophe: str
    """The one that is used hereabouts."""

    def moved(self, shift: int) -> "Place":
        """Return the same elsewhere in a text, or in another."""
        before = tuple(one.moved(shift) for one in self.before)
        after = tuple(one.moved(shift) for one in self.after)
        return replace(self, span=self.span.moved(shift), before=before, after=after)

    @property
    def lower(self) -> str:
        """The word in lower case."""
        return self.word.lower()

    def shaped(self, text: str) -> str:
        """Return what would stand here, with a capital if the word has one for where it stands."""
        is_pronoun = self.word[:2] in {"I", "I'", "I’"}
        has_capital = self.word[:1].isupper() and (self.starts_sentence or not is_pronoun)
        return with_capital(text) if has_capital else text

    @property
    def previous(self) -> Neighbor | None:
        """The word before it on the line."""
        return _on_line(self.before)

    @property
    def previous_lower(self) -> str:
        """Return the word before on the line in small letters, or nothing."""
        return self.previous.text.lower() if self.previous else ""

    @property
    def next(self) -> Neighbor | None:
        """The word after it on the line."""
        return _on_line(self.after)


def place_of(
    text: str, starts: Ints, ends: Ints, is_word: NDArray[np.bool_], idx: int
) -> Place | None:
    """Return the place of a word, or None where none is ever corrected.

    That is what has digits or underscores in it, is all in capitals, or is very long.
    """
    if not (0 <= idx < len(starts)) or not is_word[idx]:
        return None
    span = Span(int(starts[idx]), int(ends[idx]))
    word = span.of(text)
    if not _is_correctable(word):
        return None
    before: list[Neighbor] = []
    for k in range(idx - 1, max(idx - 3, -1), -1):
        gap = text[max(int(ends[k]), int(starts[k + 1]) - _LONGEST_GAP - 1) : int(starts[k + 1])]
        if not _is_neighbor(text, Span(int(starts[k]), int(ends[k])), gap) or not is_word[k]:
            break
        if _ends_heading(text, int(ends[k]), gap):
            break
        before.append(_neighbor(text, int(starts[k]), int(ends[k]), gap))
    after: list[Neighbor] = []
    for k in range(idx + 1, min(idx + 3, len(starts))):
        gap = text[int(ends[k - 1]) : min(int(starts[k]), int(ends[k - 1]) + _LONGEST_GAP + 1)]
        if not _is_neighbor(text, Span(int(starts[k]), int(ends[k])), gap) or not is_word[k]:
            break
        if _ends_heading(text, int(ends[k - 1]), gap):
            break
        after.append(_neighbor(text, int(starts[k]), int(ends[k]), gap))
    around = text[max(0, span.start - _N_AROUND) : span.end + _N_AROUND]
    return Place(
        span,
        word,
        tuple(before),
        tuple(after),
        _SENTENCE_START.search(text[max(0, span.start - _N_BEFORE) : span.start]) is not None,
        "’" if "’" in around and around.count("'") < around.count("’") else "'",
    )


def with_capital(word: str) -> str:
    """Return the word with a capital at its beginning."""
    return word[:1].upper() + word[1:]


def like(model: str, word: str) -> str:
    """Return the word with a capital at its beginning if the model has one there."""
    return with_capital(word) if model[:1].isupper() else word


def without_capital(word: str, lexicon: Lexicon) -> str:
    """Return a word as it stands inside of a sentence."""
    lower = word[:1].lower() + word[1:]
    return lower if lower in lexicon.levels and lower != "i" else word


def _is_correctable(word: str) -> bool:
    if len(word) > _LONGEST_WORD or not _WORD.fullmatch(word):
        return False
    return len(word) == 1 or not word.isupper()


def _is_neighbor(text: str, span: Span, gap: str) -> bool:
    if len(gap) > _LONGEST_GAP or not _GAP_WITH_BREAK.fullmatch(gap):
        return False
    return _WORD.fullmatch(span.of(text)) is not None


def _ends_heading(text: str, end: int, gap: str) -> bool:
    """Whether the words before a gap are a heading, and those after it stand under it."""
    if _GAP.fullmatch(gap):
        return False
    return _HEADING.search(text[max(0, end - _LONGEST_HEADING) : end]) is not None


def _neighbor(text: str, start: int, end: int, gap: str) -> Neighbor:
    span = Span(start, end)
    return Neighbor(span, span.of(text), gap)


def _on_line(neighbors: tuple[Neighbor, ...]) -> Neighbor | None:
    if neighbors and _GAP.fullmatch(neighbors[0].gap):
        return neighbors[0]
    return None
