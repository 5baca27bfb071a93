"""What was expected at a place of a text: looked up where it is known, else from the model."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from ppl_engine.scoring.cache import ScoreStore, WindowCache
from ppl_engine.scoring.document import Progress, hidden_states
from ppl_engine.scoring.scorer import Prediction, Scorer
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.windows import window


@dataclass(frozen=True, slots=True)
class Predictor:
    """A model with what is kept of it: in memory with hidden states, and elsewhere for longer."""

    scorer: Scorer
    cache: WindowCache
    n: int
    """How many tokens are predicted for a place."""

    store: ScoreStore | None = None

    def predict(
        self, tokens: TokenScores, token_idx: Ints
    ) -> Generator[Progress, None, list[Sequence[Prediction]]]:
        """Return the `n` most probable tokens at the place of each of these tokens.

        Every token must be scored. Windows whose hidden states are not in the cache are run again,
        one a step, unless the store knows the answer.
        """
        model = self.scorer.model
        places = [self._place(tokens, idx) for idx in cast("list[int]", token_idx.tolist())]
        known: dict[bytes, Sequence[Prediction]] = {}
        if self.store is not None:
            known.update(self.store.predictions(model, places, self.n))
        missing = [k for k, place in enumerate(places) if place not in known]
        if missing:
            hidden = yield from hidden_states(tokens, token_idx[missing], self.scorer, self.cache)
            rows = self.scorer.predict(hidden, self.n)
            found = dict(zip([places[k] for k in missing], rows, strict=True))
            known.update(found)
            if self.store is not None:
                self.store.keep_predictions(model, found, self.n)
        return [known[place] for place in places]

    def _place(self, tokens: TokenScores, idx: int) -> bytes:
        """Name a place by all that its prediction depends on: its window and its row there."""
        segment_idx = int(np.searchsorted(tokens.segment_starts, idx, side="right")) - 1
        row = idx - int(tokens.segment_starts[segment_idx])
        own = window(tokens.ids, tokens.segment_starts, segment_idx, self.scorer.bos_id)
        return own.key + row.to_bytes(8, "little")
