"""Where a text is cut into segments: at places chosen by what stands there, not by counting.

    tokens    | ...................... | ............ | ................. |
    anchors   0                        ^ heading      ^ paragraph         ^ sentence

A place is an anchor if it is the best within `radius` tokens on either side: best is the better
kind of cut (`Cut`), and among equals the lower hash of the tokens that follow. Whether a place is
an anchor thus depends on the tokens near it alone, so an edit moves anchors only near itself.
Stretches between anchors that are too long are cut at their own best places. This is local-minimum
chunking, the variant of content-defined chunking of Bjørner, Blass & Gurevich (2010),
"Content-dependent chunking for differential compression, the local maximum approach".
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.scores import Ints
from ppl_engine.text.blocks import Cut, Cuts

_HASHED_TOKENS: Final = 4
_Priorities = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class SegmentPolicy:
    """How long a segment may be, in tokens. Scores depend on it: it is part of their identity."""

    radius: int = 128
    """Anchors are further apart than this."""

    shortest: int = 64
    """Stretches too long are not cut into pieces shorter than this."""

    longest: int = 320

    @classmethod
    def for_context(cls, context: int) -> "SegmentPolicy":
        """Return the policy for a model that reads `context` tokens: two segments and BOS must fit.

        Raises ValueError below five tokens of context.
        """
        policy = cls()
        room = (context - 1) // 2
        if room < 2:  # noqa: PLR2004 - fewer leaves no choice of where to cut
            raise ValueError(f"a context of {context} tokens is too short to score anything in")
        if policy.longest <= room:
            return policy
        return cls(radius=max(1, room // 3), shortest=max(1, room // 5), longest=room)


def segment_starts(
    cuts: Cuts, ids: Ints, starts: Ints, begins_word: NDArray[np.bool_], policy: SegmentPolicy
) -> Ints:
    """Return the index of the first token of every segment, ascending, the first being 0.

    `cuts` are those of the text; the arrays hold the id of each token, its code-point offset and
    whether it begins a word.
    """
    if len(ids) <= policy.longest:
        return np.zeros(min(1, len(ids)), dtype=np.int64)
    priorities = _priorities(ids, _cut_of_tokens(cuts, starts, begins_word))
    edges = [*_local_minima(priorities, policy.radius).tolist(), len(ids)]
    found: list[int] = []
    for start, end in pairwise(edges):
        found.extend(_split(priorities, start, end, policy))
    return np.array(found, dtype=np.int64)


def _cut_of_tokens(cuts: Cuts, starts: Ints, begins_word: NDArray[np.bool_]) -> NDArray[np.uint64]:
    kinds = np.where(begins_word, np.uint64(Cut.WORD), np.uint64(Cut.ANYWHERE))
    token_idx = np.searchsorted(starts, cuts.offsets, side="left")
    inside = token_idx < len(starts)
    np.minimum.at(kinds, token_idx[inside], cuts.kinds[inside].astype(np.uint64))
    return kinds


def _priorities(ids: Ints, kinds: NDArray[np.uint64]) -> _Priorities:
    """Order places by kind, then by a hash of the tokens there; the first token comes first."""
    mixed = np.zeros(len(ids), dtype=np.uint64)
    padded = np.concatenate([ids, np.full(_HASHED_TOKENS, -1)]).astype(np.uint64)
    for k in range(_HASHED_TOKENS):
        mixed ^= padded[k : k + len(ids)]
        mixed *= np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴/φ: Knuth's multiplicative hashing
        mixed ^= mixed >> np.uint64(29)
    priorities = (kinds << np.uint64(56)) | (mixed >> np.uint64(8))
    priorities[0] = 0
    return priorities


def _local_minima(values: _Priorities, radius: int) -> Ints:
    """Return where a value is below all within `radius` to its left and at most all to its right.

    Of `radius` values in a row, only the first of the least can be one: these alone are looked at.
    """
    n = len(values)
    highest = np.iinfo(np.uint64).max
    blocks = np.pad(values, (0, -n % radius), constant_values=highest).reshape(-1, radius)
    candidates = np.argmin(blocks, axis=1) + np.arange(len(blocks)) * radius
    padded = np.pad(values, radius, constant_values=highest)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1)[candidates]
    is_below = values[candidates] < around[:, :radius].min(axis=1)
    is_below &= values[candidates] <= around[:, radius + 1 :].min(axis=1)
    return candidates[is_below]


def _split(values: _Priorities, start: int, end: int, policy: SegmentPolicy) -> list[int]:
    """Cut `[start, end)` at its best places until no piece is too long; return the piece starts."""
    found: list[int] = []
    pending = [(start, end)]
    while pending:
        low, high = pending.pop()
        if high - low <= policy.longest:
            found.append(low)
            continue
        # A far end bounds the work on a long stretch without any anchor (a megabyte of one letter).
        far = min(high, low + 16 * policy.longest)
        first = low + policy.shortest
        cut = first + int(np.argmin(values[first : max(first + 1, far - policy.shortest + 1)]))
        pending += [(cut, high), (low, cut)]
    return found
