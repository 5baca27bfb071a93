"""The text of a document as the client has it at one version."""

import re
from dataclasses import dataclass, replace
from typing import Final

from ppl_engine.text.spans import Span
from ppl_lsp.line_index import LineIndex, PositionEncoding

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A snapshot: an edit makes another one, so that work in progress keeps its text."""

    uri: str
    language: str
    """The client's language id, such as `markdown`."""

    version: int
    lines: LineIndex

    @classmethod
    def of(
        cls, uri: str, language: str, version: int, text: str, *, encoding: PositionEncoding
    ) -> "Document":
        """Make the first snapshot of a document that was opened."""
        return cls(uri, language, version, LineIndex(_joined(text), encoding))

    @property
    def text(self) -> str:
        """The whole text."""
        return self.lines.text

    def edited(self, span: Span, replacement: str) -> "Document":
        """Return the document with the code points under `span` replaced; the version stays."""
        text = self.text[: span.start] + replacement + self.text[span.end :]
        return replace(self, lines=LineIndex(_joined(text), self.lines.encoding))

    def at_version(self, version: int) -> "Document":
        """Return the same text under the version that the client calls it by."""
        return replace(self, version=version)


def _joined(text: str) -> str:
    """Make one code point of two halves of a surrogate pair that an edit brought together."""
    if not _SURROGATE.search(text):
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "surrogatepass")
