"""Findings that are longer than a word: what passages and repetitions have in common."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.finding import Finding, Severity
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

Mask = NDArray[np.bool_]
CodePoints = NDArray[np.uint32]

SEVERITY: Final[Severity] = "information"
_MOST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that may be worth a glance as a whole."""

    code: str
    span: Span
    strength: float
    """The larger the stronger, on a scale of its own for each code."""

    reason: str
    """One line that says why, with numbers."""


def stretch_finding(text: str, stretch: Stretch, tokens: TokenScores) -> Finding:
    """Describe a stretch that is strong enough; tokens that are not scored count for nothing."""
    span = stretch.span
    first = int(np.searchsorted(tokens.ends, span.start, side="right"))
    end = int(np.searchsorted(tokens.starts, span.end, side="left"))
    nats = -float(np.nansum(tokens.logprob[first:end], dtype=np.float64))
    return Finding(
        code=stretch.code,
        severity=SEVERITY,
        message=stretch.reason,
        span=span,
        text=shortened(span, text),
        surprisal_bits=nats / NATS_PER_BIT,
        entropy_bits=None,
        rank=None,
        alternatives=(),
    )


def shortened(span: Span, text: str) -> str:
    """Return what stands there on one line, its end left out if it is long."""
    begin = Span(span.start, min(span.end, span.start + 2 * _MOST_SHOWN))
    on_one_line = " ".join(begin.of(text).split())
    if begin == span and len(on_one_line) <= _MOST_SHOWN:
        return on_one_line
    return on_one_line[: _MOST_SHOWN - 1].rstrip() + "…"


def in_prose(words: WordScores, prose: Prose) -> Mask:
    """Return for each word whether `prose.holds` it."""
    # There are fewer stretches of prose than words: they are looked up among the words.
    first = np.searchsorted(words.starts, prose.starts)
    end = np.searchsorted(words.ends, prose.ends, side="right")
    holds_some = first < end
    edges = np.zeros(len(words) + 1, dtype=np.int64)
    edges[first[holds_some]] += 1
    edges[end[holds_some]] -= 1
    return np.cumsum(edges[:-1]) > 0


def code_points(text: str) -> CodePoints:
    """Return the characters of a text as numbers, lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype=np.dtype("<u4"))


def totals_before(counts: Ints | Mask) -> Ints:
    """Return for each index, and the one after the last, the sum of all values before it."""
    totals = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=totals[1:])
    return totals


def groups_of(places: Ints, edges: Ints) -> Ints:
    """Return for each of some ordered places how many of the ordered edges are not after it."""
    # There are fewer edges than places: they are looked up among the places.
    first = np.searchsorted(places, edges)
    return np.cumsum(np.bincount(first, minlength=len(places) + 1)[: len(places)])
