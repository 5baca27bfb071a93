"""What a text comes to that is scored as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineScore:
    """One text as a whole, in nats."""

    log_likelihood: float
    """Sum of the logprobs of the tokens that are scored."""

    n_scored: int
    """One less than there are tokens where the model has no BOS."""

    n_tokens: int
    n_words: int
    n_bytes: int
