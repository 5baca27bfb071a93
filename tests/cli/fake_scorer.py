"""A model with readable costs that cuts any text into tokens."""

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.cli.session import Models
from ppl_engine.engine import Engine, Knowledge, Store
from ppl_engine.errors import ModelNotFoundError
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window
from tests.calibrations import calibration

NATS = math.log(2)
CALIBRATION = calibration(surprise_bits=8.0, mistake_bits=math.inf)
"""By which `zebra` is surprising, and nothing is a likely mistake."""

_ZEBRAS = [zlib.crc32(b"zebra"), zlib.crc32(b" zebra")]
_TOKEN = regex.compile(r" ?\w+|.", regex.DOTALL)


class FakeScorer:
    """`zebra` costs 40 bits, any other token 1; `horse` is expected everywhere.

    A character beyond U+FFFF is two tokens. Nothing precedes the first token, so that it is
    unscored.
    """

    bos_id: int | None = None

    def __init__(self, *notices: str) -> None:
        self.model = ModelInfo("fake", "1", "cpu", "exact", 64, 1000, "none", notices)
        self._vocabulary: dict[int, str] = {}

    def encode(self, text: str) -> Encoding:
        found: list[tuple[int, int, int, bool]] = []
        for match in _TOKEN.finditer(text):
            begins = not match[0][0].isalnum() or match.start() == 0
            row = (self._id(match[0]), match.start(), match.end(), begins)
            found.extend([row, row] if match[0][0] > "\uffff" else [row])
        table = np.array(found, dtype=np.int64).reshape(-1, 4)
        ids, starts, ends, begins = table.T
        return Encoding(ids, starts, ends, begins.astype(np.bool_), exact_spans=True)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        yield [(k, self._score(window)) for k, window in enumerate(windows)]

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        expected = [Prediction(0, " horse", math.log(0.5)), Prediction(1, " cow", math.log(0.25))]
        return [expected[:n] for _ in hidden]

    def score_trunks(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        return self.score_windows(windows)

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        return [
            [self._score(branch.window(ids)).logprob for branch in own]
            for ids, own in zip(windows, branches, strict=True)
        ]

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        assert len(hidden) == len(token_ids)
        return [(-self._bits(ids) * NATS).astype(np.float32) for ids in token_ids]

    def _id(self, token: str) -> int:
        """Every fake has the same tokens, whatever it has read before."""
        token_id = zlib.crc32(token.encode("utf-8", errors="surrogatepass"))
        assert self._vocabulary.setdefault(token_id, token) == token
        return token_id

    def _bits(self, ids: Ints) -> NDArray[np.float64]:
        # By ids alone: on a cluster, what one worker has cut into tokens another may score.
        return np.where(np.isin(ids, _ZEBRAS), 40.0, 1.0)

    def _score(self, window: Window) -> WindowScores:
        bits = self._bits(window.ids[window.n_context :])
        if window.n_context == 0:
            bits[:1] = np.nan
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


Load: TypeAlias = Callable[[ModelChoice], FakeScorer]


def load_fake(choice: ModelChoice) -> FakeScorer:
    """Load the fake, whatever is asked for, except a model of the name `missing`."""
    if choice.model == "missing":
        raise ModelNotFoundError("There is no model missing here.")
    return FakeScorer()


def fake_models(load: Load = load_fake) -> Models:
    """How a command gets a scorer; the revision of a model is its name."""

    def loaded(choice: ModelChoice, store: Store | None) -> Engine:
        scorer = load(choice)
        scorer.model = replace(scorer.model, name=choice.model)
        return Engine(scorer, knowledge=Knowledge(calibration=CALIBRATION), store=store)

    return Models(loaded, lambda name: name)
