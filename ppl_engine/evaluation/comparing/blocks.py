"""Stretches of a text that several models are measured on, the same bytes for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.evaluation.comparing.bootstrap import Interval, paired_interval
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.text.words import units

_BLOCK_CHARACTERS: Final = 256
"""How long the stretches of a text are that are drawn again in its interval."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How many more bits per byte a model takes than the base; less is better."""

    bits_per_byte: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Blocks:
    """Stretches of text with what each model makes of them."""

    nats: Matrix
    """(models, blocks)."""

    n_bytes: Matrix

    @classmethod
    def of(cls, text: str, several: Sequence[TokenScores]) -> "Blocks":
        """Cut a text at words; what one of the models does not score is left out for all."""
        first = max((_scored_from(tokens) for tokens in several), default=0)
        word_starts = units(text).starts
        idx = np.searchsorted(word_starts, np.arange(first, len(text), _BLOCK_CHARACTERS)[1:])
        inner = word_starts[idx[idx < len(word_starts)]]
        edges = np.unique(np.concatenate([[first], inner, [len(text)]])).astype(np.int64)
        n_blocks = len(edges) - 1
        n_bytes = [
            len(text[a:b].encode("utf-8", errors="surrogatepass"))
            for a, b in pairwise(edges.tolist())
        ]
        nats = np.zeros((len(several), n_blocks))
        for k, tokens in enumerate(several):
            is_counted = (tokens.starts >= first) & ~np.isnan(tokens.logprob)
            block = np.searchsorted(edges, tokens.starts[is_counted], side="right") - 1
            if n_blocks:
                values = -tokens.logprob[is_counted].astype(np.float64)
                nats[k] = np.bincount(np.minimum(block, n_blocks - 1), values, minlength=n_blocks)
        return cls(nats, np.array(n_bytes, dtype=np.float64))

    @classmethod
    def joined(cls, several: "list[Blocks]") -> "Blocks":
        """Put the blocks of texts after one another."""
        if not several:
            return cls(np.zeros((0, 0)), np.zeros(0))
        return cls(
            np.concatenate([one.nats for one in several], axis=1),
            np.concatenate([one.n_bytes for one in several]),
        )

    def as_one(self) -> "Blocks":
        """Return all as one block."""
        return Blocks(self.nats.sum(axis=1, keepdims=True), self.n_bytes.sum(keepdims=True))

    def difference(self, k: int) -> Difference | None:
        """Return how model `k` differs from the first; None without bytes."""
        if not self.n_bytes.sum() > 0:
            return None
        bits = (self.nats[k] - self.nats[0]) / NATS_PER_BIT
        interval = paired_interval(bits, self.n_bytes)
        return Difference(float(bits.sum() / self.n_bytes.sum()), interval)


def _scored_from(tokens: TokenScores) -> int:
    """Return where the first token that is scored begins."""
    scored = np.flatnonzero(~np.isnan(tokens.logprob))
    return int(tokens.starts[scored[0]]) if len(scored) else 0
