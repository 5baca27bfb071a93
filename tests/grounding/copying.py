"""A model that is surprised by some words, but not where it has read them before."""

import numpy as np

from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import NATS, FakeScorer

STRANGE = frozenset({"zebra", "retries", "Berlin", "77", "30", "backoff"})
COST_BITS = 40.0
COST_READ_BITS = 2.0


class CopyingScorer(FakeScorer):
    """Strange words cost 40 bits, or 2 where they stand in the window before; any other token 1."""

    def _score(self, window: Window) -> WindowScores:
        tokens = [self._vocabulary[idx].strip() for idx in window.ids]
        bits = np.array([self._cost(token, tokens[:k]) for k, token in enumerate(tokens)])
        if len(bits):
            bits[0] = np.nan
        bits = bits[window.n_context :]
        known = np.where(np.isnan(bits), np.nan, 1.0)
        return WindowScores(
            logprob=(-bits * NATS).astype(np.float32),
            entropy=(2 * NATS * known).astype(np.float32),
            rank=np.where(np.isnan(bits), 0, np.where(bits == 1.0, 1, 500)),
            top_logprob=(-NATS * known).astype(np.float32),
            boundary_before=(0 * known).astype(np.float32),
            boundary_after=(0 * known).astype(np.float32),
            hidden=np.zeros((len(bits), 1), dtype=np.float32),
        )

    def _cost(self, token: str, before: list[str]) -> float:
        if token not in STRANGE:
            return 1.0
        return COST_READ_BITS if token in before else COST_BITS


def load_copying(choice: ModelChoice) -> CopyingScorer:
    """Load it, whatever is asked for."""
    del choice
    return CopyingScorer()
