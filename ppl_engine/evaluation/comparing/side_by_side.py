"""Several models over the same texts, a few windows of each at a time.

windows  ▭▭▭▭▭▭▭▭ ▭▭▭▭▭▭▭▭ …
base     ████████ ████████          scores, and hidden states that are dropped with the group
others   ████████ ████████          the same; where tokens agree, distributions are compared
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from ppl_engine.evaluation.comparing.divergence import Divergence, HasDistributions, divergence
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.scoring.anchors import SegmentPolicy, segment_starts
from ppl_engine.scoring.carrying import Draft, blank
from ppl_engine.scoring.layout import Layout
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import TokenScores, WindowScores
from ppl_engine.scoring.windows import Window, window
from ppl_engine.text.blocks import cuts

_TOKENS_AT_ONCE: Final = 2**14
"""So many tokens of texts are read ahead."""

_WINDOWS_AT_ONCE: Final = 16
"""Bounds what is held of hidden states, a row a token for every model."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A text as several models score it; the first of them is the base."""

    name: str
    text: str
    tokens: tuple[TokenScores, ...]
    divergences: tuple[Divergence | None, ...]
    """Of each model after the first; None where tokens do not agree."""


def side_by_side(
    texts: Iterable[EvaluatedText],
    scorers: Sequence[Scorer],
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[SideBySide]:
    """Yield each text with its scores by every model, in order.

    `on_progress` is told how many tokens a model has scored, again and again.
    All models read the text in segments that the smallest of their contexts allows, so that none
    has an advantage by its windows.
    """
    batch: list[EvaluatedText] = []
    n_characters = 0
    for text in texts:
        batch.append(text)
        n_characters += len(text.text)
        if n_characters >= 4 * _TOKENS_AT_ONCE:  # a token is about four characters
            yield from _compared(batch, scorers, on_progress)
            batch, n_characters = [], 0
    yield from _compared(batch, scorers, on_progress)


def why_not_divergence(base: Scorer, other: Scorer) -> str | None:
    """Return why whole distributions of two models can not be compared, but for their tokens."""
    if not isinstance(base, HasDistributions) or not isinstance(other, HasDistributions):
        return "one of the models has no probabilities of all tokens"
    sizes = base.model.vocab_size, other.model.vocab_size
    if sizes[0] != sizes[1]:
        return f"their vocabularies differ: {sizes[0]:,} and {sizes[1]:,} tokens"
    return None


def _compared(
    batch: Sequence[EvaluatedText], scorers: Sequence[Scorer], on_progress: Callable[[int], None]
) -> Iterator[SideBySide]:
    context = min(scorer.model.context for scorer in scorers)
    drafts = [[blank(_layout(text.text, scorer, context)) for text in batch] for scorer in scorers]
    base = drafts[0]
    is_comparable = [
        why_not_divergence(scorers[0], scorer) is None
        and all(np.array_equal(a.tokens.ids, b.tokens.ids) for a, b in zip(base, ours, strict=True))
        for scorer, ours in zip(scorers[1:], drafts[1:], strict=True)
    ]
    in_step = [0, *(k for k, agrees in enumerate(is_comparable, 1) if agrees)]
    found = _score_in_step([scorers[k] for k in in_step], [drafts[k] for k in in_step], on_progress)
    for k in range(1, len(scorers)):
        if k not in in_step:
            _score_in_step([scorers[k]], [drafts[k]], on_progress)
    for idx, text in enumerate(batch):
        divergences = (
            Divergence.joined(found[in_step.index(k)][idx]) if k in in_step else None
            for k in range(1, len(scorers))
        )
        tokens = tuple(ours[idx].tokens for ours in drafts)
        yield SideBySide(text.name, text.text, tokens, tuple(divergences))


def _score_in_step(
    scorers: Sequence[Scorer],
    drafts: Sequence[Sequence[Draft]],
    on_progress: Callable[[int], None],
) -> list[list[list[Divergence]]]:
    """Score windows of the same tokens by all models; return divergences from the first one.

    For each model, for each text, one for each segment.
    """
    found: list[list[list[Divergence]]] = [[[] for _ in drafts[0]] for _ in scorers]
    places = list(
        chain.from_iterable(
            [(idx, k) for k in range(len(draft.is_scored))] for idx, draft in enumerate(drafts[0])
        )
    )
    for start in range(0, len(places), _WINDOWS_AT_ONCE):
        group = places[start : start + _WINDOWS_AT_ONCE]
        base: list[WindowScores] = []
        for number, (scorer, ours) in enumerate(zip(scorers, drafts, strict=True)):
            wanted = [_window(ours[idx], k, scorer) for idx, k in group]
            scores = _scored(wanted, scorer)
            on_progress(sum(len(one.logprob) for one in scores))
            for (idx, k), one in zip(group, scores, strict=True):
                ours[idx].put(k, one)
            if number == 0:
                base = scores
                continue
            for (idx, _), needed, one, other in zip(group, wanted, base, scores, strict=True):
                found[number][idx].append(_diverged(scorers[0], scorer, needed, one, other))
    return found


def _diverged(
    base: Scorer, other: Scorer, needed: Window, of_base: WindowScores, of_other: WindowScores
) -> Divergence:
    is_scored = ~(np.isnan(of_base.logprob) | np.isnan(of_other.logprob))
    ids = needed.ids[needed.n_context :][is_scored]
    if not isinstance(base, HasDistributions) or not isinstance(other, HasDistributions):
        raise TypeError("only scorers with distributions are scored in step")
    hidden = of_base.hidden[is_scored], of_other.hidden[is_scored]
    return divergence(base, other, hidden, ids, base.model.vocab_size)


def _scored(wanted: Sequence[Window], scorer: Scorer) -> list[WindowScores]:
    found: dict[int, WindowScores] = {}
    for batch in scorer.score_windows(wanted):
        found.update(batch)
    return [found[k] for k in range(len(wanted))]


def _window(draft: Draft, segment_idx: int, scorer: Scorer) -> Window:
    tokens = draft.tokens
    return window(tokens.ids, tokens.segment_starts, segment_idx, scorer.bos_id)


def _layout(text: str, scorer: Scorer, context: int) -> Layout:
    encoding, places = scorer.encode(text), cuts(text)
    policy = SegmentPolicy.for_context(context)
    starts = segment_starts(places, encoding.ids, encoding.starts, encoding.begins_word, policy)
    return Layout(encoding, places, starts)
