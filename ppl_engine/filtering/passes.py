"""The two passes of a filter: scores are found and kept in a file, then records are sorted by them.

    score   records ──▶ groups ──model──▶ rows, appended to the file of scores; can be gone on with
    sort    records + rows ──limits──▶ kept, rejected, bad; costs no model

Everything after the first pass depends on the input and the scores alone, so that it may be done
again from its beginning at no great cost. What is written does not appear before it is whole.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np

from ppl_engine.errors import EngineError
from ppl_engine.filtering.histogram import Histogram
from ppl_engine.filtering.items import Item, Source, grouped
from ppl_engine.filtering.limits import Limits, Measure
from ppl_engine.filtering.outputs.sinks import Sink
from ppl_engine.filtering.rows import (
    Rows,
    bits_per_byte,
    bits_per_word,
    is_bad,
    perplexity,
    rows_of,
)
from ppl_engine.filtering.score_file import ScoreFile
from ppl_engine.records import BadRecord
from ppl_engine.scoring.lines import LineScore

SCORE_FIELDS: Mapping[str, type] = {
    "perplexity": float,
    "bits_per_byte": float,
    "bits_per_word": float,
    "log_likelihood": float,
    "n_tokens": int,
}
"""What is added to records that are to carry their scores."""

ScoreGroups = Callable[[Iterable[Sequence[str]]], Iterator[list[LineScore]]]
"""Yields the scores of the texts of each group, in order; may read some groups ahead."""

ScoredGroup = tuple[list[Item], Rows]


class Outputs(Protocol):
    """Where what was sorted goes."""

    @property
    def kept(self) -> Sink | None:
        """Takes what lies within the limits; None where nobody wants it."""
        ...

    @property
    def rejected(self) -> Sink | None:
        """Takes the rest."""
        ...

    @property
    def has_scores(self) -> bool:
        """Whether scores are added to the records."""
        ...

    def bad(self, record: BadRecord) -> None:
        """Take a record that is none."""
        ...


@dataclass(slots=True)
class Tally:
    """What became of the records so far."""

    n_kept: int = 0
    n_rejected: int = 0
    n_unscored: int = 0
    """Kept or rejected, without any token to be scored: empty texts."""

    n_bad: int = 0
    n_tokens: int = 0
    n_bytes: int = 0
    histograms: dict[Measure, Histogram] = field(
        default_factory=lambda: {measure: Histogram() for measure in Measure}
    )

    @property
    def n_records(self) -> int:
        """All of them."""
        return self.n_kept + self.n_rejected + self.n_bad


def score_records(
    source: Source, score: ScoreGroups, file: ScoreFile, told: Callable[[int], None]
) -> None:
    """Append the scores of what is not in the file yet; `told` hears of how many records.

    Raises EngineError, OSError.
    """
    for items, rows in scored(source, score, skip=file.n_rows):
        file.append(rows)
        told(len(items))
    file.sync()


def scored(source: Source, score: ScoreGroups, *, skip: int = 0) -> Iterator[ScoredGroup]:
    """Yield the records of a source in groups with their scores, in order."""
    waiting: deque[list[Item]] = deque()

    def texts() -> Iterator[list[str]]:
        for group in grouped(source.items(skip=skip)):
            waiting.append(group)
            yield [item.text for item in group if item.text is not None]

    for scores in score(texts()):
        group = waiting.popleft()
        found = iter(scores)
        yield group, rows_of([None if item.text is None else next(found) for item in group])


def remembered(source: Source, file: ScoreFile) -> Iterator[ScoredGroup]:
    """Yield the records of a source with the scores that were found before.

    Raises EngineError where they do not belong together, OSError.
    """
    items = source.items()
    for rows in file.chunks():
        group = list(islice(items, len(rows)))
        if not _belong(group, rows):
            raise _changed(file)
        yield group, rows
    if next(items, None) is not None:
        raise _changed(file)


def sort_records(groups: Iterable[ScoredGroup], limits: Limits, outputs: Outputs) -> Tally:
    """Send each record where it belongs, in order. Raises OSError."""
    tally = Tally()
    for items, rows in groups:
        keeps = limits.keeps(rows)
        _count(tally, rows, keeps)
        nothing: list[dict[str, object]] = [{}] * len(rows)
        added = _added(rows) if outputs.has_scores else nothing
        for item, is_kept, more in zip(items, keeps.tolist(), added, strict=True):
            if isinstance(item.record, BadRecord):
                outputs.bad(item.record)
                continue
            sink = outputs.kept if is_kept else outputs.rejected
            if sink is not None:
                sink.write(item.record, more)
    return tally


def _belong(items: Sequence[Item], rows: Rows) -> bool:
    if len(items) != len(rows):
        return False
    n_bytes = [
        -1 if item.text is None else len(item.text.encode("utf-8", errors="surrogatepass"))
        for item in items
    ]
    found = np.where(is_bad(rows), -1, rows["n_bytes"].astype(np.int64))
    return n_bytes == found.tolist()


def _changed(file: ScoreFile) -> EngineError:
    return EngineError(
        f"The input is not what the scores in {file.path} are of: it has changed while it was "
        "read. To score again from the beginning, add --restart."
    )


def _count(tally: Tally, rows: Rows, keeps: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    is_text = ~is_bad(rows)
    tally.n_bad += int((~is_text).sum())
    rows, keeps = rows[is_text], keeps[is_text]
    tally.n_kept += int(keeps.sum())
    tally.n_rejected += int((~keeps).sum())
    tally.n_unscored += int((rows["n_scored"] == 0).sum())
    tally.n_tokens += int(rows["n_tokens"].astype(np.int64).sum())
    tally.n_bytes += int(rows["n_bytes"].astype(np.int64).sum())
    for measure, histogram in tally.histograms.items():
        histogram.add(measure.of(rows), keeps)


def _added(rows: Rows) -> list[dict[str, object]]:
    """Return for each row the fields of `SCORE_FIELDS`; what has no score is None."""
    columns = (perplexity(rows), bits_per_byte(rows), bits_per_word(rows))
    likelihood = np.where(rows["n_scored"] == 0, np.nan, rows["log_likelihood"])
    numbers = [[_number(value) for value in column.tolist()] for column in (*columns, likelihood)]
    n_tokens: list[int] = rows["n_tokens"].tolist()
    return [
        dict(zip(SCORE_FIELDS, values, strict=True))
        for values in zip(*numbers, n_tokens, strict=True)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(f"{value:.9g}")
