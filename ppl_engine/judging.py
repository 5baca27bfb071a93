"""From what a model says of a text to what of it is worth a glance.

Two steps: suspicious words are judged by what might have been meant, which takes the model and is
done anew only where something changed; then thresholds decide what is shown, which is arithmetic.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from ppl_engine.analysis import Analysis, Groundwork, Progress
from ppl_engine.findings import surprising
from ppl_engine.findings.calibration import Calibration
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Finding, in_order
from ppl_engine.findings.mistakes import likely_mistakes
from ppl_engine.findings.precedence import by_precedence
from ppl_engine.findings.rereading.rereader import JudgmentStore, Rereader
from ppl_engine.findings.rereading.values import Document, Judged
from ppl_engine.findings.stretches.passages import passages
from ppl_engine.findings.stretches.repetition import repetitions
from ppl_engine.findings.stretches.stretch import stretch_finding
from ppl_engine.findings.surprising import alternatives, finding, surprising_words, within_budget
from ppl_engine.findings.suspects import suspects
from ppl_engine.findings.vocabulary import WordsInText, term_of
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.scorer import Prediction, Scorer
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.changes import TextChange
from ppl_engine.text.spans import Span

_RESPELLING: Final = frozenset({Slip.SPELLING, Slip.SPLIT, Slip.CASE})
_FEWEST_OF_TERM: Final = 3
"""So often in one text, a word that is in no list is no slip."""

Predict: TypeAlias = Callable[
    [TokenScores, Ints], Generator[Progress, None, Sequence[Sequence[Prediction]]]
]
"""Says in steps what was expected in the place of each of these tokens, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an analysis is made with."""

    scorer: Scorer
    cache: WindowCache
    predict: Predict
    rereader: Rereader
    calibration: Calibration
    judgments: JudgmentStore | None = None
    """Where it is kept what came of blocks that were read again, if that is to last."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier analysis found, and the stretch in which words are not as they were."""

    analysis: Analysis
    judged: tuple[Judged, ...]
    change: TextChange
    """In the words, their scores and what of them is prose; holds all that was not judged then."""

    change_of_words: TextChange


def with_unjudged(change: TextChange, unjudged: Span | None) -> TextChange:
    """Widen a change to what was not judged in the text before it."""
    if unjudged is None:
        return change
    if change.is_none:
        return TextChange(unjudged.start, unjudged.end, unjudged.end)
    old_end = max(change.old_end, unjudged.end)
    return TextChange(min(change.start, unjudged.start), old_end, old_end + change.shift)


def to_judge(analysis: Analysis, earlier: Earlier | None) -> Span:
    """Return the stretch in which words have to be judged."""
    if earlier is None or not earlier.analysis.thresholds.mistakes_per_1000_words:
        return Span(0, len(analysis.text))
    return Span(earlier.change.start, earlier.change.new_end)


def judged(
    analysis: Analysis, ground: Groundwork, earlier: Earlier | None, means: Means
) -> Generator[Progress, None, Groundwork]:
    """Judge what is suspicious among the words that are not as they were."""
    words = analysis.words
    kept: list[Judged] = []
    first, last = 0, len(words)
    if not analysis.thresholds.mistakes_per_1000_words:
        return ground
    if earlier is not None and earlier.analysis.thresholds.mistakes_per_1000_words:
        change = earlier.change
        if change.is_none:
            return replace(ground, judged=earlier.judged)
        first, last = _words_around(change, analysis)
        edges = np.append(words.starts, len(analysis.text))
        start = min(change.start, int(edges[first])) if first else 0
        end = max(change.new_end, int(edges[last]))
        kept = outside(earlier.judged, TextChange(start, end - change.shift, end))
    suspicious, known = suspects(
        WordsInText(analysis.text, words, ground.prose, ground.vocabulary),
        means.rereader.lexicon,
        word_idx=np.arange(first, last),
        suspicion_bits=means.calibration.suspicion_bits,
    )
    document = Document(analysis.text, analysis.tokens, words)
    fresh = yield from means.rereader.judge(document, suspicious, means.judgments)
    every = sorted(kept + fresh, key=lambda one: one.word_start)
    return replace(ground, vocabulary=known.vocabulary, judged=tuple(every))


def _words_around(change: TextChange, analysis: Analysis) -> tuple[int, int]:
    """Return the words `[first, last)` of the segments that a change touches and those beside them.

    What is read of a block ends with its segment and begins in the one before: what is read of
    other segments is as it was. Of those that are not touched, whole blocks are known by heart.
    """
    tokens, words = analysis.tokens, analysis.words
    starts = tokens.starts[tokens.segment_starts]
    touched = np.searchsorted(starts, [change.start, change.new_end], side="right") - 1
    edges = np.append(tokens.segment_starts, len(tokens))
    low = int(edges[max(0, touched[0] - 1)])
    high = int(edges[min(touched[1] + 2, len(starts))])
    first = 0 if touched[0] <= 1 else int(np.searchsorted(words.first_token, low))
    last = int(np.searchsorted(words.first_token, high)) if high < len(tokens) else len(words)
    return first, last


def outside(judged_before: Sequence[Judged], change: TextChange) -> list[Judged]:
    """Return at their new places those of words outside of a change."""
    before = [one for one in judged_before if one.word_start < change.start]
    after = [one for one in judged_before if change.old_end <= one.word_start]
    return before + [one.moved(change.shift) if change.shift else one for one in after]


def with_findings(
    analysis: Analysis, ground: Groundwork, earlier: Earlier | None, means: Means
) -> Generator[Progress, None, Analysis]:
    """Decide by the thresholds what is shown."""
    thresholds, tails = analysis.thresholds, means.calibration
    known = WordsInText(analysis.text, analysis.words, ground.prose, ground.vocabulary)
    least_bits = tails.surprises.strength_at(thresholds.surprises_per_1000_words)
    surprising_idx, known = surprising_words(known, thresholds, least_bits)
    ground = replace(ground, vocabulary=known.vocabulary)
    kept = {} if earlier is None else _kept(earlier.analysis.findings, earlier.change_of_words)
    judged_words = _no_terms(_warm(ground.judged, analysis), known, means.rereader.lexicon)
    rate = thresholds.mistakes_per_1000_words
    mistakes = likely_mistakes(judged_words, tails.mistakes, rate)
    more = by_precedence(mistakes, _stretches(analysis, ground, means))
    # What says more comes first: a word inside of it takes none of the budget.
    flagged = _outside_of(more, surprising_idx, analysis.words)
    flagged = within_budget(flagged, analysis.words, thresholds)
    words = yield from _described(analysis, flagged, kept, means.predict)
    found = in_order([more, words])
    return replace(analysis, findings=found, groundwork=ground)


def _no_terms(judged_words: Sequence[Judged], known: WordsInText, lexicon: Lexicon) -> list[Judged]:
    """Drop what would respell a word that is in no list but comes again and again: it is a term."""
    return [
        one
        for one in judged_words
        if one.slip not in _RESPELLING
        or lexicon.knows(one.text)
        or np.count_nonzero(known.vocabulary.term == term_of(one.text)) < _FEWEST_OF_TERM
    ]


def _outside_of(findings: Sequence[Finding], word_idx: list[int], words: WordScores) -> list[int]:
    """Return the words that no finding overlaps: of others nothing needs to be found out."""
    ends = [found.span.end for found in findings]
    after = np.searchsorted(ends, words.starts[word_idx], side="right").tolist()
    return [
        idx
        for idx, k in zip(word_idx, after, strict=True)
        if k == len(findings) or words.ends[idx] <= findings[k].span.start
    ]


def _warm(judged_words: Sequence[Judged], analysis: Analysis) -> list[Judged]:
    """Drop what is said of words that the model read with next to no context."""
    tokens, n_cold = analysis.tokens, analysis.thresholds.n_cold_tokens
    if len(tokens) <= n_cold:
        return []
    warm_from = int(tokens.starts[n_cold])
    return [one for one in judged_words if warm_from <= one.word_start]


def _stretches(analysis: Analysis, ground: Groundwork, means: Means) -> list[Finding]:
    """Return repetitions, and passages that are none."""
    text, words, cuts = analysis.text, analysis.words, ground.layout.cuts
    thresholds = analysis.thresholds
    found: list[list[Finding]] = [[], []]
    if thresholds.repeated_words:
        found[0] = [
            stretch_finding(text, stretch, analysis.tokens)
            for stretch in repetitions(text, words, ground.prose, cuts, ground.vocabulary)
            if thresholds.repeated_words <= stretch.strength
        ]
    if thresholds.passages_per_1000_words:
        least = means.calibration.passages.strength_at(thresholds.passages_per_1000_words)
        found[1] = [
            stretch_finding(text, stretch, analysis.tokens)
            for stretch in passages(text, analysis.tokens, words, ground.prose, cuts)
            if least <= stretch.strength
        ]
    return list(in_order(found))


def _described(
    analysis: Analysis, flagged: list[int], kept: dict[int, Finding], predict: Predict
) -> Generator[Progress, None, list[Finding]]:
    """Describe the flagged words; only for those that are new it is asked what was expected."""
    text, tokens, words = analysis.text, analysis.tokens, analysis.words
    starts = words.starts[flagged].tolist()
    new = [idx for idx, start in zip(flagged, starts, strict=True) if start not in kept]
    if new:
        predictions = yield from predict(tokens, words.first_token[new])
        for idx, predicted in zip(new, predictions, strict=True):
            instead = alternatives(text, tokens, words, idx, predicted)
            kept[int(words.starts[idx])] = finding(text, words, idx, instead)
    return [kept[start] for start in starts]


def _kept(findings: Sequence[Finding], change: TextChange) -> dict[int, Finding]:
    """Return by their new offset the surprising words outside of a change."""
    words = [found for found in findings if found.code == surprising.CODE]
    kept = {f.span.start: f for f in words if f.span.end <= change.start}
    for found in words:
        if change.old_end <= found.span.start:
            span = found.span.moved(change.shift)
            kept[span.start] = replace(found, span=span) if change.shift else found
    return kept
