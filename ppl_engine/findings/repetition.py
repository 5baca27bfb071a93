"""`repetition`: text that says again what stands before it, over and over or at length.

Two words are the same if they are spelled the same, whatever their case; all numbers are the same.
A word is *repeated* if it is one of four in a row that stood in this order before. Repeated words
that follow each other, with at most two others between, make a stretch. Scores are not needed.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.stretches import Stretch, code_points, in_prose
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.blocks import Cuts
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

CODE: Final = "repetition"

DEFAULT_STRENGTH: Final = 20.0
_FLOOR: Final = 10.0

_N: Final = 4
"""How many words in a row must stand there again."""

_MOST_BETWEEN: Final = 2
"""How many words in a row may be other ones in a repetition with changes."""

_COPIES_COUNT: Final = 0.4
_Keys = NDArray[np.uint64]


def repetitions(
    text: str, tokens: TokenScores, words: WordScores, prose: Prose, cuts: Cuts
) -> list[Stretch]:
    """x"""
    if len(words) < _N:
        return []
    codes = code_points(text)
    first_codes = codes[words.starts]
    piece = np.searchsorted(cuts.offsets, words.starts, side="right")
    is_bar = ~words.is_word & ((first_codes == ord("|")) | (codes[words.ends - 1] == ord("|")))
    has_bar = np.bincount(piece, weights=is_bar, minlength=len(cuts.offsets) + 1)[piece] > 0
    idx = np.flatnonzero(words.is_word)
    if len(idx) <= _N:
        return []
    is_number = _is_digit(first_codes[idx])
    keys = _keys(codes, words.starts[idx], words.ends[idx])
    keys[is_number] = 0
    may = in_prose(words, prose)[idx] & ~has_bar[idx]
    lag = _lags(keys)
    n_numbers = np.convolve(is_number, np.ones(_N, dtype=np.int64), mode="valid")
    lag[n_numbers >= 2] = 0
    lag[has_bar[idx][: len(lag)]] = 0
    # lag per word
    delta = np.zeros(len(idx) + 1, dtype=np.int64)
    m = np.flatnonzero(lag)
    if not len(m):
        return []
    delta[m] += 1
    delta[m + _N] -= 1
    covered = np.cumsum(delta[:-1]) > 0
    at = np.zeros(len(idx), dtype=np.int64)
    at[m] = m
    word_lag = np.where(covered, lag[np.minimum(np.maximum.accumulate(at), len(lag) - 1)], 0)
    counts = covered & may & ~is_number
    # runs
    edge = np.flatnonzero(np.diff(np.concatenate([[0], covered.astype(np.int8), [0]])))
    starts, ends = edge[::2], edge[1::2]
    n_bad = np.concatenate([[0], np.cumsum(~may)])
    gap = starts[1:] - ends[:-1]
    joined = (gap <= _MOST_BETWEEN) & (n_bad[starts[1:]] == n_bad[ends[:-1]])
    lead = np.flatnonzero(np.concatenate([[True], ~joined]))
    last = np.append(lead[1:], len(starts)) - 1
    s, e = starts[lead], ends[last]
    total = np.concatenate([[0], np.cumsum(counts)])
    n = total[e] - total[s]
    out = []
    for k in np.flatnonzero(n >= _FLOOR).tolist():
        a, b = int(s[k]), int(e[k])
        inside = np.flatnonzero(counts[a:b]) + a
        a, b = int(inside[0]), int(inside[-1]) + 1
        lg = int(np.median(word_lag[inside]))
        other = int((~covered[a:b]).sum())
        is_loop = 2 * lg <= b - a
        nn = int(n[k])
        out.append(
            (
                nn,
                lg,
                other,
                is_loop,
                a,
                b,
                len(np.unique(keys[inside])),
                Span(int(words.starts[idx[a]]), int(words.ends[idx[b - 1]])),
            )
        )
    return out


def _is_digit(codes):
    return (codes >= ord("0")) & (codes <= ord("9"))


def _keys(codes: NDArray[np.uint32], starts: Ints, ends: Ints) -> _Keys:
    lower = codes + np.where((codes >= 65) & (codes <= 90), np.uint32(32), np.uint32(0))
    mult = np.uint64(0x9E3779B97F4A7C15)
    mixed = lower.astype(np.uint64) * mult
    mixed ^= mixed >> np.uint64(29)
    base, inv = np.uint64(0xD1342543DE82EF95), np.uint64(pow(0xD1342543DE82EF95, -1, 2**64))
    powers = np.multiply.accumulate(np.full(len(codes), base))
    before = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed * powers)])
    inverse = np.multiply.accumulate(np.full(len(codes), inv))
    key = (before[ends] - before[starts]) * inverse[starts]
    key ^= key >> np.uint64(31)
    key *= mult
    return key ^ (key >> np.uint64(29))


def _lags(keys: _Keys) -> Ints:
    n = len(keys) - _N + 1
    h = np.zeros(n, dtype=np.uint64)
    for k in range(_N):
        h *= np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(32)
        h += keys[k : k + n]
    h *= np.uint64(0x9E3779B97F4A7C15)
    bits = np.uint64(max(1, n - 1).bit_length())
    order = np.sort((h >> bits << bits) | np.arange(n, dtype=np.uint64))
    idx = (order & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    same = order[1:] >> bits == order[:-1] >> bits
    lag = np.zeros(n, dtype=np.int64)
    lag[idx[1:][same]] = (idx[1:] - idx[:-1])[same]
    return lag
