"""Which words are worth to be compared with what might have been meant: pure arithmetic first.

A word is suspicious if it surprises the model, or is in no list of words and surprises it a little;
and so is the word before it, which may have led the model astray.
What is a name, an identifier or no prose is never compared with anything.
"""

from typing import Final

import numpy as np

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.vocabulary import Vocabulary, asked
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.prose import Prose

_SHARE_FOR_UNKNOWN: Final = 0.6
"""A word in no list needs but this share of the surprisal that makes others suspicious."""

_ASTRAY: Final = 1.3
"""Where a word needs so many times that surprisal, the word before it may have led astray."""


def suspects(
    text: str,
    words: WordScores,
    prose: Prose,
    known: Vocabulary,
    lexicon: Lexicon,
    *,
    word_idx: Ints,
    suspicion_bits: float,
) -> tuple[Ints, Vocabulary]:
    """Return those of some words that are suspicious, and what was found out about words."""
    is_word, surprisal_bits = words.is_word[word_idx], words.surprisal_bits[word_idx]
    candidates = word_idx[is_word & (_SHARE_FOR_UNKNOWN * suspicion_bits <= surprisal_bits)]
    unasked = candidates[known.may_be_flagged[candidates] < 0]
    known = asked(text, words, prose, known, unasked.tolist())
    candidates = candidates[known.may_be_flagged[candidates] == 1]
    strong = [
        idx
        for idx in candidates.tolist()
        if suspicion_bits <= -float(words.logprob[idx]) / NATS_PER_BIT
        or not _knows(lexicon, text[words.starts[idx] : words.ends[idx]])
    ]
    astray = _ASTRAY * suspicion_bits * NATS_PER_BIT
    before = [
        idx - 1
        for idx in strong
        if 0 < idx and words.is_word[idx - 1] and words.logprob[idx] <= -astray
    ]
    unasked = [idx for idx in before if known.may_be_flagged[idx] < 0]
    known = asked(text, words, prose, known, unasked)
    misled = [idx for idx in before if known.may_be_flagged[idx] == 1]
    return np.unique(np.array(strong + misled, dtype=np.int64)), known


def _knows(lexicon: Lexicon, word: str) -> bool:
    return lexicon.knows(word) or lexicon.knows(word.lower())
