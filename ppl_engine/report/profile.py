"""Surprisal along a document, section by section.

Drawn as a picture that needs no script and prints well; where there is script, it draws the same
numbers again so that they can be looked at closely (`static/report.js`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.analysis import Analysis
from ppl_engine.findings.finding import Finding
from ppl_engine.report.heat_text import is_drawn
from ppl_engine.report.markup import data, escaped
from ppl_engine.text.blocks import Cut, cuts
from ppl_engine.text.languages import known_language
from ppl_engine.text.prose import Prose, prose_of

_N_BINS: Final = 400
_LEAST_RADIUS: Final = 4
_HEIGHT: Final = 100.0
_WIDTH: Final = 1000.0
_LONGEST_TITLE: Final = 80
_WITH_HEADINGS: Final = frozenset({"markdown", "mdx"})
"""The formats in which a heading is a line that begins with number signs."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: where its section begins."""

    offset: int
    title: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Surprisal in bits over bins of words, as arrays with one value a bin."""

    n_words: int
    """Scored words."""

    first_word: NDArray[np.int64]
    """How many scored words stand before the bin."""

    mean: NDArray[np.float64]
    """Of the words around the middle of the bin, more of them in longer documents."""

    highest: NDArray[np.float64]
    highest_idx: NDArray[np.int64]
    """Which word that is, among all words and symbols."""


def sections(analysis: Analysis) -> tuple[Section, ...]:
    """Return the headings of Markdown; a line that only looks like one, as in code, is none."""
    text, known = analysis.text, analysis.groundwork
    if known_language(analysis.language) not in _WITH_HEADINGS:
        return ()
    offsets, kinds = cuts(text)
    places: list[int] = offsets[kinds == Cut.HEADING].tolist()
    if not places:
        return ()
    prose = known.prose if known else prose_of(text, analysis.language)
    found: list[Section] = []
    for offset in places:
        line = _line(text, offset)
        if _touches(prose, offset, offset + len(line)):
            found.append(Section(offset, line.strip().strip("#").strip()[:_LONGEST_TITLE]))
    return tuple(found)


def profile_of(analysis: Analysis) -> Profile | None:
    """Return the profile of a text; None where no word is scored."""
    words = analysis.words
    idx = np.flatnonzero(words.is_word & ~np.isnan(words.logprob))
    if not len(idx):
        return None
    bits = words.surprisal_bits[idx].astype(np.float64)
    edges = np.linspace(0, len(idx), min(len(idx), _N_BINS) + 1).astype(np.int64)
    strongest = np.array([low + int(bits[low:high].argmax()) for low, high in pairwise(edges)])
    return Profile(
        n_words=len(idx),
        first_word=edges[:-1],
        mean=_means_around((edges[:-1] + edges[1:]) // 2, bits),
        highest=bits[strongest],
        highest_idx=idx[strongest],
    )


def profile_html(
    analysis: Analysis,
    profile: Profile,
    findings: Sequence[Finding],
    anchor: str,
    headings: Sequence[Section],
) -> Iterator[str]:
    """Yield the figure; the n-th section leads to the id `anchor-sn`."""
    words = analysis.words
    starts = words.starts[np.flatnonzero(words.is_word & ~np.isnan(words.logprob))]
    at = np.searchsorted(starts, [one.offset for one in headings]).tolist()
    found = np.searchsorted(starts, [one.span.start for one in findings]).tolist()
    top = max(1.0, float(profile.highest.max()))
    yield f'<figure class="profile" data-for="{anchor}">\n<div class="plot">'
    yield f'<span class="top">{top:.0f} bits</span>'
    yield (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" role="group" '
        f'aria-label="Surprisal of words from the beginning to the end, at most {top:.0f} bits">'
    )
    yield from _stripes(at, headings, anchor, profile.n_words)
    yield f'<path class="highest" d="{_spikes(profile, top)}"/>'
    yield f'<path class="mean" d="{_curve(profile, top)}"/></svg>'
    yield '<span class="bottom">0</span></div>\n'
    yield (
        "<figcaption>Surprisal of the words from beginning to end, in bits"
        '<span class="far">: <span class="key mean">mean around each place</span>, '
        '<span class="key highest">highest word</span></span>.'
        '<span class="near"> Drag to look closer, click to go to the word.</span></figcaption>\n'
    )
    drawn_before = np.cumsum(is_drawn(words)) - 1
    values = {
        "words": profile.first_word.tolist(),
        "mean": np.round(profile.mean, 2).tolist(),
        "highest": np.round(profile.highest, 1).tolist(),
        "at": drawn_before[profile.highest_idx].tolist(),
        "sections": [[x, one.title] for x, one in zip(at, headings, strict=True)],
        "findings": found,
        "n": profile.n_words,
    }
    yield f'<script type="application/json">{data(values)}</script></figure>\n'


def _line(text: str, offset: int) -> str:
    ends = [end for end in (text.find("\n", offset), text.find("\r", offset)) if end != -1]
    return text[offset : min(ends, default=len(text))]


def _touches(prose: Prose, start: int, end: int) -> bool:
    idx = int(np.searchsorted(prose.ends, start, side="right"))
    return idx < len(prose.starts) and int(prose.starts[idx]) < end


def _means_around(middles: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    radius = max(_LEAST_RADIUS, len(values) // 80)
    low, high = np.maximum(0, middles - radius), np.minimum(len(values), middles + radius + 1)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return (sums[high] - sums[low]) / (high - low)


def _stripes(
    at: Sequence[int], headings: Sequence[Section], anchor: str, n_words: int
) -> Iterator[str]:
    edges = [*at, n_words]
    for number, (heading, (low, high)) in enumerate(
        zip(headings, pairwise(edges), strict=True), start=1
    ):
        x, width = _WIDTH * low / n_words, _WIDTH * (high - low) / n_words
        parity = "odd" if number % 2 else "even"
        title = escaped(heading.title)
        yield (
            f'<a href="#{anchor}-s{number}"><title>{title}</title><rect '
            f'class="{parity}" x="{x:.1f}" y="0" width="{width:.1f}" height="{_HEIGHT:.0f}"/></a>'
        )


def _spikes(profile: Profile, top: float) -> str:
    return "".join(
        f"M{x:.0f} {_HEIGHT:.0f}V{y:.0f}" for x, y in _points(profile, profile.highest, top)
    )


def _curve(profile: Profile, top: float) -> str:
    points = (f"{x:.0f} {y:.1f}" for x, y in _points(profile, profile.mean, top))
    return "M" + "L".join(points)


def _points(
    profile: Profile, values: NDArray[np.float64], top: float
) -> Iterator[tuple[float, float]]:
    for word, value in zip(profile.first_word.tolist(), values.tolist(), strict=True):
        x = _WIDTH * (word + 0.5) / profile.n_words
        yield x, _HEIGHT * (1.0 - max(0.0, value) / top)
