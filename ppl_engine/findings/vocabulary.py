"""What there is to know of the words of a text before any score: terms, and which may be flagged.

Names, identifiers, numbers, quotations and all that is not prose are context, never flagged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.changes import TextChange, spliced
from ppl_engine.text.prose import Prose

_PLAIN_WORD: Final = regex.compile(
    r"\p{Lu}?\p{Ll}[\p{Ll}\p{M}]*(?:['’]\p{Ll}+)?|\p{Lo}[\p{Lo}\p{M}]+"
)
_SENTENCE_START: Final = regex.compile(r"(?:^|[.!?:]|[\r\n])[\"'“‘(\[*_#>\-+\s\d.|]*$")
# Letters glued to these belong to a name of something: a path, an option, a call, a placeholder.
_GLUE: Final = frozenset("/\\_@#=<>{}[]|~$%&*+^`")
_OPENS_EMPHASIS: Final = regex.compile(r"(?:(?<=[\s(\"“‘])|^)[*_~]{1,3}$")
_CLOSES_EMPHASIS: Final = regex.compile(r"^[*_~]{1,3}(?=[\s.,;:!?)\"”’]|$)")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}
_WORDS_OF_A_LETTER: Final = frozenset("aAi")
_N_BEFORE: Final = 40
_N_AFTER: Final = 5


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the text alone says of each of its words and symbol runs; arrays of one length."""

    term: Ints
    """A number for the word whatever its case; it means nothing in another process."""

    may_be_flagged: NDArray[np.int8]
    """1 or 0, or −1 where nobody has asked yet: it takes long to find out and few are asked for."""


@dataclass(frozen=True, slots=True)
class WordsInText:
    """The words of a text, with all that says which of them may be flagged."""

    text: str
    words: WordScores
    prose: Prose
    vocabulary: Vocabulary

    def asked(self, word_idx: Iterable[int]) -> "WordsInText":
        """Return the same with all found out that may be flagged of these words."""
        may_be_flagged = self.vocabulary.may_be_flagged.copy()
        for idx in word_idx:
            if may_be_flagged[idx] < 0:
                start, end = int(self.words.starts[idx]), int(self.words.ends[idx])
                holds = self.prose.holds(start, end)
                may_be_flagged[idx] = holds and _may_be_flagged(self.text, start, end)
        return replace(self, vocabulary=Vocabulary(self.vocabulary.term, may_be_flagged))


def vocabulary(text: str, words: WordScores) -> Vocabulary:
    """Take in the words of a text."""
    return _between(text, words, 0, len(words))


def changed_vocabulary(
    text: str,
    words: WordScores,
    previous: Vocabulary,
    previous_words: WordScores,
    changes: tuple[TextChange, TextChange],
) -> Vocabulary:
    """Return `vocabulary(text, words)` and what was found out about words that are as before.

    The changes are those of the words and of what is prose.
    """
    of_words, of_prose = changes
    first, last = np.searchsorted(
        previous_words.starts, [of_words.start, of_words.old_end]
    ).tolist()
    inside = _between(text, words, first, last + len(words) - len(previous_words))
    may_be_flagged = spliced(previous.may_be_flagged, first, last, inside.may_be_flagged)
    low, high = np.searchsorted(words.starts, [of_prose.start, of_prose.new_end])
    may_be_flagged[low:high] = -1
    return Vocabulary(spliced(previous.term, first, last, inside.term), may_be_flagged)


def term_of(word: str) -> int:
    """Return the number that stands for a word, whatever its case."""
    return hash(word.casefold())


def _between(text: str, words: WordScores, first: int, last: int) -> Vocabulary:
    places = zip(words.starts[first:last].tolist(), words.ends[first:last].tolist(), strict=True)
    terms = [term_of(text[start:end]) for start, end in places]
    unasked = np.full(len(terms), -1, dtype=np.int8)
    return Vocabulary(np.array(terms, dtype=np.int64), unasked)


def _may_be_flagged(text: str, start: int, end: int) -> bool:
    """Whether a word looks like one of the language rather than a name, identifier or quotation."""
    word = text[start:end]
    before = _OPENS_EMPHASIS.sub("", text[max(0, start - _N_BEFORE) : start])
    after = _CLOSES_EMPHASIS.sub("", text[end : end + _N_AFTER])
    if (len(word) == 1 and word not in _WORDS_OF_A_LETTER) or not _PLAIN_WORD.fullmatch(word):
        return False
    if word[0].isupper() and not _SENTENCE_START.search(before):
        return False
    last, following = before[-1:], after[:1]
    if last in _GLUE or following in _GLUE or (last and last in "-.:"):
        return False
    if following and following in "-.:(" and after[1:2].strip():
        return False
    return not following or _QUOTES.get(last) != following
