"""Values of the protocol as our own; the one place besides `to_lsp` that knows both."""

from collections.abc import Sequence

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document, Edit
from ppl_lsp.line_index import LineIndex, LinePosition, PositionEncoding


def opened(item: types.TextDocumentItem, encoding: PositionEncoding) -> Document:
    """Take over a document that the client opened."""
    return Document.of(item.uri, item.language_id, item.version, item.text, encoding=encoding)


def changed(
    document: Document, changes: Sequence[types.TextDocumentContentChangeEvent], version: int
) -> tuple[Document, list[Edit] | None]:
    """Apply edits one after the other: each counts in the text that the one before it left.

    They are returned too; None where the client has sent a whole text.
    """
    at_once = _at_once(document, changes)
    if at_once:
        return document.edited_at_once(at_once).at_version(version), at_once
    edits: list[Edit] = []
    for change in changes:
        edits.append(Edit(_replaced(document, change), change.text))
        document = document.edited(edits[-1])
    has_whole = any(
        not isinstance(change, types.TextDocumentContentChangePartial) for change in changes
    )
    return document.at_version(version), None if has_whole else edits


def offset(lines: LineIndex, position: types.Position) -> int:
    """Return the code-point offset of a position."""
    return lines.offset(_line_position(position))


def span(lines: LineIndex, lsp_range: types.Range) -> Span:
    """Return the code points under a range; a range that runs backwards is empty."""
    start = offset(lines, lsp_range.start)
    return Span(start, max(start, offset(lines, lsp_range.end)))


def position_encoding(capabilities: types.ClientCapabilities) -> PositionEncoding:
    """Return the encoding that is agreed on with such a client."""
    return PositionEncoding(ServerCapabilitiesBuilder.choose_position_encoding(capabilities))


def _at_once(
    document: Document, changes: Sequence[types.TextDocumentContentChangeEvent]
) -> list[Edit] | None:
    """Return the edits in terms of the document as it is; None if that is not possible.

    Editors send what many cursors type, and what is replaced everywhere, from the end of the text
    to its beginning. Up to where the edits before it began, an edit finds the text as it was; so a
    thousand of them need one line table, not a thousand.
    """
    edits: list[Edit] = []
    untouched = LinePosition(document.lines.n_lines, 0)
    for change in changes:
        if not isinstance(change, types.TextDocumentContentChangePartial):
            return None
        edit = Edit(span(document.lines, change.range), change.text)
        # As the client wrote it: a place beyond the end of a line may exist after other edits.
        farthest = max(_line_position(change.range.start), _line_position(change.range.end))
        if untouched < farthest or not document.is_seamless(edit):
            return None
        edits.append(edit)
        untouched = document.lines.position(edit.span.start)
    return edits


def _line_position(position: types.Position) -> LinePosition:
    return LinePosition(position.line, position.character)


def _replaced(document: Document, change: types.TextDocumentContentChangeEvent) -> Span:
    if isinstance(change, types.TextDocumentContentChangePartial):
        return span(document.lines, change.range)
    return Span(0, len(document.text))
