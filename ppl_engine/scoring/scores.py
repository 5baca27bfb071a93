"""What a model says of each token, as arrays of one length."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WindowScores:
    """The scores of the targets of one window; every array has one row a target.

    Where the window starts with the first target (no BOS, no context), nothing predicts that
    token: its logprob, entropy, top logprob and boundary mass are NaN and its rank is 0.
    """

    logprob: Floats
    """ln p(token | the tokens before it in the window), in nats, at most 0."""

    entropy: Floats
    """Of the distribution that predicts the token, in nats."""

    rank: Ints
    """1 + the number of tokens that were strictly more probable; 0 where unscored."""

    top_logprob: Floats
    """Of the most probable token at this place, in nats."""

    boundary_before: Floats
    """−ln P(the token here begins a word or ends the text), before seeing the token, in nats."""

    boundary_after: Floats
    """The same one place later: after the token."""

    hidden: Floats
    """(n_targets, width): the final hidden state that predicts the token; (0, 0) where dropped."""

    @property
    def has_hidden(self) -> bool:
        """Whether the hidden states are still there: they are dropped where much is kept."""
        return len(self.hidden) == len(self.logprob)

    @property
    def n_bytes(self) -> int:
        """Memory taken by the arrays."""
        return sum(
            array.nbytes
            for array in (
                self.logprob,
                self.entropy,
                self.rank,
                self.top_logprob,
                self.boundary_before,
                self.boundary_after,
                self.hidden,
            )
        )


@dataclass(frozen=True, slots=True)
class TokenScores:
    """A text as its tokens, each with its place and its scores; arrays of one length."""

    ids: Ints
    starts: Ints
    """Code-point offset of each token; a token that begins inside a character starts with it."""

    ends: Ints
    """End of each token; a token that ends inside a character ends with it."""

    begins_word: NDArray[np.bool_]
    """Whether the token can not continue the word that stands before it."""

    logprob: Floats
    entropy: Floats
    rank: Ints
    top_logprob: Floats
    boundary_before: Floats
    boundary_after: Floats
    context_length: Ints
    """How many tokens of the text the prediction was conditioned on, BOS not counted."""

    segment_starts: Ints
    """Index of the first token of each segment: where the windows were cut (not one a token)."""

    exact_spans: bool
    """False where a tokenizer that rewrites its input leaves only approximate spans."""

    def __len__(self) -> int:
        return len(self.ids)
