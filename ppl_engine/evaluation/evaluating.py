"""Texts through a scorer by a convention, as a stream of tallies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.evaluation.conventions import Convention, ConventionError, Reading
from ppl_engine.evaluation.tally import Part, ScoredReading, Tally, tallies
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.windows import Window

_TOKENS_AT_ONCE: Final = 2**15
"""So many tokens of texts are read ahead, so that those of like length can be read together."""

_WINDOWS_AT_ONCE: Final = 256
"""So many windows of one text are handed to the scorer, which bounds what it keeps of them."""


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


def score_reading(
    reading: Reading, scorer: Scorer, on_progress: Callable[[int], None] = lambda _: None
) -> ScoredReading:
    """Return a number for each token of a text."""
    (scored,) = _score([reading], scorer, on_progress)
    return scored


def _by_itself(
    texts: Iterable[EvaluatedText],
    convention: Convention,
    scorer: Scorer,
    on_progress: Callable[[int], None],
) -> Iterator[Evaluated | Refused]:
    ahead: list[tuple[EvaluatedText, Reading | Refused]] = []
    n_tokens = 0
    for text in texts:
        try:
            reading: Reading | Refused = convention.reading(text, scorer)
            n_tokens += len(reading.encoding.ids)
        except ConventionError as error:
            reading = Refused(text.name, str(error))
        ahead.append((text, reading))
        if n_tokens >= _TOKENS_AT_ONCE:
            yield from _finished(ahead, scorer, on_progress)
            ahead, n_tokens = [], 0
    yield from _finished(ahead, scorer, on_progress)


def _finished(
    ahead: Sequence[tuple[EvaluatedText, Reading | Refused]],
    scorer: Scorer,
    on_progress: Callable[[int], None],
) -> Iterator[Evaluated | Refused]:
    readings = [reading for _, reading in ahead if isinstance(reading, Reading)]
    scored = iter(_score(readings, scorer, on_progress))
    for text, reading in ahead:
        if isinstance(reading, Refused):
            yield reading
            continue
        whole = text.prompt + text.text
        part = Part(text.name, len(text.prompt), len(whole))
        (tally,) = tallies(whole, [part], next(scored))
        yield Evaluated(text.name, tally)


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


def _score(
    readings: Sequence[Reading], scorer: Scorer, on_progress: Callable[[int], None]
) -> list[ScoredReading]:
    """Score the windows of several texts together."""
    found = [_blank(reading) for reading in readings]
    places = [(scored, number) for scored in found for number in range(len(scored.reading.windows))]
    for start in range(0, len(places), _WINDOWS_AT_ONCE):
        group = places[start : start + _WINDOWS_AT_ONCE]
        wanted: list[Window] = [scored.reading.windows[n].window for scored, n in group]
        for batch in scorer.score_windows(wanted):
            for position, scores in batch:
                scored, number = group[position]
                placed = scored.reading.windows[number]
                tokens = slice(placed.first_target, placed.first_target + len(scores.logprob))
                scored.logprob[tokens] = scores.logprob
                scored.rank[tokens] = scores.rank
                scored.weight[tokens] = placed.weight
                scored.window[tokens] = number
            on_progress(sum(len(scores.logprob) for _, scores in batch))
    return found


def _blank(reading: Reading) -> ScoredReading:
    n = len(reading.encoding.ids)
    return ScoredReading(
        reading=reading,
        logprob=np.full(n, np.nan, dtype=np.float32),
        rank=np.zeros(n, dtype=np.int64),
        weight=np.zeros(n, dtype=np.float32),
        window=np.full(n, -1, dtype=np.int64),
    )
