"""Scores of windows, kept by content, so that what did not change is not computed again."""

from collections import OrderedDict

from ppl_engine.scoring.scores import WindowScores


class WindowCache:
    """The most recently used window scores, within a bound of bytes; for one thread."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._scores: OrderedDict[bytes, WindowScores] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        """Memory taken by the scores kept."""
        return self._n_bytes

    def get(self, key: bytes) -> WindowScores | None:
        """Return what is kept under `key` and count it as used now."""
        scores = self._scores.get(key)
        if scores is not None:
            self._scores.move_to_end(key)
        return scores

    def put(self, key: bytes, scores: WindowScores) -> None:
        """Keep `scores`, dropping what was used longest ago as far as the bound asks for it."""
        replaced = self._scores.pop(key, None)
        self._n_bytes += scores.n_bytes - (replaced.n_bytes if replaced else 0)
        self._scores[key] = scores
        while self._max_bytes < self._n_bytes and len(self._scores) > 1:
            _, dropped = self._scores.popitem(last=False)
            self._n_bytes -= dropped.n_bytes
