"""The words that two models find differently surprising."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.word_scores import word_scores

N_WORDS: Final = 10


@dataclass(frozen=True, slots=True)
class WordDifference:
    """A word that two models find differently surprising."""

    name: str
    """Of the text."""

    start: int
    end: int
    text: str
    base_bits: float
    other_bits: float

    @property
    def difference_bits(self) -> float:
        """How many more bits the other takes."""
        return self.other_bits - self.base_bits


def differing_words(
    name: str, text: str, base_tokens: TokenScores, other_tokens: TokenScores
) -> list[WordDifference]:
    """Return the words that both models have, those that differ most."""
    ours, theirs = word_scores(text, base_tokens), word_scores(text, other_tokens)
    place_of = {span: k for k, span in enumerate(_spans(theirs.starts, theirs.ends))}
    spans = _spans(ours.starts, ours.ends)
    pairs = [(k, place_of[span]) for k, span in enumerate(spans) if span in place_of]
    base, changed = ours.surprisal_bits, theirs.surprisal_bits
    found = (
        WordDifference(name, *spans[k], text[slice(*spans[k])], float(a), float(b))
        for k, j in pairs
        if not np.isnan(a := base[k]) and not np.isnan(b := changed[j])
    )
    return most_different(found)


def _spans(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[tuple[int, int]]:
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def most_different(words: Iterable[WordDifference]) -> list[WordDifference]:
    """Return the words of which the surprisals differ most, the first the most."""
    return nlargest(N_WORDS, words, key=lambda word: abs(word.difference_bits))
