"""Texts through a scorer by a convention, as a stream of tallies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.evaluation.conventions import Convention, ConventionError, Reading
from ppl_engine.evaluation.tally import Part, ScoredReading, Tally, tallies
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.streaming import Planned, score_planned

_WINDOWS_AT_ONCE: Final = 256
"""So many windows of a corpus are handed to the scorer together."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A text with what it came to."""

    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that the convention can not be applied to, and why."""

    name: str
    reason: str


def evaluate(
    texts: Iterable[EvaluatedText],
    convention: Convention,
    scorer: Scorer,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Evaluated | Refused]:
    """Yield what each text comes to, in order.

    `on_progress` is told how many tokens were scored, again and again. Texts are a stream where the
    convention reads each by itself; one that joins them holds all of them, and raises
    ConventionError if it can not be applied.
    """
    if convention.separator is not None:
        return _joined(list(texts), convention.separator, convention, scorer, on_progress)
    return _by_itself(texts, convention, scorer, on_progress)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A text with how it is to be read."""

    text: EvaluatedText
    reading: Reading | Refused


def _by_itself(
    texts: Iterable[EvaluatedText],
    convention: Convention,
    scorer: Scorer,
    on_progress: Callable[[int], None],
) -> Iterator[Evaluated | Refused]:
    def plan(text: EvaluatedText) -> Planned[_Taken]:
        try:
            reading = convention.reading(text, scorer)
        except ConventionError as error:
            return Planned(_Taken(text, Refused(text.name, str(error))), ())
        return Planned(_Taken(text, reading), [placed.window for placed in reading.windows])

    for taken, scores in score_planned(texts, plan, scorer):
        if isinstance(taken.reading, Refused):
            yield taken.reading
            continue
        scored = _blank(taken.reading)
        for number, window_scores in enumerate(scores):
            _put(scored, number, window_scores)
        on_progress(sum(len(window_scores.logprob) for window_scores in scores))
        name, prompt = taken.text.name, taken.text.prompt
        whole = prompt + taken.text.text
        (tally,) = tallies(whole, [Part(name, len(prompt), len(whole))], scored)
        yield Evaluated(name, tally)


def _joined(
    texts: Sequence[EvaluatedText],
    separator: str,
    convention: Convention,
    scorer: Scorer,
    on_progress: Callable[[int], None],
) -> Iterator[Evaluated]:
    if not texts:
        return
    whole = separator.join(text.text for text in texts)
    starts = np.cumsum([0, *(len(text.text) + len(separator) for text in texts[:-1])]).tolist()
    parts = [
        Part(text.name, start, start + len(text.text))
        for text, start in zip(texts, starts, strict=True)
    ]
    reading = convention.reading(EvaluatedText(texts[0].name, whole), scorer)
    scored = score_reading(reading, scorer, on_progress)
    for part, tally in zip(parts, tallies(whole, parts, scored), strict=True):
        yield Evaluated(part.name, tally)


def score_reading(
    reading: Reading, scorer: Scorer, on_progress: Callable[[int], None]
) -> ScoredReading:
    """Return a number for each token of a text, which may be a whole corpus."""
    scored = _blank(reading)
    for start in range(0, len(reading.windows), _WINDOWS_AT_ONCE):
        group = reading.windows[start : start + _WINDOWS_AT_ONCE]
        for batch in scorer.score_windows([placed.window for placed in group]):
            for position, scores in batch:
                _put(scored, start + position, scores)
            on_progress(sum(len(scores.logprob) for _, scores in batch))
    return scored


def _put(scored: ScoredReading, number: int, scores: WindowScores) -> None:
    placed = scored.reading.windows[number]
    tokens = slice(placed.first_target, placed.first_target + len(scores.logprob))
    scored.logprob[tokens] = scores.logprob
    scored.rank[tokens] = scores.rank
    scored.weight[tokens] = placed.weight
    scored.window[tokens] = number


def _blank(reading: Reading) -> ScoredReading:
    n = len(reading.encoding.ids)
    return ScoredReading(
        reading=reading,
        logprob=np.full(n, np.nan, dtype=np.float32),
        rank=np.zeros(n, dtype=np.int64),
        weight=np.zeros(n, dtype=np.float32),
        window=np.full(n, -1, dtype=np.int64),
    )
