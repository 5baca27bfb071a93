"""The one seam to a model: a tokenizer and a distribution over next tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a result says of the model it came from."""

    name: str
    revision: str
    """Changes whenever the weights or the tokenizer do."""

    device: str
    precision: str
    """How the body runs: `exact` (fp32, one window at a time), `fp32`, `bf16`, `fp16` or `int8`."""

    context: int
    """The most tokens the model can read at once."""

    vocab_size: int
    bos_policy: str
    """What stands before the first token: `bos`, `eos` (a separator used as one), or `none`."""

    notices: tuple[str, ...] = ()
    """What the user should know about how the model runs; each a sentence."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text as token ids, with the place of each token; arrays of one length."""

    ids: Ints
    starts: Ints
    ends: Ints
    begins_word: NDArray[np.bool_]
    exact_spans: bool
    respects_seams: bool = False
    """Whether no token crosses a seam of the text, so that what lies between can stand alone."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A token that may come next."""

    token_id: int
    text: str
    logprob: float


class Scorer(Protocol):
    """A causal language model with its tokenizer."""

    @property
    def model(self) -> ModelInfo:
        """What to say of this model; notices may be added while it works."""
        ...

    @property
    def bos_id(self) -> int | None:
        """The token that stands at the head of every window, if the model has one."""
        ...

    def encode(self, text: str) -> Encoding:
        """Cut any `str` into tokens; never raises for its content."""
        ...

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of every window once, a bounded batch at a time, in any order."""
        ...

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        """Return the `n` most probable next tokens for each final hidden state (rows, width)."""
        ...

    def score_trunks(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) as `score_windows` does, of windows that branches are to leave.

        Until the next batch is asked for, what was read of a batch is at hand for its branches.
        """
        ...

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        """Return for each branch of each of the windows ln p of each of its ids, in nats.

        An id is given the shared ids and those of the branch before it; the first id of a branch
        that shares nothing is given nothing, and is NaN. What is shared and what a branch adds
        must fit into the context together. Raises ValueError for a branch that is none.
        """
        ...

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        """Return ln p of some next tokens, for each final hidden state (rows, width), in nats."""
        ...
