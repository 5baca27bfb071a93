"""Surprisal along a text: runs of as many words each, for a plot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.scores import Floats, Ints, TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores


@dataclass(frozen=True, slots=True)
class Profile:
    """Consecutive runs of words, as arrays of one length; NaN where nothing is scored."""

    starts: Ints
    """Where the first word of a run begins."""

    ends: Ints
    """Where its last word ends."""

    bits_per_word: Floats
    """All bits from its first word to the next run / its words."""

    max_surprisal_bits: Floats
    """Of the most surprising word or run of symbols in it."""

    n_words: Ints

    def __len__(self) -> int:
        return len(self.starts)


def profile(tokens: TokenScores, words: WordScores, *, n_points: int) -> Profile:
    """Divide the words of a text into at most `n_points` runs whose sizes differ by one at most.

    What precedes the first word is in the first run, so that each token is in one; a text without
    words has none.
    """
    if n_points < 1:
        raise ValueError(f"n_points must be at least 1, not {n_points}")
    (is_word,) = np.nonzero(words.is_word)
    n_words = len(is_word)
    edges = np.arange(min(n_points, n_words) + 1) * n_words // max(1, min(n_points, n_words))
    first = is_word[edges[:-1]]
    n_words_in = np.diff(edges)
    nats, is_scored = _sums(tokens, words.first_token[first])
    bits_per_word = np.where(is_scored, nats / NATS_PER_BIT / np.maximum(n_words_in, 1), np.nan)
    from_word = first.copy()
    from_word[:1] = 0
    bits = words.surprisal_bits
    strongest = np.fmax.reduceat(bits, from_word) if len(first) else np.zeros(0, np.float32)
    return Profile(
        starts=words.starts[first],
        ends=words.ends[is_word[edges[1:] - 1]],
        bits_per_word=bits_per_word.astype(np.float32),
        max_surprisal_bits=strongest,
        n_words=n_words_in,
    )


def _sums(tokens: TokenScores, first_tokens: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the nats of the tokens of each run, and whether any of them is scored."""
    edges = np.append(first_tokens, len(tokens))
    edges[: len(first_tokens)][:1] = 0
    nats = np.append(0.0, np.cumsum(np.nan_to_num(-tokens.logprob.astype(np.float64))))
    n_scored = np.append(0, np.cumsum(~np.isnan(tokens.logprob)))
    return np.diff(nats[edges]), np.diff(n_scored[edges]) > 0
