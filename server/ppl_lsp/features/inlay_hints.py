"""Perplexity at the end of a paragraph, nowhere else: it would move the text behind it."""

import asyncio
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp, to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.heat_map import WAIT_S, is_scored
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis

LEAST_WORDS: Final = 10
"""Of fewer words, a mean says nothing."""


async def inlay_hint(
    session: Session, params: types.InlayHintParams
) -> list[types.InlayHint] | None:
    """Wait for the scores of the range in the newest version."""
    uri, wanted = params.text_document.uri, params.range

    def is_enough(document: Document, partial: "Analysis") -> bool:
        return is_scored(partial, from_lsp.span(document.lines, wanted))

    with session.refreshing.answering("inlayHint", uri) as taken:
        if not session.settings.inlay_hints:
            return None
        analysis = await session.analysis(uri, timeout_s=WAIT_S, is_enough=is_enough)
        document = session.documents.get(uri)
        if analysis is None or document is None:
            return None
        taken()
        span = from_lsp.span(document.lines, wanted)
        return await asyncio.to_thread(render, document, analysis, span)


def render(document: Document, analysis: "Analysis", wanted: Span) -> list[types.InlayHint]:
    """Return a hint for each paragraph of prose that ends in a span and is scored."""
    import numpy as np  # noqa: PLC0415 - comes with the engine, not before

    from ppl_engine.scoring.summary import summarize_span  # noqa: PLC0415
    from ppl_engine.text.blocks import paragraphs  # noqa: PLC0415
    from ppl_engine.text.prose import prose_of  # noqa: PLC0415

    text, words = document.text, analysis.words
    prose = prose_of(text, document.language)
    stretch = np.searchsorted(prose.starts, words.starts, side="right") - 1
    ends = np.append(prose.ends, 0)  # the last is that of no stretch
    is_prose = words.is_word & (words.ends <= ends[stretch])
    n_prose_words = np.append(0, np.cumsum(is_prose))
    hints: list[types.InlayHint] = []
    for paragraph in paragraphs(text):
        end = paragraph.start + len(paragraph.of(text).rstrip())
        if not wanted.start <= end <= wanted.end:
            continue
        first, last = np.searchsorted(words.starts, [paragraph.start, paragraph.end])
        n_words = int(n_prose_words[last] - n_prose_words[first])
        if n_words < max(LEAST_WORDS, int(words.is_word[first:last].sum()) / 2):
            continue
        if not is_scored(analysis, paragraph):
            continue
        summary = summarize_span(paragraph, text, analysis.tokens, words)
        if summary.perplexity is not None and summary.bits_per_word is not None:
            label = f"{summary.perplexity:,.0f} · {summary.bits_per_word:.1f} bits/word"
            tooltip = "Perplexity and surprisal of this paragraph"
            position = to_lsp.position(document.lines, end)
            hints.append(types.InlayHint(position, label, tooltip=tooltip, padding_left=True))
    return hints
