"""Values of the protocol as our own; the one place besides `to_lsp` that knows both."""

from collections.abc import Sequence

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document
from ppl_lsp.line_index import LineIndex, LinePosition, PositionEncoding


def opened(item: types.TextDocumentItem, encoding: PositionEncoding) -> Document:
    """Take over a document that the client opened."""
    return Document.of(item.uri, item.language_id, item.version, item.text, encoding=encoding)


def changed(
    document: Document, changes: Sequence[types.TextDocumentContentChangeEvent], version: int
) -> Document:
    """Apply edits one after the other: each counts in the text that the one before it left."""
    for change in changes:
        document = document.edited(_replaced(document, change), change.text)
    return document.at_version(version)


def offset(lines: LineIndex, position: types.Position) -> int:
    """Return the code-point offset of a position."""
    return lines.offset(LinePosition(position.line, position.character))


def span(lines: LineIndex, lsp_range: types.Range) -> Span:
    """Return the code points under a range; a range that runs backwards is empty."""
    start = offset(lines, lsp_range.start)
    return Span(start, max(start, offset(lines, lsp_range.end)))


def position_encoding(capabilities: types.ClientCapabilities) -> PositionEncoding:
    """Return the encoding that is agreed on with such a client."""
    return PositionEncoding(ServerCapabilitiesBuilder.choose_position_encoding(capabilities))


def _replaced(document: Document, change: types.TextDocumentContentChangeEvent) -> Span:
    if isinstance(change, types.TextDocumentContentChangePartial):
        return span(document.lines, change.range)
    return Span(0, len(document.text))
