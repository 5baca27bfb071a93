"""What several models make of the same bytes: totals, differences, and where they differ most."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ppl_engine.evaluation.comparing.blocks import Blocks, Difference
from ppl_engine.evaluation.comparing.differing_words import (
    WordDifference,
    differing_words,
    most_different,
)
from ppl_engine.evaluation.comparing.divergence import Divergence, DivergenceSummary
from ppl_engine.evaluation.comparing.side_by_side import SideBySide, why_not_divergence
from ppl_engine.scoring.scorer import ModelInfo, Scorer
from ppl_engine.scoring.units import NATS_PER_BIT, perplexity

_FEWEST_TEXTS: Final = 10
"""Of fewer texts, their stretches are drawn again."""


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A text with what each model makes of it."""

    name: str
    n_bytes: int
    bits_per_byte: tuple[float | None, ...]
    differences: tuple[Difference | None, ...]
    """Of each model after the first."""

    divergences: tuple[DivergenceSummary | None, ...]


@dataclass(frozen=True, slots=True)
class Versus:
    """A model against the base over all texts."""

    difference: Difference | None
    drawn: str
    """What the interval draws again: `texts` or `stretches`."""

    divergence: DivergenceSummary | None
    why_no_divergence: str | None
    """What to say where there is none."""

    words: tuple[WordDifference, ...]
    """Those that differ most."""


@dataclass(frozen=True, slots=True)
class ModelTotal:
    """A model over all texts."""

    model: ModelInfo
    bits_per_byte: float | None
    perplexity: float | None
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All models over all texts; the first is the base."""

    n_texts: int
    n_bytes: int
    models: tuple[ModelTotal, ...]
    versus: tuple[Versus, ...]


@dataclass(slots=True)
class Comparing:
    """Takes in texts one by one and keeps sums, and three numbers a token where tokens agree."""

    scorers: Sequence[Scorer]
    _blocks: list["Blocks"] = field(default_factory=list["Blocks"])
    _n_tokens: list[int] = field(default_factory=list[int])
    _divergences: list[list[Divergence]] = field(default_factory=list[list[Divergence]])
    _disagrees: list[bool] = field(default_factory=list[bool])
    _words: list[list[WordDifference]] = field(default_factory=list[list[WordDifference]])

    def texts(self, read: Iterable[SideBySide]) -> Iterator[ComparedText]:
        """Yield what each text comes to."""
        n_others = len(self.scorers) - 1
        self._n_tokens = [0] * len(self.scorers)
        self._disagrees = [False] * n_others
        self._divergences = [[] for _ in range(n_others)]
        self._words = [[] for _ in range(n_others)]
        for one in read:
            yield self._take(one)

    def _take(self, one: SideBySide) -> ComparedText:
        blocks = Blocks.of(one.text, one.tokens)
        self._blocks.append(blocks)
        for k, tokens in enumerate(one.tokens):
            self._n_tokens[k] += int((~np.isnan(tokens.logprob)).sum())
        for k, found in enumerate(one.divergences):
            self._disagrees[k] |= found is None
            self._divergences[k] += [] if found is None else [found]
            differing = differing_words(one.name, one.text, one.tokens[0], one.tokens[k + 1])
            self._words[k] = most_different([*self._words[k], *differing])
        total = blocks.nats.sum(axis=1) / NATS_PER_BIT
        n_bytes = int(blocks.n_bytes.sum())
        return ComparedText(
            one.name,
            n_bytes,
            tuple(float(bits) / n_bytes if n_bytes else None for bits in total),
            tuple(blocks.difference(k) for k in range(1, len(one.tokens))),
            tuple(None if d is None else DivergenceSummary.of(d) for d in one.divergences),
        )

    def result(self) -> Comparison:
        """Return what all texts come to."""
        blocks = self._blocks
        by_text = len(blocks) >= _FEWEST_TEXTS
        whole = Blocks.joined([b.as_one() for b in blocks] if by_text else blocks)
        nats = whole.nats.sum(axis=1) if blocks else np.zeros(len(self.scorers))
        n_bytes = int(whole.n_bytes.sum())
        models = tuple(
            ModelTotal(
                scorer.model,
                float(total) / NATS_PER_BIT / n_bytes if n_bytes else None,
                perplexity(float(total) / n) if n else None,
                n,
            )
            for scorer, total, n in zip(self.scorers, nats, self._n_tokens, strict=True)
        )
        drawn = "texts" if by_text else "stretches"
        versus = tuple(self._versus(k, whole, drawn) for k in range(len(self.scorers) - 1))
        return Comparison(len(blocks), n_bytes, models, versus)

    def _versus(self, k: int, whole: "Blocks", drawn: str) -> Versus:
        reason = why_not_divergence(self.scorers[0], self.scorers[k + 1])
        if reason is None and self._disagrees[k]:
            reason = "their tokenizers cut these texts into different tokens"
        found = None if reason else DivergenceSummary.of(Divergence.joined(self._divergences[k]))
        words = tuple(self._words[k])
        return Versus(whole.difference(k + 1), drawn, found, reason, words)
