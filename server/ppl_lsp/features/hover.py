"""Every number behind the word under the cursor."""

import asyncio
from collections.abc import Iterable
from typing import Final

from lsprotocol import types

from ppl_engine.errors import EngineError
from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp, to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.hover_text import MARKDOWN, PLAIN, Markup, explanation_text
from ppl_lsp.session import Session

SCORED_WAIT_S: Final = 0.15
"""A hover that says `scoring…` beats one that keeps a person waiting."""

EXPLAINED_WAIT_S: Final = 1.0
"""For the one step the engine may be in the middle of."""


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """Explain the word at a position, or say why that is not possible yet."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = from_lsp.offset(document.lines, params.position)
    if not document.text[max(0, offset - 1) : offset + 1].strip():
        return None
    answer = await _answer(session, document, offset)
    # The client asked about a text that is gone; it will ask again about the new one.
    return answer if session.documents.get(document.uri) is document else None


def preferred_markup(capabilities: types.ClientCapabilities) -> Markup:
    """Return the first format that the client lists and we speak; plain text is always right."""
    text_document = capabilities.text_document
    offered = text_document and text_document.hover and text_document.hover.content_format
    return MARKDOWN if offered and offered[0] == types.MarkupKind.Markdown else PLAIN


def finding_at(span: Span, findings: Iterable[Finding]) -> Finding | None:
    """Return what was found of a word or of a passage that holds a part of it."""
    touching = (one for one in findings if one.span.start < span.end and span.start < one.span.end)
    return next(touching, None)


async def _answer(session: Session, document: Document, offset: int) -> types.Hover | None:
    markup = session.hover_markup
    analysis = await session.analysis(document.uri, timeout_s=SCORED_WAIT_S)
    if analysis is None:
        return _hover(markup, session.reason(document))
    try:
        async with asyncio.timeout(EXPLAINED_WAIT_S):
            explanation = await session.explain(document, analysis, offset)
    except (EngineError, TimeoutError):
        return _hover(markup, session.reason(document))
    if explanation is None:
        return None
    shown = session.showing.shown(document)
    finding = finding_at(explanation.span, shown[1].findings) if shown else None
    is_marked = finding is not None and session.showing.is_marked(document, finding)
    text = explanation_text(explanation, markup, finding, is_marked=is_marked)
    return _hover(markup, text, to_lsp.lsp_range(document.lines, explanation.span))


def _hover(markup: Markup, text: str, lsp_range: types.Range | None = None) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind(markup.kind), text), lsp_range)
