"""What a report begins with: totals, a table of all documents, their distribution."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from ppl_engine.findings.codes import CODES
from ppl_engine.report.findings import NAMES
from ppl_engine.report.markup import count, decimal, escaped
from ppl_engine.report.values import About, Row, Total

_MAX_BARS: Final = 24
_LEAST_DOCUMENTS: Final = 6
"""A distribution over fewer says nothing that the table does not."""

_BAR_WIDTH: Final = 10
_HEIGHT: Final = 100.0


def heading(about: About, rows: Sequence[Row]) -> Iterator[str]:
    """Yield the title, the totals and what the report was made with."""
    total = Total.of(rows)
    yield f"<header>\n<h1>{escaped(about.title)}</h1>\n"
    for notice in about.notices:
        yield f'<p class="notice" role="note">{escaped(notice)}</p>\n'
    yield '<dl class="totals">\n'
    yield _figure("Documents", f"{total.n_documents:,}")
    yield _figure("Words", f"{total.n_words:,}")
    yield _figure("Findings", f"{total.n_findings:,}", _by_kind(rows, total))
    yield _figure("Bits per byte", decimal(total.bits_per_byte, 3))
    yield _figure("Perplexity", decimal(total.perplexity, 1), "for each token of this model")
    yield "</dl>\n"
    yield f'<p class="made">{" · ".join(_made(about))}</p>\n</header>\n'


def distribution(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a histogram of bits per byte."""
    known = [row.summary.bits_per_byte for row in rows]
    values = np.array([value for value in known if value is not None])
    if len(values) < _LEAST_DOCUMENTS:
        return
    edges = np.histogram_bin_edges(values, "auto")
    if len(edges) - 1 > _MAX_BARS:
        edges = np.histogram_bin_edges(values, _MAX_BARS)
    numbers, edges = np.histogram(values, edges)
    yield '<section aria-labelledby="distribution"><h2 id="distribution">Distribution</h2>\n'
    yield '<figure class="histogram"><div class="plot">'
    yield f'<span class="top">{count(int(numbers.max()), "document")}</span>'
    width = _BAR_WIDTH * len(numbers)
    yield (
        f'<svg viewBox="0 0 {width} {_HEIGHT:.0f}" preserveAspectRatio="none" role="img" '
        'aria-label="Number of documents by bits per byte">'
    )
    for idx, (number, low, high) in enumerate(
        zip(numbers.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ):
        bar = _HEIGHT * number / float(numbers.max())
        said = f"{low:.2f} to {high:.2f} bits per byte: {count(number, 'document')}"
        yield (
            f'<g><title>{said}</title><rect class="bar" x="{idx * _BAR_WIDTH}" '
            f'y="{_HEIGHT - bar:.1f}" width="{_BAR_WIDTH}" height="{bar:.1f}"/></g>'
        )
    yield "</svg></div>"
    yield f'<p class="axis"><span>{edges[0]:.2f}</span> <span>{edges[-1]:.2f}</span></p>'
    middle = float(np.median(values))
    yield f"<figcaption>Documents by bits per byte; half of them have less than {middle:.2f}."
    yield "</figcaption></figure></section>\n"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of all documents, with a column for each kind of finding there is."""
    codes = [code for code in CODES if any(row.n_by_code[code] for row in rows)]
    yield '<section aria-labelledby="overview"><h2 id="overview">Overview</h2>\n'
    yield '<table class="sortable overview"><thead><tr><th scope="col">Document</th>'
    yield '<th scope="col" class="number">Words</th>'
    yield '<th scope="col" class="number extra">Perplexity</th>'
    yield '<th scope="col" class="number">Bits per byte</th>'
    yield '<th scope="col" class="number">Findings</th>'
    for code in codes:
        yield f'<th scope="col" class="number extra">{NAMES[code][1].capitalize()}</th>'
    yield "</tr></thead><tbody>\n"
    for row in rows:
        yield _row(row, codes)
    yield "</tbody></table></section>\n"


def _row(row: Row, codes: Iterable[str]) -> str:
    summary = row.summary
    cells = [
        _cell(summary.n_words, f"{summary.n_words:,}"),
        _cell(summary.perplexity, decimal(summary.perplexity, 1), "extra"),
        _cell(summary.bits_per_byte, decimal(summary.bits_per_byte, 2)),
        _cell(row.n_findings, f"{row.n_findings:,}"),
        *(_cell(row.n_by_code[code], f"{row.n_by_code[code]:,}", "extra") for code in codes),
    ]
    link = f'<a href="#{row.anchor}"><bdi>{escaped(row.path)}</bdi></a>'
    return f'<tr><th scope="row">{link}</th>{"".join(cells)}</tr>\n'


def _cell(value: float | None, said: str, kind: str = "") -> str:
    sorted_by = -1 if value is None else value
    classes = " ".join(filter(None, ("number", kind, "zero" if value == 0 else "")))
    return f'<td class="{classes}" data-v="{sorted_by}">{said}</td>'


def _figure(name: str, value: str, said: str = "") -> str:
    more = f'<dd class="more">{said}</dd>' if said else ""
    return f"<div><dt>{name}</dt><dd>{value}</dd>{more}</div>\n"


def _by_kind(rows: Sequence[Row], total: Total) -> str:
    parts: list[str] = []
    for code in CODES:
        number = sum(row.n_by_code[code] for row in rows)
        if number:
            parts.append(f"{number:,} {NAMES[code][number != 1]}")
    if total.n_ignored:
        parts.append(f"{total.n_ignored:,} more ignored")
    return ", ".join(parts)


def _made(about: About) -> Iterator[str]:
    model = about.model
    if model is not None:
        yield f"model <bdi>{escaped(model.name)}</bdi> {escaped(model.revision)}"
        yield f"{escaped(model.precision)} on {escaped(model.device)}"
    yield escaped(about.created)
    yield f"ppl {escaped(about.version)}"
