"""The body and head of this project, as the other runtimes are asked."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.runtimes.model import Array


class Ours:
    """The body and head of this project, by torch."""

    def __init__(self, directory: Path, precision: str) -> None:
        self._torch: Any = import_module("torch")
        choice: Any = import_module("ppl_engine.models.choice").ModelChoice
        loading: Any = import_module("ppl_engine.models.loading")
        self._mode = self._torch.inference_mode()  # it ends with this object
        self._mode.__enter__()
        scorer = loading.load_scorer(choice(str(directory), "cpu", precision))
        self._body, self._head = scorer._parts.body, scorer._parts.head

    def body(self, ids: Array) -> Any:
        """Return the final hidden states of ids (B, T)."""
        return self._body.hidden_states(self._torch.from_numpy(ids), self._torch.arange(ids.size))

    def logits(self, ids: Array) -> Any:
        """Return the logits in fp32, on top of the hidden states."""
        return self._head.logits(self.body(ids)).view(*ids.shape, -1)

    def score(self, ids: Array) -> Any:
        """Compute what is kept of each prediction, without keeping logits."""
        targets = self._torch.from_numpy(np.roll(ids, -1, axis=1).reshape(-1))
        return self._head.score(self.body(ids), targets)

    def after(self, ids: Array, n_new: int) -> Callable[[], object]:
        """Read all but the last `n_new` of ids (1, T); return what reads these, again and again."""
        tensor = self._torch.from_numpy(ids[0])
        n_before = len(tensor) - n_new
        past = self._body.new_past(len(tensor))
        self._body.more_hidden_states(tensor[:n_before], past, 1)

        def run() -> object:
            past.crop(n_before)
            return self._body.more_hidden_states(tensor[n_before:], past, n_new)

        return run
