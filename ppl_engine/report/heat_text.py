"""A whole text as HTML: every word in the band of its surprisal, findings marked and numbered.

What the elements hold, one after the other, is the text as `markup.shown` shows it, and nothing
else: it can be read without script, and copied. A word carries no numbers itself: its paragraph
lists those of all its words, in tenths of a bit, which takes a third of the space.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.findings.finding import Finding
from ppl_engine.heat import bands
from ppl_engine.report.findings import mark_class
from ppl_engine.report.markup import escaped
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.blocks import paragraphs
from ppl_engine.text.spans import Span

_CHUNK_LENGTH: Final = 3000
"""About how many characters a browser lays out at once, when they come into sight."""


def is_drawn(words: WordScores) -> NDArray[np.bool_]:
    """Tell which words and symbols have an element of their own: words, and symbols with heat."""
    return words.is_word | (bands(words.surprisal_bits) > 0)


def heat_html(
    text: str,
    words: WordScores,
    findings: Sequence[Finding],
    anchor: str,
    places: Mapping[int, str],
) -> Iterator[str]:
    """Yield the text in pieces.

    Findings are disjoint and in the order of the text; the n-th gets the id `anchor-fn`. `places`
    gives ids to paragraphs by the offset at which they begin.
    """
    writer = _Writer(text, _Drawn.of(words), findings, anchor)
    length, chunk = 0, ""
    for paragraph in paragraphs(text):
        chunk += writer.paragraph(paragraph, places.get(paragraph.start))
        length += len(paragraph)
        if length >= _CHUNK_LENGTH:
            yield f"<div>{chunk}</div>\n"
            length, chunk = 0, ""
    if chunk:
        yield f"<div>{chunk}</div>\n"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The words that have an element, as lists of one length."""

    starts: list[int]
    ends: list[int]
    bands: list[int]
    surprisal: list[str]
    entropy: list[str]

    @classmethod
    def of(cls, words: WordScores) -> "_Drawn":
        idx = np.flatnonzero(is_drawn(words))
        return cls(
            starts=words.starts[idx].tolist(),
            ends=words.ends[idx].tolist(),
            bands=bands(words.surprisal_bits[idx]).tolist(),
            surprisal=_tenths(words.surprisal_bits[idx]),
            entropy=_tenths(words.entropy_bits[idx]),
        )


def _tenths(values: NDArray[np.float32]) -> list[str]:
    """Return values in tenths; a dash for those that are unknown."""
    known = np.nan_to_num(values.astype(np.float64) * 10, nan=0.0, posinf=1e9, neginf=-1e9)
    rounded = np.rint(known).astype(np.int64).tolist()
    return [
        "-" if missing else str(value)
        for missing, value in zip(np.isnan(values).tolist(), rounded, strict=True)
    ]


class _Writer:
    """Goes through a text once."""

    def __init__(self, text: str, drawn: _Drawn, findings: Sequence[Finding], anchor: str) -> None:
        self._text = text
        self._drawn = drawn
        self._findings = findings
        self._anchor = anchor
        self._word_idx = 0
        self._finding_idx = 0

    def paragraph(self, paragraph: Span, id_: str | None) -> str:
        """Return the next paragraph."""
        first = self._word_idx
        content = "".join(self._runs(paragraph))
        named = f' id="{id_}"' if id_ else ""
        if first == self._word_idx:
            return f"<p{named}>{content}</p>"
        surprisal = " ".join(self._drawn.surprisal[first : self._word_idx])
        entropy = " ".join(self._drawn.entropy[first : self._word_idx])
        return f'<p{named} data-b="{surprisal}" data-h="{entropy}">{content}</p>'

    def _runs(self, paragraph: Span) -> Iterator[str]:
        """Yield what is in findings, and what is between them."""
        position = paragraph.start
        while self._finding_idx < len(self._findings):
            finding = self._findings[self._finding_idx]
            if paragraph.end <= finding.span.start:
                break
            start, end = finding.span.start, min(finding.span.end, paragraph.end)
            yield from self._words(position, start)
            position = max(position, start)
            number = self._finding_idx + 1
            is_first = paragraph.start <= start
            named = f' id="{self._anchor}-f{number}"' if is_first else ""
            yield f'<mark{named} class="{mark_class(finding)}">'
            yield from self._words(position, end)
            yield "</mark>"
            position = max(position, end)
            if paragraph.end < finding.span.end:
                break
            # The number is drawn by the style sheet: it is no part of the text.
            href = f"#{self._anchor}-n{number}"
            label = f"finding {number}"
            yield f'<a class="ref" href="{href}" data-n="{number}" aria-label="{label}"></a>'
            self._finding_idx += 1
        yield from self._words(position, paragraph.end)

    def _words(self, start: int, end: int) -> Iterator[str]:
        """Yield `text[start:end]`. Of a word that an edge cuts, the first part is the word."""
        drawn, text = self._drawn, self._text
        position = start
        while self._word_idx < len(drawn.starts) and drawn.starts[self._word_idx] < end:
            idx = self._word_idx
            self._word_idx += 1
            word_start = max(position, drawn.starts[idx])
            word_end = max(word_start, min(drawn.ends[idx], end))
            band = f' class="h{drawn.bands[idx]}"' if drawn.bands[idx] else ""
            yield escaped(text[position:word_start])
            yield f"<span{band}>{escaped(text[word_start:word_end])}</span>"
            position = word_end
        yield escaped(text[position:end])
