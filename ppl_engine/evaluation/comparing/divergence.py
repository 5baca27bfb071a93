"""How far the distributions of two models with one tokenizer lie apart, token by token.

The figures of `llama-perplexity --kl-divergence` (llama.cpp, tools/perplexity), where the first
model is the base p and the other q:

    KL(p ‖ q) = Σ p ln (p / q)     over the vocabulary, in nats, at each place
    Δp = q(token) − p(token)       of the token that stands there
    same top                       whether both expect the same token most

Whole distributions are made for few places at a time and never kept: a place leaves three numbers.
"""

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.scores import Floats, Ints

_ELEMENTS_AT_ONCE: Final = 2**22
"""Of a distribution table, places by vocabulary."""

PERCENTILES: Final = (0.1, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9)


@runtime_checkable
class HasDistributions(Protocol):
    """A scorer that can say the probability of every next token."""

    def log_probabilities(self, hidden: NDArray[np.float32]) -> Floats:
        """Return (rows, vocabulary) ln p of every next token for final hidden states."""
        ...


@dataclass(frozen=True, slots=True)
class Divergence:
    """Two models at a number of places; arrays of one length."""

    kl_nats: Floats
    delta_p: Floats
    """q − p of the token that stands there."""

    is_same_top: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kl_nats)

    @classmethod
    def joined(cls, parts: "list[Divergence]") -> "Divergence":
        """Put places after one another."""
        return cls(
            np.concatenate([np.empty(0, np.float32), *(part.kl_nats for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.delta_p for part in parts)]),
            np.concatenate([np.empty(0, np.bool_), *(part.is_same_top for part in parts)]),
        )


@dataclass(frozen=True, slots=True)
class DivergenceSummary:
    """What places come to; of no places, there is none."""

    n_tokens: int
    mean_kl_nats: float
    mean_kl_standard_error: float | None
    """Over tokens, as llama.cpp has it: too small, since tokens of a text depend on each other."""

    max_kl_nats: float
    kl_percentiles: dict[float, float]
    mean_delta_p: float
    rms_delta_p: float
    delta_p_percentiles: dict[float, float]
    same_top_share: float

    @classmethod
    def of(cls, found: Divergence) -> "DivergenceSummary | None":
        """Sum up."""
        n = len(found)
        if not n:
            return None
        kl, delta = found.kl_nats.astype(np.float64), found.delta_p.astype(np.float64)
        return cls(
            n_tokens=n,
            mean_kl_nats=float(kl.mean()),
            mean_kl_standard_error=float(kl.std() / np.sqrt(n - 1)) if n > 1 else None,
            max_kl_nats=float(kl.max()),
            kl_percentiles=_percentiles(kl),
            mean_delta_p=float(delta.mean()),
            rms_delta_p=float(np.sqrt((delta * delta).mean())),
            delta_p_percentiles=_percentiles(delta),
            same_top_share=float(found.is_same_top.mean()),
        )


def divergence(
    base: HasDistributions,
    other: HasDistributions,
    hidden: tuple[NDArray[np.float32], NDArray[np.float32]],
    ids: Ints,
    vocab_size: int,
) -> Divergence:
    """Compare what two models predict, given the final hidden state of each at every place.

    `ids` are the tokens that stand there.
    """
    n_rows = max(1, _ELEMENTS_AT_ONCE // vocab_size)
    parts = [
        _compared(
            base.log_probabilities(hidden[0][start : start + n_rows]),
            other.log_probabilities(hidden[1][start : start + n_rows]),
            ids[start : start + n_rows],
        )
        for start in range(0, len(ids), n_rows)
    ]
    return Divergence.joined(parts)


def _compared(base: Floats, other: Floats, ids: Ints) -> Divergence:
    rows = np.arange(len(ids))
    delta_p = np.exp(other[rows, ids]) - np.exp(base[rows, ids])
    is_same_top = base.argmax(axis=1) == other.argmax(axis=1)
    p = np.exp(base)
    # What has no probability adds nothing, though its logarithm is infinite.
    ratio = np.where(p > 0, base - other, np.float32(0.0))
    kl = np.einsum("rv,rv->r", p, ratio)
    return Divergence(np.maximum(kl, 0.0).astype(np.float32), delta_p, is_same_top)


def _percentiles(values: NDArray[np.float64]) -> dict[float, float]:
    found = np.percentile(values, PERCENTILES)
    return dict(zip(PERCENTILES, (float(value) for value in found), strict=True))
