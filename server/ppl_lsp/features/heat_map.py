"""The whole document as a heat map: the custom request `ppl/heatMap`."""

import asyncio
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp, to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.line_index import LineIndex
from ppl_lsp.protocol import HeatBand, HeatMap, HeatMapParams, HeatSummary
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.scoring.word_scores import WordScores

WAIT_S: Final = 10.0
"""A long document is better asked for again than waited for without a sign of life."""

_BATCH: Final = 1000
"""How many words are rendered before others get their turn."""

HotWord = tuple[int, int, int, float]
"""Where a word starts and ends, its band, and its surprisal in bits."""


async def heat_map(session: Session, params: HeatMapParams) -> HeatMap:
    """Wait for the scores of the newest version, or of its range, and answer with its bands."""
    uri, wanted_range = params.text_document.uri, params.range

    def is_enough(document: Document, partial: "Analysis") -> bool:
        return is_scored(partial, _span(document, wanted_range))

    document = session.documents.get(uri)
    if document and wanted_range:
        session.look(document, from_lsp.span(document.lines, wanted_range))
    analysis = await session.analysis(uri, timeout_s=WAIT_S, is_enough=is_enough)
    document = session.documents.get(uri)
    if document is None:
        return HeatMap(None, is_scored=False, message="The document is not open.")
    if analysis is None:
        return HeatMap(document.version, is_scored=False, message=session.reason(document))
    lines = document.lines
    wanted = _span(document, wanted_range)
    summary = render_summary(analysis) if is_scored(analysis, _span(document, None)) else None
    hot = hot_words(analysis, wanted)
    bands: list[HeatBand] = []
    for first in range(0, len(hot), _BATCH):
        bands += (heat_band(lines, word) for word in hot[first : first + _BATCH])
        await asyncio.sleep(0)
    return HeatMap(
        document.version,
        is_scored=True,
        message="",
        bands=tuple(bands),
        summary=summary,
    )


def hot_words(analysis: "Analysis", wanted: Span) -> list[HotWord]:
    """Return the words that are not calm and touch a span."""
    import numpy as np  # noqa: PLC0415 - comes with the engine, not before

    from ppl_engine.heat import bands  # noqa: PLC0415

    words = analysis.words
    first, last = _touched(words, wanted)
    bits = words.surprisal_bits[first:last]
    band = bands(bits)
    (hot,) = np.nonzero(band)
    return list(
        zip(
            words.starts[first:last][hot].tolist(),
            words.ends[first:last][hot].tolist(),
            band[hot].tolist(),
            bits[hot].tolist(),
            strict=True,
        )
    )


def is_scored(analysis: "Analysis", wanted: Span) -> bool:
    """Whether every word that touches a span has its scores, but for what none precedes."""
    import numpy as np  # noqa: PLC0415 - comes with the engine, not before

    words = analysis.words
    first, last = _touched(words, wanted)
    is_open = np.isnan(words.logprob[first:last]) & (words.first_token[first:last] > 0)
    return not is_open.any()


def _span(document: Document, wanted_range: types.Range | None) -> Span:
    if wanted_range is None:
        return Span(0, len(document.text))
    return from_lsp.span(document.lines, wanted_range)


def _touched(words: "WordScores", wanted: Span) -> tuple[int, int]:
    """Return the words that touch a span, as a half-open range of indices."""
    import numpy as np  # noqa: PLC0415 - comes with the engine, not before

    first = int(np.searchsorted(words.ends, wanted.start, side="right"))
    return first, int(np.searchsorted(words.starts, wanted.end))


def heat_band(lines: LineIndex, word: HotWord) -> HeatBand:
    """Return how a word is drawn."""
    start, end, band, bits = word
    return HeatBand(to_lsp.lsp_range(lines, Span(start, end)), band, round(bits, 2))


def render_summary(analysis: "Analysis") -> HeatSummary:
    """Return the figures of a whole document."""
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
