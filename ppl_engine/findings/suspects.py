"""Which words are worth to be compared with what might have been meant: pure arithmetic first.

A word is suspicious if it surprises the model, or is in no list of words and surprises it a little;
and so is the word before it, which may have led the model astray.
What is a name, an identifier or no prose is never compared with anything.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.small_words import article_by_sound
from ppl_engine.findings.correction.word_forms import GOVERNING
from ppl_engine.findings.vocabulary import WordsInText, term_of
from ppl_engine.scoring.scores import Ints

_SHARE_FOR_UNKNOWN: Final = 0.6
"""So much of the surprisal that makes others suspicious is enough for a word that is in no list, or
after one that decides which form may follow."""

_GOVERNING: Final = np.array([term_of(word) for word in GOVERNING], dtype=np.int64)
_ASTRAY: Final = 1.3
"""Where a word needs so many times that surprisal, the word before it may have led astray."""


def suspects(
    known: WordsInText, lexicon: Lexicon, *, word_idx: Ints, suspicion_bits: float
) -> tuple[Ints, WordsInText]:
    """Return those of some successive words that are suspicious, and what was found out."""
    text, words = known.text, known.words
    wanted, after = word_idx, word_idx[-1:] + 1
    # The word after the last may have been led astray by it.
    word_idx = np.append(wanted, after[after < len(words)])
    surprisal_bits = words.surprisal_bits[word_idx]
    looks_odd = _looks_odd(known, word_idx)
    may_be = looks_odd | (_SHARE_FOR_UNKNOWN * suspicion_bits <= surprisal_bits)
    may_be &= words.is_word[word_idx] & ~np.isnan(surprisal_bits)
    candidates = word_idx[may_be]
    known = known.asked(candidates.tolist())
    is_governed = np.isin(known.vocabulary.term[np.maximum(word_idx - 1, 0)], _GOVERNING)
    odd, bits = set(word_idx[looks_odd | is_governed].tolist()), words.surprisal_bits
    strong = [
        idx
        for idx in candidates[known.vocabulary.may_be_flagged[candidates] == 1].tolist()
        if idx in odd
        or suspicion_bits <= bits[idx]
        or not lexicon.knows(text[words.starts[idx] : words.ends[idx]])
    ]
    before = [
        idx - 1
        for idx in strong
        if idx > 0 and words.is_word[idx - 1] and _ASTRAY * suspicion_bits <= bits[idx]
    ]
    known = known.asked(before)
    misled = [
        idx
        for idx in before
        if known.vocabulary.may_be_flagged[idx] == 1 and not np.isnan(bits[idx])
    ]
    found = np.unique(np.array(strong + misled, dtype=np.int64))
    return found[np.isin(found, wanted)], known


def _looks_odd(known: WordsInText, word_idx: Ints) -> NDArray[np.bool_]:
    """Say of each of successive words whether it is the one before it, or after a wrong a or an."""
    text, words, term = known.text, known.words, known.vocabulary.term
    terms = term[np.maximum(word_idx - 1, 0)], term[word_idx]
    odd = (terms[0] == terms[1]) & (word_idx > 0)
    for article in ("a", "an"):
        for at in np.flatnonzero(terms[0] == term_of(article)).tolist():
            idx = word_idx[at]
            word = text[words.starts[idx] : words.ends[idx]]
            odd[at] |= idx > 0 and article_by_sound(word) != article
    return odd
