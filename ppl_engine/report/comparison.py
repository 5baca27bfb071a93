"""A document by several models: bits per byte beside each other, and the words they differ in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.report.heat_text import is_drawn
from ppl_engine.report.markup import decimal, escaped
from ppl_engine.report.values import Reported, Rescored, Row, bits_per_byte
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.summary import Summary
from ppl_engine.scoring.word_scores import WordScores

_N_WORDS: Final = 8
_LEAST_BITS: Final = 3.0
_LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Differing:
    """A word that both models score."""

    idx: int
    """Among the words and symbols of the first model."""

    bits: float
    other_bits: float


def most_differing(
    words: WordScores, others: WordScores, n: int
) -> tuple[list[Differing], list[Differing]]:
    """Return words that surprise the first model more, and such that surprise the other more.

    At most `n` each, the strongest first. Only words that both cut the same way are compared.
    """
    mine, theirs = _shared(words, others)
    bits = words.surprisal_bits[mine].astype(np.float64)
    other_bits = others.surprisal_bits[theirs].astype(np.float64)
    difference = bits - other_bits
    order = np.argsort(-difference, kind="stable")

    def chosen(places: NDArray[np.int64], sign: int) -> list[Differing]:
        return [
            Differing(int(mine[k]), float(bits[k]), float(other_bits[k]))
            for k in places[:n].tolist()
            if sign * difference[k] >= _LEAST_BITS
        ]

    return chosen(order, 1), chosen(order[::-1], -1)


def _shared(words: WordScores, others: WordScores) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices of the words at the same places that both have scored."""
    mine, theirs = (np.flatnonzero(one.is_word & ~np.isnan(one.logprob)) for one in (words, others))
    # Words of one text do not overlap: each begins at a place of its own.
    _, first, second = np.intersect1d(
        words.starts[mine], others.starts[theirs], assume_unique=True, return_indices=True
    )
    mine, theirs = mine[first], theirs[second]
    same = words.ends[mine] == others.ends[theirs]
    return mine[same], theirs[same]


def model_label(model: ModelInfo) -> str:
    """Return a model by its name, and by its precision where two models differ in that alone."""
    name = model.name.rstrip("/").rpartition("/")[2] or model.name
    return f"{name} ({model.precision})"


def document_comparison(document: Reported, anchor: str) -> Iterator[str]:
    """Yield the section of one document."""
    analysis = document.analysis
    summaries = [(analysis.model, analysis.summary)]
    summaries += [(one.model, one.summary) for one in document.rescored]
    yield '<table class="models"><thead><tr><th scope="col">Model</th>'
    yield '<th scope="col" class="number">Bits per byte</th>'
    yield '<th scope="col" class="number">Difference</th></tr></thead><tbody>'
    for model, summary in summaries:
        yield _model_row(model, summary.bits_per_byte, analysis.summary.bits_per_byte)
    yield "</tbody></table>\n"
    for one in document.rescored:
        yield from _differences(document, one, anchor)


def overall_comparison(rows: Sequence[Row], first: ModelInfo | None) -> Iterator[str]:
    """Yield the models over all documents, and each document by all models."""
    others = [model for model, _ in rows[0].rescored] if rows else []
    if not others or first is None:
        return
    models = [first, *others]
    yield '<section aria-labelledby="models"><h2 id="models">Models compared</h2>\n'
    yield '<p class="hint">Bits per byte of the same text; fewer mean that it was expected more. '
    yield "This figure alone compares models that cut texts into different tokens.</p>\n"
    if any(model.bos_policy == "none" for model in models):
        yield '<p class="hint">A model that has no token to begin a text with does not score the '
        yield "first token of a document, which makes its figure a little too good.</p>\n"
    yield '<div class="wide"><table class="sortable"><thead><tr><th scope="col">Document</th>'
    for model in models:
        yield f'<th scope="col" class="number">{escaped(model_label(model))}</th>'
    yield "</tr></thead><tbody>\n"
    for row in rows:
        link = f'<a href="#{row.anchor}"><bdi>{escaped(row.path)}</bdi></a>'
        yield f'<tr><th scope="row">{link}</th>{_cells([row.summary], row.rescored)}</tr>\n'
    yield '</tbody><tfoot><tr><th scope="row">All documents</th>'
    yield _figure(bits_per_byte([row.summary for row in rows]))
    for number in range(len(others)):
        yield _figure(bits_per_byte([row.rescored[number][1] for row in rows]))
    yield "</tr></tfoot></table></div></section>\n"


def _cells(first: Sequence[Summary], rescored: Sequence[tuple[ModelInfo, Summary]]) -> str:
    summaries = [*first, *(summary for _, summary in rescored)]
    return "".join(_figure(summary.bits_per_byte) for summary in summaries)


def _figure(value: float | None) -> str:
    return f'<td class="number" data-v="{-1 if value is None else value}">{decimal(value, 3)}</td>'


def _model_row(model: ModelInfo, value: float | None, first: float | None) -> str:
    difference = "–"
    if value is not None and first is not None and value != first:
        difference = f"{value - first:+.3f}"
    return (
        f'<tr><th scope="row"><bdi>{escaped(model_label(model))}</bdi></th>'
        f'<td class="number">{decimal(value, 3)}</td><td class="number">{difference}</td></tr>'
    )


def _differences(document: Reported, other: Rescored, anchor: str) -> Iterator[str]:
    words = document.analysis.words
    first = escaped(model_label(document.analysis.model))
    second = escaped(model_label(other.model))
    more, less = most_differing(words, other.words, _N_WORDS)
    place = np.cumsum(is_drawn(words)) - 1
    for found, surprised, than in ((more, first, second), (less, second, first)):
        if not found:
            continue
        yield f"<h5>Words that surprise {surprised} more than {than}</h5>\n"
        yield '<ul class="words">'
        for one in found:
            start, end = int(words.starts[one.idx]), int(words.ends[one.idx])
            word = escaped(document.analysis.text[start:end][:_LONGEST_WORD])
            bits = (one.bits, one.other_bits) if found is more else (one.other_bits, one.bits)
            yield (
                f'<li><a href="#{anchor}-text" data-go="{int(place[one.idx])}"><bdi>{word}</bdi>'
                f"</a> <small>{bits[0]:.1f} against {bits[1]:.1f} bits</small></li>"
            )
        yield "</ul>\n"
