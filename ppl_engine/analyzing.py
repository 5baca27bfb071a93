"""From a text to its analysis, and from one version to the next at the cost of what changed.

Each layer has two functions: one that looks at the whole text, and one that is given the layer of
the version before and what changed, and returns the same.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ppl_engine.analysis import Analysis, Groundwork, Partial, Progress
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.findings.vocabulary import Vocabulary, changed_vocabulary, vocabulary
from ppl_engine.judging import (
    Earlier,
    Means,
    judged,
    outside,
    to_judge,
    with_findings,
    with_unjudged,
)
from ppl_engine.scoring.carrying import Draft, blank, carried
from ppl_engine.scoring.document import Glimpse, score_draft
from ppl_engine.scoring.layout import Layout, lay_out, lay_out_changed
from ppl_engine.scoring.scorer import ModelInfo, Scorer
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.word_scores import WordScores, changed_word_scores, word_scores
from ppl_engine.text.changes import TextChange, joined, text_change
from ppl_engine.text.prose import Prose, changed_prose, prose_of
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be analyzed, and what of it is waited for."""

    text: str
    language: str
    thresholds: Thresholds
    visible: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class _Before:
    """An earlier analysis, and what of the text and of its scores is not as it was then."""

    analysis: Analysis
    groundwork: Groundwork
    edit: TextChange
    change: TextChange
    """The edit, and all around it of which the scores are new."""


def analyze(
    request: Request, previous: Analysis | None, means: Means
) -> Generator[Progress, None, Analysis]:
    """Score a text and find what in it is worth a glance, in bounded steps.

    The result is the same without a previous analysis, which may be one of any text. What was
    edited is scored first, then what is visible, then the rest. If the rest takes more than a
    moment, a `Partial` says before it what is known by then.
    """
    before = _before(request.text, previous, means.scorer.model)
    layout, draft = _begun(request.text, before, means.scorer)
    before = _with_new_scores(before, layout, ~draft.is_scored)
    urgency = _urgency(layout, request.visible, before)
    tokens = draft.tokens
    for step in score_draft(draft, urgency, means.scorer, means.cache):
        if not isinstance(step, Glimpse):
            yield step
            continue
        meanwhile = Progress(step.n_done, step.n_total)
        steps = _concluded(request, layout, step.draft.tokens, before, means)
        known = yield from _instead(meanwhile, steps)
        yield Partial(step.n_done, step.n_total, known)
        before = _before(request.text, known, means.scorer.model)
        before = _with_new_scores(before, layout, ~step.draft.is_scored)
    return (yield from _concluded(request, layout, tokens, before, means))


def _before(text: str, previous: Analysis | None, model: ModelInfo) -> _Before | None:
    """Return what an earlier analysis is to this text; None if it is of no use."""
    if previous is None or previous.groundwork is None:
        return None
    theirs = previous.model
    if (theirs.revision, theirs.precision, theirs.bos_policy) != (
        model.revision,
        model.precision,
        model.bos_policy,
    ):
        return None
    edit = text_change(previous.text, text)
    return _Before(previous, previous.groundwork, edit, edit)


def _begun(text: str, before: _Before | None, scorer: Scorer) -> tuple[Layout, Draft]:
    if before is None:
        layout = lay_out(text, scorer)
        return layout, blank(layout)
    layout = lay_out_changed(text, scorer, before.groundwork.layout, before.edit)
    return layout, carried(layout, before.analysis.tokens)


def _with_new_scores(
    before: _Before | None, layout: Layout, is_new: NDArray[np.bool_]
) -> _Before | None:
    """Widen the change to the segments whose scores are not those of before."""
    segments = np.flatnonzero(is_new)
    if before is None or not len(segments):
        return before
    first, last = layout.segment_starts[segments[0]], layout.segment_ends[segments[-1]] - 1
    start = min(before.edit.start, int(layout.encoding.starts[first]))
    new_end = max(before.edit.new_end, int(layout.encoding.ends[last]))
    return replace(before, change=TextChange(start, new_end - before.edit.shift, new_end))


def _urgency(layout: Layout, visible: Sequence[Span], before: _Before | None) -> Ints:
    """Return for each segment 0 if it was edited, 1 if it is visible, else 2."""
    urgency = np.full(len(layout.segment_starts), 2, dtype=np.int64)
    urgency[layout.segments_in(visible)] = 1
    if before is not None:
        urgency[layout.segments_in([Span(before.edit.start, before.edit.new_end)])] = 0
    return urgency


def _concluded(
    request: Request, layout: Layout, tokens: TokenScores, before: _Before | None, means: Means
) -> Generator[Progress, None, Analysis]:
    """Go on from the scores of tokens to words, prose and findings.

    On a long new text each step takes a while: whoever runs us may want to stop.
    """
    n_done = len(tokens)
    words, change_of_words = _words(request.text, tokens, before)
    yield Progress(n_done, n_done)
    prose, change_of_prose = _prose(request, before)
    yield Progress(n_done, n_done)
    known = _vocabulary(request.text, words, before, (change_of_words, change_of_prose))
    found = Analysis(
        request.text,
        request.language,
        tokens,
        words,
        (),
        means.scorer.model,
        request.thresholds,
    )
    earlier = None
    if before is not None:
        change = joined(change_of_words, change_of_prose)
        change = with_unjudged(change, before.groundwork.unjudged)
        earlier = Earlier(before.analysis, before.groundwork.judged, change, change_of_words)
    ground = Groundwork(layout, prose, known, ())
    # Reading again takes longer than all before it: what is known by then is shown first.
    meanwhile = replace(
        ground, judged=_still_there(request.text, before), unjudged=to_judge(found, earlier)
    )
    is_shown = False
    steps = judged(found, ground, earlier, means)
    while (ground := _after_step(steps)) is None:
        if not is_shown:
            known_by_now = yield from with_findings(found, meanwhile, earlier, means)
            yield Partial(n_done, n_done, known_by_now)
            is_shown = True
        yield Progress(n_done, n_done)
    return (yield from with_findings(found, ground, earlier, means))


def _after_step(steps: Generator[Progress, None, Groundwork]) -> Groundwork | None:
    """Run one step; return what they come to once there is none left."""
    try:
        next(steps)
    except StopIteration as finished:
        return finished.value
    return None


def _still_there(text: str, before: _Before | None) -> tuple[Judged, ...]:
    """Return what was judged of words that were not edited, whatever became of their scores."""
    if before is None:
        return ()
    moved = outside(before.groundwork.judged, before.edit)
    return tuple(one for one in moved if one.span.of(text) == one.text)


def _instead(
    progress: Progress, steps: Generator[Progress, None, Analysis]
) -> Generator[Progress, None, Analysis]:
    """Run steps that know nothing of how far the whole is."""
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value
        yield progress


def _words(text: str, tokens: TokenScores, before: _Before | None) -> tuple[WordScores, TextChange]:
    if before is None:
        return word_scores(text, tokens), TextChange(0, 0, len(text))
    old = before.analysis
    return changed_word_scores(text, tokens, old.words, len(old.tokens), before.change)


def _prose(request: Request, before: _Before | None) -> tuple[Prose, TextChange]:
    text, language = request.text, request.language
    if before is None or before.analysis.language != language:
        n_before = 0 if before is None else len(before.analysis.text)
        return prose_of(text, language), TextChange(0, n_before, len(text))
    return changed_prose(text, language, before.groundwork.prose, before.edit)


def _vocabulary(
    text: str, words: WordScores, before: _Before | None, changes: tuple[TextChange, TextChange]
) -> Vocabulary:
    if before is None:
        return vocabulary(text, words)
    known = before.groundwork.vocabulary
    return changed_vocabulary(text, words, known, before.analysis.words, changes)
