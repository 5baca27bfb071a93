"""Where the words of a text are.

A *word* is a run of letters, digits, marks and underscores, with apostrophes inside. An ideograph
is a word by itself, since scripts that have them put no space between words. What is neither word
nor space, punctuation and symbols, comes in runs of its own, so that nothing visible is left out.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

_IDEOGRAPH: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
# What belongs to the same grapheme cluster as the character before it, or as the one after it
# (Unicode Standard Annex #29): nothing may be cut there.
_EXTEND: Final = r"[\p{M}\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]"
_PREPEND: Final = r"\p{GCB=Prepend}{0,4}+"
_LETTER: Final = rf"(?!{_IDEOGRAPH})[\p{{L}}\p{{N}}_]"
_LETTERS: Final = rf"(?:{_LETTER}|{_EXTEND}|\u200c)*"

_UNIT: Final = regex.compile(
    rf"(?P<word>{_PREPEND}(?:{_IDEOGRAPH}{_EXTEND}*|{_LETTER}{_LETTERS}(?:['’]{_LETTER}{_LETTERS})*))"
    rf"|(?:(?!{_PREPEND}[\p{{L}}\p{{N}}_])\S{_EXTEND}*|[^\S\r\n]{_EXTEND}+)+"
)

BEGINS_WORD_CHARACTER: Final = regex.compile(
    rf"{_IDEOGRAPH}|(?!['’]\p{{L}})[^\p{{L}}\p{{N}}\p{{M}}_]"
)
"""Matches at the first character of what can not continue a word that stands before it."""


@dataclass(frozen=True, slots=True)
class Units:
    """The words and the runs of symbols of a text, in order, as arrays of one length."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    is_word: NDArray[np.bool_]


def units(text: str, start: int = 0, end: int | None = None) -> Units:
    """Return the words and symbol runs of `text`; only white space lies between them.

    With `start` and `end`, seams or ends of the text, those of the stretch between.
    """
    matches = _UNIT.finditer(text, start, len(text) if end is None else end)
    found = [(m.start(), m.end(), m.lastgroup == "word") for m in matches]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Units(table[:, 0], table[:, 1], table[:, 2].astype(np.bool_))
