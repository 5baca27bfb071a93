"""Nats, bits and what follows from them."""

import math
from typing import Final

NATS_PER_BIT: Final = math.log(2)


def bits(nats: float) -> float:
    """Convert an amount of information from nats to bits."""
    return nats / NATS_PER_BIT


def perplexity(mean_surprisal_nats: float) -> float:
    """Return exp(mean surprisal): how many equally likely tokens would be as hard to guess."""
    return math.exp(min(mean_surprisal_nats, 700.0))  # exp overflows a double at 709.8


_BANDS: Final = (
    (4.0, "almost certain: boilerplate, repetition or code"),
    (12.0, "very easy to predict"),
    (30.0, "easy to predict, as plain prose is"),
    (80.0, "ordinary for dense or technical prose"),
    (250.0, "hard to predict"),
    (math.inf, "very hard to predict: another language, data, or noise"),
)


def perplexity_band(value: float) -> str:
    """Say in words what a perplexity per token amounts to; a rule of thumb, not a verdict."""
    return next(words for limit, words in _BANDS if value < limit or limit == math.inf)
