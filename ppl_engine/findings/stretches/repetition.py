"""`repetition`: prose that says again what stands before it, over and over or at length.

Two words are the same if they are spelled the same, whatever their case; all numbers are the same.
A word is *repeated* if it is one of four in a row that stand before it in this order, numbers
apart. Repeated words with at most two others in a row between them make a stretch:

    the cat sat on the mat. the cat sat on the mat. the dog sat on the mat.
                            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ three times in all

Rows of tables repeat by their nature and do not count. What is not prose is compared, so that
sentences about different code differ, and never counts. Scores are not needed for this: a copy far
from what it copies surprises a model that no longer sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.stretches.stretch import (
    CodePoints,
    Mask,
    Stretch,
    code_points,
    groups_of,
    in_prose,
    shortened,
    totals_before,
)
from ppl_engine.findings.vocabulary import Vocabulary
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.blocks import Cuts
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

CODE: Final = "repetition"
DEFAULT_STRENGTH: Final = 24.0
"""What a repetition is shown from, with any model: a copy of 48 words, a third time of 24."""

FLOOR: Final = 12.0
"""What is weaker is not even a candidate."""

_N: Final = 4
"""How many words in a row must stand there again."""

_MOST_NUMBERS: Final = 1
"""How many of them may be numbers: lists of numbers are no repetition."""

_MOST_BETWEEN: Final = 2
"""How many words in a row may be others in a repetition with small changes."""

_MOST_TIMES: Final = 8.0
"""From so many times on a loop is as strong as it gets for its length."""

_TIMES_OF_LOOP: Final = 3.0
"""From so many times on, the first one counted, it is said how many there are."""

_Hashes = NDArray[np.uint64]
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴/φ: Knuth's multiplicative hashing
_NUMBER: Final = np.uint64(0)


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The words of a text, without symbols; arrays of one length."""

    starts: Ints
    ends: Ints
    terms: _Hashes
    is_number: Mask
    in_table: Mask
    in_prose: Mask


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Which words are repeated, and from how many words before; arrays of one length."""

    is_repeated: Mask
    distance: Ints
    """Means nothing where a word is not repeated."""


def repetitions(
    text: str, words: WordScores, prose: Prose, cuts: Cuts, known: Vocabulary
) -> list[Stretch]:
    """Return the repetitions, without what they repeat, in order and disjoint.

    Strength is the number of repeated words of prose, halved where they stand there twice, one and
    a half times as many where they do four times.
    """
    sequence = _sequence(code_points(text), words, prose, cuts, known)
    repeated = _repeated(sequence)
    counts = repeated.is_repeated & sequence.in_prose & ~sequence.is_number
    found: list[Stretch] = []
    for low, high in _stretches(repeated, sequence.in_prose, counts):
        counted = low + np.flatnonzero(counts[low:high])
        first, end = int(counted[0]), int(counted[-1]) + 1
        n_times = 1.0 + np.maximum(1.0, (end - first) / repeated.distance[counted])
        strength = float(_weight(n_times).sum())
        if strength >= FLOOR:
            distance = int(repeated.distance[first])
            span = Span(int(sequence.starts[first]), int(sequence.ends[end - 1]))
            source = shortened(Span(int(sequence.starts[first - distance]), span.start), text)
            reason = _reason(source, len(counted), distance, float(np.median(n_times)))
            found.append(Stretch(CODE, span, strength, reason))
    return found


def _sequence(
    codes: CodePoints, words: WordScores, prose: Prose, cuts: Cuts, known: Vocabulary
) -> _Sequence:
    begins, ends_with = codes[words.starts], codes[words.ends - 1]
    is_bar = ~words.is_word & ((begins == ord("|")) | (ends_with == ord("|")))
    line = groups_of(words.starts, cuts.offsets)
    in_table = np.bincount(line, weights=is_bar)[line] > 0
    idx = np.flatnonzero(words.is_word)
    is_number = (ord("0") <= begins[idx]) & (begins[idx] <= ord("9"))
    return _Sequence(
        starts=words.starts[idx],
        ends=words.ends[idx],
        terms=np.where(is_number, _NUMBER, known.term[idx].astype(np.uint64)),
        is_number=is_number,
        in_table=in_table[idx],
        in_prose=in_prose(words, prose)[idx],
    )


def _mixed(values: _Hashes) -> _Hashes:
    """Let every bit depend on those below, and the low ones on the high ones."""
    product = values * _MULTIPLIER
    return product ^ (product >> np.uint64(29))


def _repeated(sequence: _Sequence) -> _Repeated:
    n = len(sequence.terms)
    distance = _distances(sequence.terms)
    first = np.flatnonzero(distance)
    n_numbers, n_in_table = totals_before(sequence.is_number), totals_before(sequence.in_table)
    first = first[
        (n_numbers[first + _N] - n_numbers[first] <= _MOST_NUMBERS)
        & (n_in_table[first + _N] == n_in_table[first])
    ]
    change = np.zeros(n + 1, dtype=np.int64)
    change[first] += 1
    change[first + _N] -= 1
    is_repeated = np.cumsum(change[:-1]) > 0
    latest = np.zeros(n, dtype=np.int64)
    latest[first] = first
    latest = np.maximum.accumulate(latest)
    return _Repeated(is_repeated, np.append(distance, np.zeros(_N, dtype=np.int64))[latest])


def _distances(terms: _Hashes) -> Ints:
    """Return for each place how many words before it the same words in a row stand last, or 0."""
    n = len(terms) - _N + 1
    if n <= 0:
        return np.zeros(0, dtype=np.int64)
    in_a_row = terms[:n]
    for k in range(1, _N):
        in_a_row = _mixed(in_a_row) + terms[k : k + n]
    # Sorting numbers is faster than sorting places by them: the low bits make room for the place.
    n_bits = np.uint64(n.bit_length())
    places = (np.uint64(1) << n_bits) - np.uint64(1)
    ordered = np.sort((_mixed(in_a_row) & ~places) | np.arange(n, dtype=np.uint64))
    place = (ordered & places).astype(np.int64)
    is_same = (ordered[1:] >> n_bits) == (ordered[:-1] >> n_bits)
    distances = np.zeros(n, dtype=np.int64)
    distances[place[1:][is_same]] = np.diff(place)[is_same]
    return distances


def _stretches(repeated: _Repeated, is_prose: Mask, counts: Mask) -> Iterator[tuple[int, int]]:
    """Yield stretches `[low, high)` of words that may be strong enough."""
    edges = np.flatnonzero(np.diff(repeated.is_repeated, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return
    n_other = totals_before(~is_prose)
    is_apart = starts[1:] - ends[:-1] > _MOST_BETWEEN
    is_apart |= n_other[starts[1:]] != n_other[ends[:-1]]
    starts = starts[np.append(True, is_apart)]
    ends = ends[np.append(is_apart, True)]
    nearest = np.minimum.reduceat(
        np.where(repeated.is_repeated, repeated.distance, len(counts)), starts
    )
    n_counted = totals_before(counts)[ends] - totals_before(counts)[starts]
    strongest = n_counted * _weight(1.0 + np.maximum(1.0, (ends - starts) / nearest))
    for idx in np.flatnonzero(strongest >= FLOOR).tolist():
        yield int(starts[idx]), int(ends[idx])


def _weight(n_times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a word counts that stands there so many times, the first one counted."""
    return (np.minimum(n_times, _MOST_TIMES) - 1.0) / 2.0


def _reason(source: str, n_words: int, distance: int, n_times: float) -> str:
    if n_times >= _TIMES_OF_LOOP:
        return f"Repeats {n_times - 1.0:.0f} times what stands before it: “{source}”"
    return f"Repeats {n_words} words that stand {distance} words before: “{source}”"
