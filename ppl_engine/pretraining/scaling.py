"""Which size is best for a budget: loss against compute over a few short runs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

FEWEST_RUNS: Final = 3
"""Two unknowns, and one degree of freedom to be wrong in."""


@dataclass(frozen=True, slots=True)
class SizedRun:
    """A finished run of one size."""

    width: int
    n_layers: int
    minutes: float
    n_parameters: int
    n_tokens: int
    flops: float
    loss: float
    """At the end, nats a token, on text that was not trained on."""


@dataclass(frozen=True, slots=True)
class ScalingLaw:
    """loss = floor + a / N^α + b / D^β (Hoffmann et al. 2022, arXiv 2203.15556, eq. 2)."""

    floor: float
    a: float
    alpha: float
    b: float
    beta: float

    def loss(self, n_parameters: float, n_tokens: float) -> float:
        """Return the loss that the law expects, nats a token."""
        return self.floor + self.a / n_parameters**self.alpha + self.b / n_tokens**self.beta

    def best_size(self, flops: float, *, most_parameters: float) -> float:
        """Return the parameter count with the least expected loss for a budget of 6·N·D FLOP."""
        sizes = np.geomspace(1e6, most_parameters, 400)
        losses = [self.loss(n, flops / (6 * n)) for n in sizes]
        return float(sizes[int(np.argmin(losses))])


def fit(
    runs: Sequence[SizedRun], *, alpha: float = 0.34, beta: float = 0.28, floor: float = 1.3
) -> ScalingLaw:
    """Fit the two factors by least squares on the loss; the exponents are Hoffmann's by default.

    A handful of short runs does not determine five numbers: what is taken over is what has been
    found over hundreds of runs, what is fitted is what depends on text, tokenizer and recipe.
    Raises ValueError for fewer than three runs.
    """
    if len(runs) < FEWEST_RUNS:
        raise ValueError(f"{len(runs)} runs are too few to fit a curve: three or more are needed")
    terms = np.array([[r.n_parameters**-alpha, r.n_tokens**-beta] for r in runs])
    above = np.array([r.loss - floor for r in runs])
    (a, b), *_ = np.linalg.lstsq(terms, above, rcond=None)
    return ScalingLaw(floor, max(0.0, float(a)), alpha, max(0.0, float(b)), beta)


def residual(law: ScalingLaw, runs: Sequence[SizedRun]) -> float:
    """Return the root mean square by which the law misses the runs, nats a token."""
    misses = [law.loss(r.n_parameters, r.n_tokens) - r.loss for r in runs]
    return math.sqrt(sum(miss**2 for miss in misses) / len(misses))
