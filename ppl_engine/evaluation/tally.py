"""What texts come to: sums that can be added, and the figures that follow from them."""

import re
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np

from ppl_engine.evaluation.conventions import Reading
from ppl_engine.evaluation.standard_errors import Ratio
from ppl_engine.scoring.scores import Floats, Ints
from ppl_engine.scoring.units import NATS_PER_BIT, perplexity

_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Peak:
    """The token that surprised most, with its place."""

    surprisal_bits: float
    name: str
    """Of the text."""

    offset: int
    """Of a code point in it."""

    token: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over the scored tokens of texts; bytes, characters and words are those they cover."""

    n_texts: int = 0
    n_tokens: int = 0
    """All that could be scored, whether or not the convention does."""

    n_scored: int = 0
    n_ranked: int = 0
    """Those of which the model says how many tokens were more probable."""

    n_top1: int = 0
    n_bytes: int = 0
    n_characters: int = 0
    n_words: int = 0
    """Runs of what is not white space, as `len(re.split(r"\\s+", text))` counts them."""

    nats: float = 0.0
    """Sum of the surprisals."""

    peak: Peak | None = None
    per_token: Ratio = field(default_factory=Ratio)
    """Nats per token, by the weights of the convention; a cluster is a text."""

    per_token_by_window: Ratio = field(default_factory=Ratio)
    """The same; a cluster is a window."""

    per_byte: Ratio = field(default_factory=Ratio)
    """Nats per byte; a cluster is a text."""

    def plus(self, other: "Tally") -> "Tally":
        """Return the tally of all texts of both."""
        of_tokens = ("n_tokens", "n_scored", "n_ranked", "n_top1")
        counts = ("n_texts", *of_tokens, "n_bytes", "n_characters", "n_words")
        peaks = [peak for peak in (self.peak, other.peak) if peak is not None]
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in counts},
            nats=self.nats + other.nats,
            peak=max(peaks, key=lambda peak: peak.surprisal_bits, default=None),
            per_token=self.per_token.plus(other.per_token),
            per_token_by_window=self.per_token_by_window.plus(other.per_token_by_window),
            per_byte=self.per_byte.plus(other.per_byte),
        )

    @property
    def perplexity(self) -> float | None:
        """The exponential of the mean surprisal per token."""
        mean = self.per_token.value
        return None if mean is None else perplexity(mean)

    @property
    def perplexity_standard_error(self) -> float | None:
        """By the delta method: perplexity times the standard error of the mean."""
        error, value = self._clusters.standard_error, self.perplexity
        return None if error is None or value is None else value * error

    @property
    def clusters(self) -> str:
        """What the standard error of perplexity is over: texts, or the windows of a single one."""
        return "texts" if self._clusters is self.per_token else "windows"

    @property
    def n_clusters(self) -> int:
        """How many of them."""
        return self._clusters.n_clusters

    @property
    def bits_per_byte(self) -> float | None:
        """Bits per UTF-8 byte: comparable between tokenizers."""
        return self._per(self.n_bytes)

    @property
    def bits_per_byte_standard_error(self) -> float | None:
        """Over texts; None for a single one."""
        error = self.per_byte.standard_error
        return None if error is None else error / NATS_PER_BIT

    @property
    def bits_per_character(self) -> float | None:
        """Bits per code point."""
        return self._per(self.n_characters)

    @property
    def byte_perplexity(self) -> float | None:
        """2 to the bits per byte, as lm-evaluation-harness gives it."""
        bits = self.bits_per_byte
        return None if bits is None else perplexity(bits * NATS_PER_BIT)

    @property
    def word_perplexity(self) -> float | None:
        """The exponential of the mean surprisal per word between white space."""
        return perplexity(self.nats / self.n_words) if self.n_words and self.n_scored else None

    @property
    def top1_accuracy(self) -> float | None:
        """The share of scored tokens that were the most expected one."""
        return self.n_top1 / self.n_ranked if self.n_ranked else None

    @property
    def _clusters(self) -> Ratio:
        return self.per_token if self.per_token.n_clusters > 1 else self.per_token_by_window

    def _per(self, n: int) -> float | None:
        return self.nats / NATS_PER_BIT / n if n and self.n_scored else None


@dataclass(frozen=True, slots=True)
class ScoredReading:
    """A text as a convention read it, with a number a token; NaN and 0 where it scored none."""

    reading: Reading
    logprob: Floats
    rank: Ints
    weight: Floats
    window: Ints
    """Which window scored the token."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what was read that is reported by itself."""

    name: str
    start: int
    end: int
    """Code points; up to the start of the next part, so that nothing is left out."""


def tallies(text: str, parts: list[Part], scored: ScoredReading) -> list[Tally]:
    """Return the tally of each part of a text; the first begins where scoring does."""
    counts = _Counts.of(text, parts[0].start, scored)
    edges = [0, *(int(np.searchsorted(counts.starts, part.start)) for part in parts[1:])]
    edges.append(len(counts.starts))
    return [
        counts.tally(text, part, low, high)
        for part, low, high in zip(parts, edges[:-1], edges[1:], strict=True)
    ]


def total(several: list[Tally]) -> Tally:
    """Add up tallies."""
    return reduce(Tally.plus, several, Tally())


@dataclass(frozen=True, slots=True)
class _Counts:
    """What each token covers; bytes and characters that tokens share are those of the first."""

    scored: ScoredReading
    starts: Ints
    n_bytes: Ints
    n_characters: Ints
    n_words: Ints

    @classmethod
    def of(cls, text: str, start: int, scored: ScoredReading) -> "_Counts":
        """Count; tokens that end before `start` cover nothing."""
        encoding = scored.reading.encoding
        ends = np.maximum.accumulate(np.append(start, np.maximum(encoding.ends, start)))
        if len(ends) > 1:
            ends[-1] = max(int(ends[-1]), len(text))
        n_words = np.zeros(len(encoding.ids), dtype=np.int64)
        if len(n_words):
            word_starts = [start, *(m.end() for m in _SPACE.finditer(text, start))]
            holders = np.searchsorted(ends[1:], np.array(word_starts, np.int64), side="right")
            np.add.at(n_words, np.minimum(holders, len(n_words) - 1), 1)
        return cls(scored, ends[:-1], np.diff(_byte_offsets(text)[ends]), np.diff(ends), n_words)

    def tally(self, text: str, part: Part, low: int, high: int) -> Tally:
        """Add up the tokens `[low, high)`."""
        scored, tokens = self.scored, slice(low, high)
        logprob = scored.logprob[tokens].astype(np.float64)
        is_scored = ~np.isnan(logprob)
        nats = -np.where(is_scored, logprob, 0.0)
        weights = np.where(is_scored, scored.weight[tokens], 0.0)
        weighted, n_bytes = nats * weights, int(self.n_bytes[tokens][is_scored].sum())
        first = scored.reading.first_target
        return Tally(
            n_texts=1,
            n_tokens=max(0, high - max(low, first)),
            n_scored=int(is_scored.sum()),
            n_ranked=int((scored.rank[tokens] > 0).sum()),
            n_top1=int((scored.rank[tokens] == 1).sum()),
            n_bytes=n_bytes,
            n_characters=int(self.n_characters[tokens][is_scored].sum()),
            n_words=int(self.n_words[tokens][is_scored].sum()),
            nats=float(nats.sum()),
            peak=self._peak(text, part, low, nats) if is_scored.any() else None,
            per_token=Ratio.of(float(weighted.sum()), float(weights.sum())),
            per_token_by_window=_by_window(scored.window[tokens], weighted, weights),
            per_byte=Ratio.of(float(nats.sum()), float(n_bytes)),
        )

    def _peak(self, text: str, part: Part, low: int, nats: np.ndarray) -> Peak:
        idx = low + int(nats.argmax())
        encoding = self.scored.reading.encoding
        start, end = int(encoding.starts[idx]), int(encoding.ends[idx])
        bits = float(nats.max()) / NATS_PER_BIT
        return Peak(bits, part.name, max(0, start - part.start), text[start:end])


def _by_window(window: Ints, weighted: np.ndarray, weights: np.ndarray) -> Ratio:
    """Return the sums with the windows as clusters."""
    if not len(window) or not weights.any():
        return Ratio()
    idx = window - window.min()
    y, x = np.bincount(idx, weighted), np.bincount(idx, weights)
    y, x = y[x > 0], x[x > 0]
    return Ratio(
        len(x), *(float(v) for v in (y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum()))
    )


def _byte_offsets(text: str) -> Ints:
    """Return (characters + 1,): how many UTF-8 bytes precede each code point."""
    points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")
    sizes = 1 + sum((points >= least).astype(np.int64) for least in (0x80, 0x800, 0x10000))
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
