"""What findings are worth: which errors they hit, which they mend, and which hit nothing.

A finding hits an error when their spans overlap; of a dropped word the two neighbours are the span.
However many findings hit an error, it counts once; a finding that hits none is a false alarm.
Where *strict* is said, all findings count; else only those that are not in the clean copy already,
since what is said of the clean text says nothing of the errors: it is counted by `Alarms`.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.findings.errors import Copy, Error

_BETA: Final = 0.5
_N_RESAMPLES: Final = 1000

Interval: TypeAlias = tuple[float, float, float]
"""A figure and the ends of its 95 % interval; NaN where there is nothing to divide by."""

_Figure: TypeAlias = Callable[[NDArray[np.float64]], float]
"""Makes a figure of sums."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a program says of a place, in code points of the text."""

    start: int
    end: int
    code: str
    severity: str = ""
    suggestions: tuple[str, ...] = ()
    """What could stand instead of the span, the best first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an error."""

    error: Error
    is_hit: bool
    is_hit_strictly: bool
    is_mended: bool
    """Whether the first suggestion of a finding that hits it gives the original text."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over one or more copies."""

    n_errors: int = 0
    n_hit: int = 0
    n_false: int = 0
    n_mended: int = 0
    n_hit_strictly: int = 0
    n_false_strictly: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a copy."""

    verdicts: tuple[Verdict, ...]
    false_alarms: tuple[Found, ...]
    """Those that are not in the clean copy."""

    n_false_strictly: int

    @property
    def counts(self) -> Counts:
        """The sums."""
        return Counts(
            n_errors=len(self.verdicts),
            n_hit=sum(verdict.is_hit for verdict in self.verdicts),
            n_false=len(self.false_alarms),
            n_mended=sum(verdict.is_mended for verdict in self.verdicts),
            n_hit_strictly=sum(verdict.is_hit_strictly for verdict in self.verdicts),
            n_false_strictly=self.n_false_strictly,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What one kind of error comes to for one program."""

    n_errors: int
    precision: Interval
    recall: Interval
    f_half: Interval
    mended: Interval
    """Share of all errors of which the first suggestion gives the original text."""

    precision_strict: Interval
    recall_strict: Interval
    f_half_strict: Interval


@dataclass(slots=True)
class Alarms:
    """Findings in texts as they are."""

    n_words: list[int] = field(default_factory=list)
    """Of prose, for each document."""

    counts: dict[str, list[int]] = field(default_factory=dict)
    """For each severity and code, and for `all`, of each document."""

    def add(self, n_words: int, found: Sequence[Found]) -> None:
        """Count those of a document."""
        names = ["all", *(f"{one.severity} {one.code}".strip() for one in found)]
        for name in {*names, *self.counts}:
            before = self.counts.setdefault(name, [0] * len(self.n_words))
            before.append(len(found) if name == "all" else names.count(name))
        self.n_words.append(n_words)

    def per_1000_words(self) -> dict[str, Interval]:
        """Return for each severity and code the rate."""
        return {
            name: _interval(np.array([counts, self.n_words]), lambda s: 1000 * _ratio(s[0], s[1]))
            for name, counts in sorted(self.counts.items())
        }


def judge(copy: Copy, found: Sequence[Found], found_clean: Sequence[Found]) -> Judgement:
    """Compare findings in a damaged copy with its errors and with findings in the clean text."""
    known = {(one.start, one.end, one.code) for one in found_clean}
    new = [one for one in found if not _is_known(one, copy, known)]
    verdicts = tuple(
        Verdict(
            error,
            any(_hits(one, error) for one in new),
            any(_hits(one, error) for one in found),
            any(_hits(one, error) and _mends(one, error, copy.text) for one in found),
        )
        for error in copy.errors
    )
    false_alarms = tuple(one for one in new if not _hits_any(one, copy))
    n_false_strictly = sum(not _hits_any(one, copy) for one in found)
    return Judgement(verdicts, false_alarms, n_false_strictly)


def figures(counts: Sequence[Counts]) -> Figures:
    """Sum up the counts of documents, and resample documents for the intervals."""
    columns = np.array([astuple(one) for one in counts] or [astuple(Counts())]).T
    return Figures(
        n_errors=int(columns[0].sum()),
        precision=_interval(columns, lambda s: _ratio(s[1], s[1] + s[2])),
        recall=_interval(columns, lambda s: _ratio(s[1], s[0])),
        f_half=_interval(columns, lambda s: _f(s[1], s[2], s[0])),
        mended=_interval(columns, lambda s: _ratio(s[3], s[0])),
        precision_strict=_interval(columns, lambda s: _ratio(s[4], s[4] + s[5])),
        recall_strict=_interval(columns, lambda s: _ratio(s[4], s[0])),
        f_half_strict=_interval(columns, lambda s: _f(s[4], s[5], s[0])),
    )


def _hits(found: Found, error: Error) -> bool:
    return found.start < error.end and error.start < found.end


def _hits_any(found: Found, copy: Copy) -> bool:
    return any(_hits(found, error) for error in copy.errors)


def _mends(found: Found, error: Error, text: str) -> bool:
    """Whether the text with the first suggestion is the text with the original."""
    if not found.suggestions:
        return False
    mended = text[: found.start] + found.suggestions[0] + text[found.end :]
    return mended == text[: error.start] + error.original + text[error.end :]


def _is_known(found: Found, copy: Copy, known: set[tuple[int, int, str]]) -> bool:
    """Whether the same is said of the same place of the clean text."""
    for error in copy.errors:
        start, end = error.core
        if (found.start < end and start < found.end) or found.start < start < found.end:
            return False
    start = copy.clean_offset(found.start)
    return (start, start + found.end - found.start, found.code) in known


def _interval(columns: NDArray[np.int64], figure: _Figure) -> Interval:
    """Return a figure of the sums and its interval; `columns` is (count, document)."""
    n_documents = columns.shape[1]
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, n_documents, size=(_N_RESAMPLES, n_documents))
    sums = columns[:, chosen].sum(axis=2).astype(float)
    resampled = np.array([figure(one) for one in sums.T])
    value = figure(columns.sum(axis=1).astype(float))
    if np.isnan(resampled).all():
        return value, float("nan"), float("nan")
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return value, float(low), float(high)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _f(n_hit: float, n_false: float, n_errors: float) -> float:
    """F with β = ½, in which precision counts twice as much as recall."""
    weight = _BETA**2
    return _ratio((1 + weight) * n_hit, n_hit + n_false + weight * n_errors)
