"""Windows just scored, with what is needed to go on from the middle of them.

Whoever types changes a window at one place. Up to there its keys, values and scores stay what they
were; only what follows is read again.

    kept      BOS a b c d e f g          a row predicts the next token: the row of c, whose hidden
    new       BOS a b c X e f g          state is kept, predicts X now; rows before it say the same
    read                X e f g
"""

from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np

from ppl_engine.models.body import Past
from ppl_engine.models.rows import RowTable
from ppl_engine.scoring.scores import Ints

_FEWEST_SHARED: Final = 16
_SMALLEST_SHARE: Final = 0.1
"""A window that has less in common with a new one than this is worth more as it is."""


@dataclass(frozen=True, slots=True)
class KeptWindow:
    """A window of N tokens as it was read; rows from `first_row` on were looked at."""

    ids: Ints  # (N,)
    past: Past
    first_row: int
    table: RowTable  # N - first_row rows

    @property
    def n_bytes(self) -> int:
        """Memory taken."""
        return self.past.n_bytes + self.table.n_bytes


class KeptWindows:
    """The most recently used of such windows, within a bound of bytes; for one thread."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._next_key = count()
        self._windows: OrderedDict[int, KeptWindow] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def n_bytes(self) -> int:
        """Memory taken."""
        return sum(kept.n_bytes for kept in self._windows.values())

    @property
    def max_bytes(self) -> int:
        """The bound."""
        return self._max_bytes

    def has_like(self, ids: Ints) -> bool:
        """Whether there is a window from which `ids` could go on."""
        return self._like(ids) is not None

    def take(self, ids: Ints) -> tuple[KeptWindow, int] | None:
        """Take out the window that shares most with `ids` at its beginning.

        Returns it with the number of tokens shared, or None if none shares enough. It is taken
        out because whoever goes on from it writes over what follows.

        The very same window is not given back: whoever wants its scores again has kept them, and
        whoever measures how long they take is to be told.
        """
        found = self._like(ids)
        return None if found is None else (self._windows.pop(found[0]), found[1])

    def _like(self, ids: Ints) -> tuple[int, int] | None:
        shared = {
            key: n_shared(kept.ids, ids)
            for key, kept in self._windows.items()
            if not np.array_equal(kept.ids, ids)
        }
        best = max(shared, key=lambda key: (shared[key], key), default=None)
        fewest = max(_FEWEST_SHARED, int(_SMALLEST_SHARE * len(ids)))
        if best is None or shared[best] < fewest:
            return None
        return best, shared[best]

    def past_of(self, ids: Ints) -> Past | None:
        """Return what was read of a window that begins with `ids`, the very same one included.

        The window stays here, so that this is to be looked at only.
        """
        for key, kept in reversed(self._windows.items()):
            if n_shared(kept.ids, ids) == len(ids):
                self._windows.move_to_end(key)
                return kept.past
        return None

    def put(self, kept: KeptWindow) -> None:
        """Keep a window, dropping what was used longest ago as far as the bound asks for it."""
        self._windows[next(self._next_key)] = kept
        while self._windows and self._max_bytes < self.n_bytes:
            self._windows.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        self._windows.clear()


def n_shared(a: Ints, b: Ints) -> int:
    """Return how many ids two windows have in common at the beginning."""
    n = min(len(a), len(b))
    different = np.flatnonzero(a[:n] != b[:n])
    return int(different[0]) if len(different) else n
