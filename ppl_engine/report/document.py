"""One document: its figures, profile, findings, comparison and the whole text."""

from collections.abc import Iterator
from typing import Final

from ppl_engine.heat import BAND_EDGES_BITS
from ppl_engine.report.comparison import document_comparison
from ppl_engine.report.findings import finding_list
from ppl_engine.report.heat_text import heat_html
from ppl_engine.report.markup import count, decimal, escaped
from ppl_engine.report.profile import profile_html, profile_of, sections
from ppl_engine.report.values import Reported, Row
from ppl_engine.scoring.units import perplexity_band

_N_OPEN: Final = 1
"""The other documents are closed at first."""


def document_html(document: Reported, row: Row, number: int) -> Iterator[str]:
    """Yield the section of a document in pieces; `number` counts documents from 1."""
    anchor, analysis = row.anchor, document.analysis
    path = escaped(document.path)
    is_open = " open" if number <= _N_OPEN else ""
    yield f'<details class="document" id="{anchor}"{is_open}>\n<summary>'
    yield f"<h3><bdi>{path}</bdi></h3> "
    yield f'<span class="facts">{_facts(row)}</span></summary>\n'
    yield '<div class="body">\n'
    headings = sections(analysis)
    profile = profile_of(analysis)
    if profile is not None:
        yield f'<section class="part" aria-label="Profile of {path}"><h4>Profile</h4>'
        yield f"{_reading(row)}\n"
        yield from profile_html(analysis, profile, document.findings, anchor, headings)
        yield "</section>\n"
    yield f'<section class="part side" aria-label="Findings in {path}"><h4>Findings</h4>\n'
    if document.findings:
        yield from finding_list(analysis.text, document.findings, anchor)
    else:
        yield '<p class="hint">Nothing here is worth a second glance.</p>\n'
    if document.n_ignored:
        yield f'<p class="hint">{count(document.n_ignored, "finding")} ignored.</p>\n'
    if document.rescored:
        yield "<h4>Models compared</h4>\n"
        yield from document_comparison(document, anchor)
    yield "</section>\n"
    yield f'<section class="part main" aria-label="Reading {path}"><h4>Text</h4>{legend()}\n'
    yield f'<div class="text" id="{anchor}-text" dir="auto" tabindex="0" role="group" '
    yield f'aria-label="Text of {path}; arrow keys go from word to word">\n'
    places = {one.offset: f"{anchor}-s{idx}" for idx, one in enumerate(headings, start=1)}
    yield from heat_html(analysis.text, analysis.words, document.findings, anchor, places)
    if not analysis.text:
        yield '<p class="hint">This document is empty.</p>'
    yield "</div></section>\n</div>\n</details>\n"


def legend() -> str:
    """Return what the bands mean."""
    edges = (f"{edge:.0f}" for edge in BAND_EDGES_BITS)
    swatches = " ".join(
        f'<span class="h{band}">{edge}+</span>' for band, edge in enumerate(edges, start=1)
    )
    return f'<p class="legend"><span>Bits:</span> {swatches}</p>'


def _facts(row: Row) -> str:
    summary = row.summary
    facts = [count(summary.n_words, "word")]
    if summary.bits_per_byte is not None:
        facts.append(f"{decimal(summary.bits_per_byte, 2)} bits per byte")
    facts.append(count(row.n_findings, "finding"))
    return " · ".join(facts)


def _reading(row: Row) -> str:
    value = row.summary.perplexity
    if value is None:
        return ""
    return f'<p class="hint">Perplexity {value:,.1f}: {perplexity_band(value)}.</p>'
