"""The words by which passages are judged: those in prose that are scored, with what they weigh."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.stretches.mojibake import begins_mojibake
from ppl_engine.findings.stretches.stretch import CodePoints, Mask, code_points, groups_of, in_prose
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.blocks import Cut, Cuts
from ppl_engine.text.prose import Prose

Doubles = NDArray[np.float64]

_N_COLD_TOKENS: Final = 32
"""The first tokens of a text, which the model reads without context, are not judged by bits."""

_LEAST_CHARACTERS: Final = 30
_LEAST_WORDS_OF_LINE: Final = 3
"""A line or sentence with less of both is not judged: lists of terms are made of such."""

_LONGEST_NAME: Final = 15
"""In characters: what is longer and begins with a capital or digit may be data."""

_FIRST_WIDER: Final = (0x80, 0x800, 0x10000)
"""The first code points that take two, three and four bytes."""


@dataclass(frozen=True, slots=True)
class JudgedUnits:
    """The words and symbol runs that are judged, as arrays of one length."""

    starts: Ints
    ends: Ints
    bits: Doubles
    n_bytes: Ints
    """With the space before it."""

    is_word: Mask
    is_plain: Mask
    """Whether it is a word that begins with no capital or digit."""

    is_name: Mask
    """Whether it is a word that begins with a capital or digit and is no longer than names are."""

    n_signs: Ints
    """Of wrong decoding, see `mojibake`."""

    paragraph: Ints


def judged_units(
    text: str, tokens: TokenScores, words: WordScores, prose: Prose, cuts: Cuts
) -> JudgedUnits:
    """Return what counts of a text."""
    codes = code_points(text)
    wide = np.flatnonzero(codes >= _FIRST_WIDER[0])
    signs = wide[begins_mojibake(codes, wide)]
    n_signs = _sums(np.ones(len(signs), dtype=np.int64), signs, (words.starts, words.ends))
    # What was decoded in the wrong way shows without a context, too.
    is_warm = (words.first_token >= _N_COLD_TOKENS) | (n_signs > 0)
    idx = _judged(words, prose, cuts, is_warm)
    starts, ends = words.starts[idx], words.ends[idx]
    with_space = tokens.starts[words.first_token[idx]], tokens.ends[words.end_token[idx] - 1]
    is_word = words.is_word[idx]
    return JudgedUnits(
        starts=starts,
        ends=ends,
        bits=words.surprisal_bits[idx].astype(np.float64),
        n_bytes=with_space[1] - with_space[0] + _sums(_n_more_bytes(codes[wide]), wide, with_space),
        is_word=is_word,
        is_plain=is_word & ~_looks_like_name(codes[starts]),
        is_name=is_word & _looks_like_name(codes[starts]) & (ends - starts <= _LONGEST_NAME),
        n_signs=n_signs[idx],
        paragraph=groups_of(starts, cuts.offsets[cuts.kinds <= Cut.PARAGRAPH]),
    )


def _judged(words: WordScores, prose: Prose, cuts: Cuts, is_warm: Mask) -> Ints:
    """Return the indices of the words and symbol runs that count."""
    judged = in_prose(words, prose) & ~np.isnan(words.logprob) & is_warm
    line = groups_of(words.starts, cuts.offsets)
    n_words = np.bincount(line, weights=words.is_word & judged)
    n_characters = np.bincount(line, weights=(words.ends - words.starts) * judged)
    is_passage = (n_words >= _LEAST_WORDS_OF_LINE) | (n_characters >= _LEAST_CHARACTERS)
    return np.flatnonzero(judged & is_passage[line])


def _n_more_bytes(codes: CodePoints) -> Ints:
    """Return how many bytes more than one each character takes in UTF-8."""
    n_more = np.zeros(len(codes), dtype=np.int64)
    for first_wider in _FIRST_WIDER:
        n_more += codes >= first_wider
    return n_more


def _sums(values: Ints, places: Ints, stretches: tuple[Ints, Ints]) -> Ints:
    """Add up the values whose places, in order, are in each of the ordered `[start, end)`."""
    starts, ends = stretches
    idx = np.searchsorted(starts, places, side="right") - 1
    inside = idx >= 0
    inside[inside] &= places[inside] < ends[idx[inside]]
    return np.bincount(idx[inside], weights=values[inside], minlength=len(starts)).astype(np.int64)


def _looks_like_name(first: CodePoints) -> Mask:
    """Whether words that begin so are names or numbers, as far as Latin letters go."""
    is_digit = (ord("0") <= first) & (first <= ord("9"))
    is_capital = (ord("A") <= first) & (first <= ord("Z"))
    return is_digit | is_capital | ((ord("À") <= first) & (first <= ord("Þ")))
