"""The text of a document as the client has it at one version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ppl_engine.text.spans import Span
from ppl_lsp.line_index import LineIndex, PositionEncoding

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Edit:
    """Code points and what takes their place."""

    span: Span
    replacement: str


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

    def edited(self, edit: Edit) -> "Document":
        """Return the document after an edit; the version stays."""
        before, after = self.text[: max(0, edit.span.start - 1)], self.text[edit.span.end + 1 :]
        return self._with(before + _joined(self._seam(edit)) + after)

    def edited_at_once(self, edits: Sequence[Edit]) -> "Document":
        """Return the document after edits from the last to the first; each `is_seamless`."""
        parts: list[str] = []
        end = len(self.text)
        for edit in edits:
            parts += self.text[edit.span.end : end], edit.replacement
            end = edit.span.start
        return self._with("".join([self.text[:end], *reversed(parts)]))

    def is_seamless(self, edit: Edit) -> bool:
        r"""Whether all that precedes an edit keeps its place, whatever comes next to it.

        Not so where halves of a surrogate pair may meet, or a `\r` the `\n` of a longer line end.
        """
        start = edit.span.start
        return not _SURROGATE.search(self._seam(edit)) and self.text[start - 1 : start] != "\r"

    def at_version(self, version: int) -> "Document":
        """Return the same text under the version that the client calls it by."""
        return replace(self, version=version)

    def _seam(self, edit: Edit) -> str:
        """Return the replacement with a neighbor on each side."""
        start, end = edit.span.start, edit.span.end
        return self.text[max(0, start - 1) : start] + edit.replacement + self.text[end : end + 1]

    def _with(self, text: str) -> "Document":
        return replace(self, lines=LineIndex(text, self.lines.encoding))


def _joined(text: str) -> str:
    """Make one code point of two halves of a surrogate pair that an edit brought together."""
    if not _SURROGATE.search(text):
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "surrogatepass")
