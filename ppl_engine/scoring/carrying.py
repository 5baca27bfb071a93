"""Scores that are known from the text before a change, and which segments have none yet."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.layout import Layout
from ppl_engine.scoring.retokenizing import token_change
from ppl_engine.scoring.scores import Ints, TokenScores, WindowScores

_SCORES: Final = (
    "logprob",
    "entropy",
    "rank",
    "top_logprob",
    "boundary_before",
    "boundary_after",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Scores of a text while they come in; its owner alone writes into the arrays."""

    tokens: TokenScores
    """NaN (the rank 0) where a segment is not scored yet."""

    is_scored: NDArray[np.bool_]
    """For each segment."""

    def put(self, segment_idx: int, scores: WindowScores) -> None:
        """Write down the scores of one segment."""
        start = int(self.tokens.segment_starts[segment_idx])
        for name in _SCORES:
            values = getattr(scores, name)
            getattr(self.tokens, name)[start : start + len(values)] = values
        self.is_scored[segment_idx] = True

    def clear(self, segment_idx: int) -> None:
        """Forget the scores of one segment."""
        ends = np.append(self.tokens.segment_starts[1:], len(self.tokens))
        segment = slice(int(self.tokens.segment_starts[segment_idx]), int(ends[segment_idx]))
        for name in _SCORES:
            getattr(self.tokens, name)[segment] = 0 if name == "rank" else np.nan
        self.is_scored[segment_idx] = False

    def snapshot(self) -> "Draft":
        """Return what is known now, as a value of its own."""
        scores = {name: getattr(self.tokens, name).copy() for name in _SCORES}
        return Draft(replace(self.tokens, **scores), self.is_scored.copy())


def blank(layout: Layout) -> Draft:
    """Return the draft of which nothing is scored."""
    encoding, n = layout.encoding, len(layout.encoding.ids)
    lengths = layout.segment_ends - layout.segment_starts
    tokens = TokenScores(
        ids=encoding.ids,
        starts=encoding.starts,
        ends=encoding.ends,
        begins_word=encoding.begins_word,
        logprob=np.full(n, np.nan, np.float32),
        entropy=np.full(n, np.nan, np.float32),
        rank=np.zeros(n, np.int64),
        top_logprob=np.full(n, np.nan, np.float32),
        boundary_before=np.full(n, np.nan, np.float32),
        boundary_after=np.full(n, np.nan, np.float32),
        context_length=np.arange(n) - np.repeat(layout.context_starts, lengths),
        segment_starts=layout.segment_starts,
        exact_spans=encoding.exact_spans,
    )
    return Draft(tokens, np.zeros(len(layout.segment_starts), np.bool_))


def carried(layout: Layout, previous: TokenScores) -> Draft:
    """Return the draft that has the scores of all segments whose windows are as they were."""
    draft = blank(layout)
    change = token_change(previous.ids, layout.encoding.ids)
    is_before = layout.segment_ends <= change.start
    is_after = change.new_end <= layout.context_starts
    for name in _SCORES:
        old, new = getattr(previous, name), getattr(draft.tokens, name)
        new[: change.start] = old[: change.start]
        new[change.new_end :] = old[change.old_end :]
    for is_aside, shift in ((is_before, 0), (is_after, change.shift)):
        aside = np.flatnonzero(is_aside)
        draft.is_scored[aside[_was_scored(layout, aside, previous, shift)]] = True
    for idx in np.flatnonzero(~draft.is_scored).tolist():
        draft.clear(idx)
    return draft


def _was_scored(
    layout: Layout, segment_idx: Ints, previous: TokenScores, shift: int
) -> NDArray[np.bool_]:
    """Whether each segment, moved back, was one before, after the same one, and has scores."""
    if not len(segment_idx) or not len(previous.segment_starts):
        return np.zeros(len(segment_idx), np.bool_)
    old_starts = previous.segment_starts
    old_ends = np.append(old_starts[1:], len(previous))
    old_contexts = np.concatenate([old_starts[:1], old_starts[:-1]])
    starts = layout.segment_starts[segment_idx] - shift
    old_idx = np.minimum(np.searchsorted(old_starts, starts), len(old_starts) - 1)
    return (
        (old_starts[old_idx] == starts)
        & (old_ends[old_idx] == layout.segment_ends[segment_idx] - shift)
        & (old_contexts[old_idx] == layout.context_starts[segment_idx] - shift)
        & ~np.isnan(previous.boundary_after[old_ends[old_idx] - 1])
    )
