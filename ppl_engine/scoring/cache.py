"""Scores of windows, kept by content, so that what did not change is not computed again.

Two levels: `WindowCache` in memory, with hidden states, for one engine; a `ScoreStore` below it,
without them, for all engines and for the next day. `StoredScorer` puts the store before a model.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction, Scorer
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window


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


class ScoreStore(Protocol):
    """What is known of windows beyond the life of an engine. It never raises: it may be empty."""

    def windows(self, model: ModelInfo, keys: Sequence[bytes]) -> dict[bytes, WindowScores]:
        """Return the scores of those windows that are kept, without their hidden states."""
        ...

    def keep_windows(self, model: ModelInfo, scores: Mapping[bytes, WindowScores]) -> None:
        """Keep the scores of windows."""
        ...

    def predictions(
        self, model: ModelInfo, places: Sequence[bytes], n: int
    ) -> dict[bytes, tuple[Prediction, ...]]:
        """Return the `n` most probable tokens at those places where they are kept."""
        ...

    def keep_predictions(
        self, model: ModelInfo, predictions: Mapping[bytes, Sequence[Prediction]], n: int
    ) -> None:
        """Keep the `n` most probable tokens at some places."""
        ...

    def flush(self) -> None:
        """Write down what was given to be kept: nobody may come back to do it."""
        ...


class StoredScorer:
    """A scorer that asks a store before the model, and tells it what the model said.

    Scores that come from the store have no hidden states (`WindowScores.has_hidden`).
    """

    def __init__(self, scorer: Scorer, store: ScoreStore) -> None:
        self._scorer = scorer
        self._store = store

    @property
    def model(self) -> ModelInfo:
        """What to say of the model."""
        return self._scorer.model

    @property
    def bos_id(self) -> int | None:
        """The token at the head of every window, if any."""
        return self._scorer.bos_id

    def encode(self, text: str) -> Encoding:
        """Cut any `str` into tokens."""
        return self._scorer.encode(text)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of the windows that are known, then a batch at a time the rest."""
        keys = [window.key for window in windows]
        stored = self._store.windows(self.model, keys)
        known = [
            (idx, scores)
            for idx, key in enumerate(keys)
            if (scores := stored.get(key)) is not None
            and len(scores.logprob) == windows[idx].n_targets
        ]
        if known:
            yield known
        found = {idx for idx, _ in known}
        missing = [idx for idx in range(len(windows)) if idx not in found]
        if not missing:
            return
        for batch in self._scorer.score_windows([windows[idx] for idx in missing]):
            scored = [(missing[position], scores) for position, scores in batch]
            self._store.keep_windows(self.model, {keys[idx]: scores for idx, scores in scored})
            yield scored

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        """Return the `n` most probable next tokens for each final hidden state."""
        return self._scorer.predict(hidden, n)

    def score_trunks(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of windows that branches are to leave; nothing of it is kept."""
        return self._scorer.score_trunks(windows)

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        """Return ln p of the ids of each branch of each window; nothing of it is kept."""
        return self._scorer.score_branches(windows, branches)

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        """Return ln p of some next tokens for each final hidden state."""
        return self._scorer.logprobs_at(hidden, token_ids)
