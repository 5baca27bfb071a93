"""The whole document as a heat map: the custom request `ppl/heatMap`."""

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp, to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.protocol import HeatBand, HeatMap, HeatMapParams, HeatSummary
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis

WAIT_S: Final = 10.0
"""A long document is better asked for again than waited for without a sign of life."""


async def heat_map(session: Session, params: HeatMapParams) -> HeatMap:
    """Wait for the scores of the newest version and answer with its bands."""
    uri = params.text_document.uri
    analysis = await session.analysis(uri, timeout_s=WAIT_S)
    document = session.documents.get(uri)
    if document is None:
        return HeatMap(None, is_scored=False, message="The document is not open.")
    if analysis is None:
        return HeatMap(document.version, is_scored=False, message=session.reason(document))
    return render_heat_map(document, analysis, params.range)


def render_heat_map(
    document: Document, analysis: "Analysis", lsp_range: types.Range | None
) -> HeatMap:
    """Return the words that are not calm, within a range or in all of the document."""
    from ppl_engine.heat import bands  # noqa: PLC0415 - numpy comes with the engine, not before

    lines, words = document.lines, analysis.words
    wanted = from_lsp.span(lines, lsp_range) if lsp_range else Span(0, len(document.text))
    rows = zip(
        words.starts.tolist(),
        words.ends.tolist(),
        bands(words.surprisal_bits).tolist(),
        words.surprisal_bits.tolist(),
        strict=True,
    )
    return HeatMap(
        document.version,
        is_scored=True,
        message="",
        bands=tuple(
            HeatBand(to_lsp.lsp_range(lines, Span(start, end)), band, round(bits, 2))
            for start, end, band, bits in rows
            if band and start < wanted.end and wanted.start < end
        ),
        summary=_summary(analysis),
    )


def _summary(analysis: "Analysis") -> HeatSummary:
    summary = analysis.summary
    return HeatSummary(
        perplexity=summary.perplexity,
        bits_per_word=summary.bits_per_word,
        bits_per_byte=summary.bits_per_byte,
        max_surprisal_bits=summary.max_surprisal_bits,
        top1_accuracy=summary.top1_accuracy,
        n_words=summary.n_words,
        n_tokens=summary.n_tokens,
        n_bytes=summary.n_bytes,
    )
