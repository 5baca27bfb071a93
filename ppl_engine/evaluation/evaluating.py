"""Texts through a scorer by a convention, as a stream of tallies."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from ppl_engine.evaluation.conventions import Convention, ConventionError, Reading
from ppl_engine.evaluation.tally import Part, ScoredReading, Tally, tallies
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.grouping import in_groups
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.streaming import Planned, score_groups, score_window_groups

_WINDOWS_AT_ONCE: Final = 64
"""So many windows of a corpus are read together."""


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


class Means(Protocol):
    """Who reads texts by a convention: a scorer here, or others elsewhere."""

    def tallied(
        self, groups: Iterable[Sequence[EvaluatedText]]
    ) -> Iterator[list[Evaluated | Refused]]:
        """Yield what the texts of each group come to, each by itself, in order."""
        ...

    def reading(self, text: EvaluatedText) -> Reading:
        """Return how a text is read. Raises ConventionError."""
        ...

    def scores(self, groups: Iterable[Sequence[Window]]) -> Iterator[list[WindowScores]]:
        """Yield the scores of the windows of each group, in order, without hidden states."""
        ...


def evaluate(
    texts: Iterable[EvaluatedText],
    convention: Convention,
    scorer: Scorer,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Evaluated | Refused]:
    """Yield what each text comes to by a scorer, as `evaluate_by` does."""
    means = ScorerMeans(convention, scorer)
    return evaluate_by(means, texts, convention.separator, on_progress=on_progress)


def evaluate_by(
    means: Means,
    texts: Iterable[EvaluatedText],
    separator: str | None,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Evaluated | Refused]:
    """Yield what each text comes to, in order.

    `on_progress` is told how many tokens were scored, again and again. Texts are a stream where the
    convention reads each by itself; one that joins them, by its separator, holds all of them, and
    raises ConventionError if it can not be applied.
    """
    if separator is not None:
        return _joined(list(texts), separator, means, on_progress)
    return _by_itself(texts, means, on_progress)


@dataclass(frozen=True, slots=True)
class ScorerMeans:
    """A scorer in this process."""

    convention: Convention
    scorer: Scorer

    def tallied(
        self, groups: Iterable[Sequence[EvaluatedText]]
    ) -> Generator[list[Evaluated | Refused], None, None]:
        """Yield what the texts of each group come to, each by itself, in order."""
        for group in score_groups(groups, self._plan, self.scorer):
            yield [_tallied(taken, scores) for taken, scores in group]

    def reading(self, text: EvaluatedText) -> Reading:
        """Return how a text is read. Raises ConventionError."""
        return self.convention.reading(text, self.scorer)

    def scores(self, groups: Iterable[Sequence[Window]]) -> Iterator[list[WindowScores]]:
        """Yield the scores of the windows of each group, in order, without hidden states."""
        return score_window_groups(groups, self.scorer)

    def _plan(self, text: EvaluatedText) -> Planned["_Taken"]:
        try:
            reading = self.reading(text)
        except ConventionError as error:
            return Planned(_Taken(text, Refused(text.name, str(error))), ())
        return Planned(_Taken(text, reading), [placed.window for placed in reading.windows])


@dataclass(frozen=True, slots=True)
class _Taken:
    """A text with how it is to be read."""

    text: EvaluatedText
    reading: Reading | Refused


def _tallied(taken: _Taken, scores: Sequence[WindowScores]) -> Evaluated | Refused:
    if isinstance(taken.reading, Refused):
        return taken.reading
    scored = _blank(taken.reading)
    for number, window_scores in enumerate(scores):
        _put(scored, number, window_scores)
    name, prompt = taken.text.name, taken.text.prompt
    whole = prompt + taken.text.text
    (tally,) = tallies(whole, [Part(name, len(prompt), len(whole))], scored)
    return Evaluated(name, tally)


def _by_itself(
    texts: Iterable[EvaluatedText], means: Means, on_progress: Callable[[int], None]
) -> Iterator[Evaluated | Refused]:
    groups = in_groups(texts, lambda text: len(text.prompt) + len(text.text))
    for group in means.tallied(groups):
        for one in group:
            if isinstance(one, Evaluated):
                on_progress(one.tally.n_scored)
            yield one


def _joined(
    texts: Sequence[EvaluatedText],
    separator: str,
    means: Means,
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
    reading = means.reading(EvaluatedText(texts[0].name, whole))
    scored = _blank(reading)
    read = [placed.window for placed in reading.windows]
    groups = (read[k : k + _WINDOWS_AT_ONCE] for k in range(0, len(read), _WINDOWS_AT_ONCE))
    number = 0
    for group in means.scores(groups):
        for scores in group:
            _put(scored, number, scores)
            number += 1
        on_progress(sum(len(scores.logprob) for scores in group))
    for part, tally in zip(parts, tallies(whole, parts, scored), strict=True):
        yield Evaluated(part.name, tally)


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
