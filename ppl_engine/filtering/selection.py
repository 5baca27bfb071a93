"""The k-th smallest of numbers that are too many to be held, exactly.

Numbers are read as often as they have 16-bit digits: each time those are counted that share the
digits found so far (radix selection). Memory is a table of 65,536 counts.
"""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

_DIGIT_BITS: Final = 16
_N_BITS: Final = 64
_SIGN: Final = np.uint64(1 << 63)

Chunks = Callable[[], Iterable[NDArray[np.float64]]]
"""Yields all numbers, the same each time; NaN are not counted."""


def count(chunks: Chunks) -> int:
    """Return how many numbers there are."""
    return sum(int((~np.isnan(chunk)).sum()) for chunk in chunks())


def kth_smallest(chunks: Chunks, k: int) -> float:
    """Return the number that `k` numbers stand before in sorted order."""
    prefix = 0
    for shift in range(_N_BITS - _DIGIT_BITS, -1, -_DIGIT_BITS):
        counts = np.zeros(1 << _DIGIT_BITS, np.int64)
        for chunk in chunks():
            keys = _sortable(chunk[~np.isnan(chunk)])
            if shift < _N_BITS - _DIGIT_BITS:
                above = np.uint64(shift + _DIGIT_BITS)
                keys = keys[keys >> above == np.uint64(prefix)]
            digits = (keys >> np.uint64(shift)) & np.uint64((1 << _DIGIT_BITS) - 1)
            counts += np.bincount(digits.astype(np.int64), minlength=len(counts))
        up_to = np.cumsum(counts)
        digit = int(np.searchsorted(up_to, k, side="right"))
        k -= int(up_to[digit] - counts[digit])
        prefix = prefix << _DIGIT_BITS | digit
    return _number(prefix)


def _sortable(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return integers in the order of the numbers: IEEE 754 with its sign turned."""
    raw = values.view(np.uint64)
    return np.where(raw & _SIGN, ~raw, raw | _SIGN)


def _number(key: int) -> float:
    raw = key ^ int(_SIGN) if key >> (_N_BITS - 1) else ~key & (1 << _N_BITS) - 1
    return float(np.array([raw], np.uint64).view(np.float64)[0])
