"""A whole text through a model: encode, cut, score what is not known yet, put together."""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.anchors import SegmentPolicy, segment_starts
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints, TokenScores, WindowScores
from ppl_engine.scoring.windows import Window, window, windows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a text is scored, in tokens."""

    n_done: int
    n_total: int


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
    encoding = scorer.encode(text)
    policy = SegmentPolicy.for_context(scorer.model.context)
    cut = segment_starts(text, encoding.ids, encoding.starts, encoding.begins_word, policy)
    parts = yield from _score_windows(windows(encoding.ids, cut, scorer.bos_id), scorer, cache)
    return _assemble(encoding, cut, parts)


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


def _score_windows(
    all_windows: list[Window], scorer: Scorer, cache: WindowCache
) -> Generator[Progress, None, list[WindowScores]]:
    """Score each window once; what stands in a text twice with the same context counts as one."""
    keys = [w.key for w in all_windows]
    known = {key: _light(scores) for key in set(keys) if (scores := cache.get(key)) is not None}
    n_times = Counter(keys)
    by_key = dict(zip(keys, all_windows, strict=True))
    missing = [key for key in by_key if key not in known]
    n_total = sum(w.n_targets for w in all_windows)
    n_done = n_total - sum(by_key[key].n_targets * n_times[key] for key in missing)
    yield Progress(n_done, n_total)
    for batch in scorer.score_windows([by_key[key] for key in missing]):
        for position, scores in batch:
            key = missing[position]
            known[key] = _light(scores)
            cache.put(key, scores)
            n_done += by_key[key].n_targets * n_times[key]
        yield Progress(n_done, n_total)
    return [known[key] for key in keys]


def _light(scores: WindowScores) -> WindowScores:
    """Drop the hidden states, a hundred times as large as the rest: the cache bounds those kept."""
    return replace(scores, hidden=np.zeros((0, 0), np.float32))


def _assemble(encoding: Encoding, cut: Ints, parts: list[WindowScores]) -> TokenScores:
    n = len(encoding.ids)
    segment_of = np.searchsorted(cut, np.arange(n), side="right") - 1
    context_start = cut[np.maximum(segment_of - 1, 0)] if n else cut
    return TokenScores(
        ids=encoding.ids,
        starts=encoding.starts,
        ends=encoding.ends,
        begins_word=encoding.begins_word,
        logprob=_joined([part.logprob for part in parts]),
        entropy=_joined([part.entropy for part in parts]),
        rank=np.concatenate([np.zeros(0, np.int64), *(part.rank for part in parts)]),
        top_logprob=_joined([part.top_logprob for part in parts]),
        boundary_before=_joined([part.boundary_before for part in parts]),
        boundary_after=_joined([part.boundary_after for part in parts]),
        context_length=np.arange(n) - context_start,
        segment_starts=cut,
        exact_spans=encoding.exact_spans,
    )


def _joined(arrays: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *arrays])
