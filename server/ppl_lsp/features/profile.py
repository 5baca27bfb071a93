"""Surprisal along a document, for a plot, with its sections: the custom request `ppl/profile`."""

import asyncio
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_lsp import to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.heat_map import WAIT_S, render_summary
from ppl_lsp.protocol import Profile, ProfileParams, ProfilePoint, ProfileSection
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.text.outline import Section

MOST_POINTS: Final = 400


async def profile(session: Session, params: ProfileParams) -> Profile:
    """Wait for the scores of the newest version and answer with its profile."""
    uri = params.text_document.uri
    analysis = await session.analysis(uri, timeout_s=WAIT_S)
    document = session.documents.get(uri)
    if document is None:
        return Profile(None, is_scored=False, message="The document is not open.")
    if analysis is None:
        return Profile(document.version, is_scored=False, message=session.reason(document))
    shown = session.showing.shown(document)
    sections = await sections_of(document)
    n_points = MOST_POINTS if params.n_points is None else params.n_points
    return await asyncio.to_thread(
        _render, document, analysis, sections, shown[1].findings if shown else (), n_points
    )


async def sections_of(document: Document) -> "tuple[Section, ...]":
    """Divide a document beside the loop: a grammar reads all of it."""

    def divide() -> "tuple[Section, ...]":
        from ppl_engine.text.outline import sections  # noqa: PLC0415 - imports numpy and grammars

        return sections(document.text, document.language)

    return await asyncio.to_thread(divide)


def _render(
    document: Document,
    analysis: "Analysis",
    sections: "Sequence[Section]",
    findings: Sequence[Finding],
    n_points: int,
) -> Profile:
    return Profile(
        document.version,
        is_scored=True,
        message="",
        points=tuple(render_points(document, analysis, n_points)),
        sections=tuple(render_sections(document, analysis, sections, findings)),
        summary=render_summary(analysis),
    )


def render_points(document: Document, analysis: "Analysis", n_points: int) -> list[ProfilePoint]:
    """Return runs of as many words each, at least one and at most 400."""
    from ppl_engine.scoring import profile as runs  # noqa: PLC0415 - imports numpy

    n_points = min(max(1, n_points), MOST_POINTS)
    found = runs.profile(analysis.tokens, analysis.words, n_points=n_points)
    return [
        ProfilePoint(
            to_lsp.lsp_range(document.lines, Span(start, end)), _known(bits), _known(most), n_words
        )
        for start, end, bits, most, n_words in zip(
            found.starts.tolist(),
            found.ends.tolist(),
            found.bits_per_word.tolist(),
            found.max_surprisal_bits.tolist(),
            found.n_words.tolist(),
            strict=True,
        )
    ]


def render_sections(
    document: Document,
    analysis: "Analysis",
    sections: "Sequence[Section]",
    findings: Sequence[Finding],
) -> list[ProfileSection]:
    """Return what there is to say of each section; what has no title is called by the document."""
    from ppl_engine.scoring.summary import summarize_span  # noqa: PLC0415 - imports numpy

    rendered: list[ProfileSection] = []
    for section in sections:
        summary = summarize_span(section.span, document.text, analysis.tokens, analysis.words)
        rendered.append(
            ProfileSection(
                title=section.title or document_name(document.uri),
                level=section.level,
                range=to_lsp.lsp_range(document.lines, section.span),
                perplexity=summary.perplexity,
                bits_per_word=summary.bits_per_word,
                bits_per_byte=summary.bits_per_byte,
                max_surprisal_bits=summary.max_surprisal_bits,
                n_words=summary.n_words,
                n_findings=sum(one.span.start in section.span for one in findings),
            )
        )
    return rendered


def document_name(uri: str) -> str:
    """Return what a person calls a document: the last part of its address."""
    return unquote(uri.rstrip("/").rpartition("/")[2].rpartition(":")[2]) or uri


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)
