"""A whole text through a model: lay it out, score what is not known yet, put it together."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.carrying import Draft, blank
from ppl_engine.scoring.layout import lay_out
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints, TokenScores, WindowScores
from ppl_engine.scoring.windows import Window, window

T = TypeVar("T")

_FEW: Final = 4
"""This many windows are read together, whichever of them is wanted first."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a text is scored, in tokens."""

    n_done: int
    n_total: int


@dataclass(frozen=True, slots=True)
class Glimpse(Progress):
    """All that was wanted first is scored, and there is more to do."""

    draft: Draft


def run(steps: Generator[Progress, None, T]) -> T:
    """Run all steps and return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value


def score_document(
    text: str, scorer: Scorer, cache: WindowCache
) -> Generator[Progress, None, TokenScores]:
    """Score every token of `text`; yields after each bounded batch of work, returns the scores.

    Windows found in `cache` cost nothing, those computed are put there. Closing the generator
    cancels the rest; what was computed stays in the cache.
    """
    draft = blank(lay_out(text, scorer))
    urgency = np.zeros(len(draft.is_scored), np.int64)
    return (yield from score_draft(draft, urgency, scorer, cache))


def score_draft(
    draft: Draft, urgency: Ints, scorer: Scorer, cache: WindowCache
) -> Generator[Progress, None, TokenScores]:
    """Score what a draft leaves open, as `score_document` does, the lowest `urgency` first.

    There is one number for each segment. Before work on those of the highest urgency begins, what
    is known is shown as a `Glimpse`, unless that work is all there is.
    """
    missing = _Missing.of(draft, scorer, cache)
    yield Progress(missing.n_done, len(draft.tokens))
    groups = missing.by_urgency(urgency)
    for number, keys in enumerate(groups):
        if 0 < number == len(groups) - 1:
            yield Glimpse(missing.n_done, len(draft.tokens), draft.snapshot())
        for batch in scorer.score_windows([missing.windows[key] for key in keys]):
            for position, scores in batch:
                cache.put(keys[position], scores)
                missing.found(keys[position], scores)
            yield Progress(missing.n_done, len(draft.tokens))
    return draft.tokens


@dataclass(slots=True)
class _Missing:
    """The windows that are still to be read; what stands in a text twice is read once."""

    draft: Draft
    windows: dict[bytes, Window]
    places: dict[bytes, list[int]]
    """The segments that each window scores."""

    n_done: int
    """Tokens."""

    @classmethod
    def of(cls, draft: Draft, scorer: Scorer, cache: WindowCache) -> "_Missing":
        """Fill in what the cache knows."""
        tokens = draft.tokens
        n_open = 0
        missing = cls(draft, {}, {}, 0)
        for idx in np.flatnonzero(~draft.is_scored).tolist():
            needed = window(tokens.ids, tokens.segment_starts, idx, scorer.bos_id)
            n_open += needed.n_targets
            key = needed.key
            missing.windows[key] = needed
            missing.places.setdefault(key, []).append(idx)
        missing.n_done = len(tokens) - n_open
        for key in list(missing.windows):
            if (scores := cache.get(key)) is not None:
                missing.found(key, scores)
                del missing.windows[key]
        return missing

    def found(self, key: bytes, scores: WindowScores) -> None:
        for idx in self.places[key]:
            self.draft.put(idx, scores)
            self.n_done += self.windows[key].n_targets

    def by_urgency(self, urgency: Ints) -> list[list[bytes]]:
        """Return the keys of the windows to be read, in the order in which they are."""
        if len(self.windows) <= _FEW:
            return [list(self.windows)]
        groups: dict[int, list[bytes]] = {}
        for key in self.windows:
            groups.setdefault(int(urgency[self.places[key]].min()), []).append(key)
        return [groups[level] for level in sorted(groups)]


def hidden_states(
    tokens: TokenScores, token_idx: Ints, scorer: Scorer, cache: WindowCache
) -> Generator[Progress, None, NDArray[np.float32]]:
    """Return (n, width): the final hidden state that predicts each of these tokens.

    Recomputes the windows that the cache no longer holds, one a step. Every token must be scored.
    """
    rows: list[NDArray[np.float32]] = []
    for idx in cast("list[int]", token_idx.tolist()):
        segment_idx = int(np.searchsorted(tokens.segment_starts, idx, side="right")) - 1
        needed = window(tokens.ids, tokens.segment_starts, segment_idx, scorer.bos_id)
        scores = cache.get(needed.key)
        if scores is None or not scores.has_hidden:
            yield Progress(len(tokens), len(tokens))
            scores = _score_one(needed, scorer, cache)
        rows.append(scores.hidden[idx - int(tokens.segment_starts[segment_idx])])
    return np.stack(rows)


def _score_one(needed: Window, scorer: Scorer, cache: WindowCache) -> WindowScores:
    ((_, scores),) = next(scorer.score_windows([needed]))
    cache.put(needed.key, scores)
    return scores
