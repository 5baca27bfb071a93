"""`surprising-passage`: a stretch of prose far more surprising than the document it stands in.

What is compared are windows of some words within a paragraph: about a sentence, but found as well
where pasted text has no sentences. Each is seen in two ways, both as deviations from the middle of
the windows of the document:

- *bits per byte*, which is high for letters that make no words of the language around;
- *bits per word*, of lower-case words alone and at most so many of each, which is high for words
  of which none follows from those before.

Signs of text decoded in the wrong way count on top. Strong windows that touch are one passage, from
its first surprising word to its last. A window has to stand out from its own document: text that is
foreign or full of names as a whole is calm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ppl_engine.findings.stretches.passage_units import Doubles, JudgedUnits, judged_units
from ppl_engine.findings.stretches.stretch import Mask, Stretch
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.blocks import Cuts
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

CODE: Final = "surprising-passage"
DEFAULT_STRENGTH: Final = 4.2
"""What a passage is shown from, in deviations, with the embedded model."""

FLOOR: Final = 3.0
"""What is weaker is not even a candidate."""

_N_UNITS: Final = 16
"""Words and symbol runs in a window."""

_LEAST_BYTES: Final = 30
_LEAST_WORDS: Final = 6
_BYTES_FOR_WORDS: Final = 60
"""A window this long need not have so many words."""

_MOST_BITS: Final = 12.0
"""What a word counts at most where bits per word are compared: one strange term is no passage."""

_OTHER_UNIT: Final = 0.15
"""What a name, a number or a symbol counts there as a word, with no bits of its own."""

_SHARE_OF_NAME: Final = 0.7
"""How much of its bits a name or number counts by bytes: each surprises in the best of texts."""

_WEIGHT_PER_WORD: Final = 1.65
"""Capped as they are, bits per word never deviate far: a deviation of theirs says more."""

_DEVIATIONS_OF_SIGN: Final = 5.0
"""What each sign of text decoded in the wrong way adds: one is enough."""

_NORMAL_DEVIATIONS: Final = 1.4826
"""Standard deviations to one median absolute deviation of a normal distribution."""

_IMAGINED: Final = np.linspace(-1.5, 1.5, 8)
"""Windows that every document is thought to have besides its own, in deviations."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """The middle of some numbers and how far they usually are from it."""

    middle: float
    deviation: float

    def with_windows(self, values: Doubles) -> "_Scale":
        """Return the scale of these; where they are few, this is a part of it, and its least."""
        # Windows overlap: one in so many holds every word.
        seen = np.concatenate([values[::_N_UNITS], self.middle + self.deviation * _IMAGINED])
        middle = float(np.median(seen))
        deviation = _NORMAL_DEVIATIONS * float(np.median(np.abs(seen - middle)))
        return _Scale(max(middle, self.middle), max(deviation, self.deviation))


# Of documentation, by the embedded model.
_PER_BYTE: Final = _Scale(1.2, 0.4)
_PER_WORD: Final = _Scale(5.0, 1.5)
_BYTE_VARIANCE: Final = 2.0
"""This over n of the variance of the bits per byte of n bytes is chance: the short vary more."""


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows of units `[first, end)`, overlapping and in order, as arrays of one length."""

    first: Ints
    end: Ints

    def totals(self, values: Doubles | Ints | Mask) -> Doubles:
        """Add up what the units in each window have."""
        before = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return before[self.end] - before[self.first]


@dataclass(frozen=True, slots=True)
class _Lens:
    """A way to see how surprising windows are: an amount of bits by what explains it."""

    bits: Doubles
    """Of each unit."""

    explained_by: Doubles
    """Of each unit: bytes, or words."""

    per: Doubles
    """Bits for each of these, of each window."""

    middle: float
    """Of `per`."""

    deviations: Doubles
    """How far each window is from the middle."""

    remark: str
    """Begins the reason where this lens shows the most."""


def passages(
    text: str, tokens: TokenScores, words: WordScores, prose: Prose, cuts: Cuts
) -> list[Stretch]:
    """Return the passages that stand out, in order and disjoint; strengths are in deviations.

    Words that are not scored are left out.
    """
    units = judged_units(text, tokens, words, prose, cuts)
    windows = _windows(units)
    lenses = _per_byte(units, windows), _per_word(units, windows)
    unsigned = np.maximum(lenses[0].deviations, lenses[1].deviations)
    strength = unsigned + _DEVIATIONS_OF_SIGN * windows.totals(units.n_signs)
    found: list[Stretch] = []
    for low, high in _regions(windows, strength >= FLOOR):
        best = low + int(np.argmax(strength[low:high]))
        region = slice(int(windows.first[low]), int(windows.end[high - 1]))
        lens = max(lenses, key=lambda lens: float(lens.deviations[best]))
        kept = _surprising_part(lens, best, region) if unsigned[best] >= FLOOR else region
        kept = _with_signs(units, kept, region)
        span = Span(int(units.starts[kept.start]), int(units.ends[kept.stop - 1]))
        reason = _reason(units, kept, lenses[0].middle, lens.remark)
        found.append(Stretch(CODE, span, float(strength[best]), reason))
    return found


def _windows(units: JudgedUnits) -> _Windows:
    """Return a window from every unit on, or back from the end of its paragraph."""
    at = np.arange(len(units.starts))
    edges = np.flatnonzero(np.diff(units.paragraph, prepend=-1, append=-1))
    lengths = np.diff(edges)
    paragraph_first = np.repeat(edges[:-1], lengths)
    paragraph_end = np.repeat(edges[1:], lengths)
    end = np.minimum(at + _N_UNITS, paragraph_end)
    windows = _Windows(np.maximum(np.minimum(at, end - _N_UNITS), paragraph_first), end)
    n_bytes, n_words = windows.totals(units.n_bytes), windows.totals(units.is_word)
    is_long = (n_bytes >= _LEAST_BYTES) & (n_words >= _LEAST_WORDS)
    is_long |= n_bytes >= _BYTES_FOR_WORDS
    return _Windows(windows.first[is_long], windows.end[is_long])


def _per_byte(units: JudgedUnits, windows: _Windows) -> _Lens:
    n_bytes = windows.totals(units.n_bytes)
    bits = np.where(units.is_name, _SHARE_OF_NAME * units.bits, units.bits)
    per = windows.totals(bits) / n_bytes
    scale = _PER_BYTE.with_windows(per)
    deviations = (per - scale.middle) / np.sqrt(scale.deviation**2 + _BYTE_VARIANCE / n_bytes)
    weights = units.n_bytes.astype(np.float64)
    return _Lens(bits, weights, per, scale.middle, deviations, "Stands out")


def _per_word(units: JudgedUnits, windows: _Windows) -> _Lens:
    bits = np.where(units.is_plain, np.minimum(units.bits, _MOST_BITS), 0.0)
    weights = np.where(units.is_plain, 1.0, _OTHER_UNIT)
    per = windows.totals(bits) / windows.totals(weights)
    scale = _PER_WORD.with_windows(per)
    deviations = _WEIGHT_PER_WORD * (per - scale.middle) / scale.deviation
    return _Lens(bits, weights, per, scale.middle, deviations, "Stands out word after word")


def _regions(windows: _Windows, is_strong: Mask) -> Iterator[tuple[int, int]]:
    """Yield from which to before which window strong ones touch."""
    strong = np.flatnonzero(is_strong)
    if not len(strong):
        return
    is_apart = windows.end[strong[:-1]] < windows.first[strong[1:]]
    edges = np.concatenate([[0], np.flatnonzero(is_apart) + 1, [len(strong)]])
    for low, high in pairwise(edges.tolist()):
        yield int(strong[low]), int(strong[high - 1]) + 1


def _surprising_part(lens: _Lens, best: int, region: slice) -> slice:
    """Return the part of a region that is closer to its strongest window than to the document."""
    between = (lens.middle + float(lens.per[best])) / 2
    beyond = np.append(0.0, np.cumsum(lens.bits[region] - between * lens.explained_by[region]))
    # The stretch of the largest sum ends where the sum is most above the lowest before.
    end = int(np.argmax(beyond[1:] - np.minimum.accumulate(beyond[:-1]))) + 1
    start = int(np.argmin(beyond[:end]))
    return slice(region.start + start, region.start + end)


def _with_signs(units: JudgedUnits, kept: slice, region: slice) -> slice:
    signs = region.start + np.flatnonzero(units.n_signs[region])
    if not len(signs):
        return kept
    return slice(min(kept.start, int(signs[0])), max(kept.stop, int(signs[-1]) + 1))


def _reason(units: JudgedUnits, kept: slice, usual: float, remark: str) -> str:
    n_bytes = int(units.n_bytes[kept].sum())
    n_other_bytes = int(units.n_bytes.sum()) - n_bytes
    bits = float(units.bits[kept].sum())
    if n_other_bytes:
        usual = (float(units.bits.sum()) - bits) / n_other_bytes
    n_signs = int(units.n_signs[kept].sum())
    signs = f"; letters as of text decoded in the wrong way ({n_signs})" if n_signs else ""
    return (
        f"{remark}: {bits / n_bytes:.1f} bits a byte"
        f" where the rest of this document has {usual:.1f}{signs}"
    )
