"""Changes to documents in the form that a client understands."""

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import to_lsp
from ppl_lsp.documents import Document


@dataclass(frozen=True, slots=True)
class EditStyle:
    """What a client can do with edits."""

    is_versioned: bool = False
    """Whether an edit may say which version it is for; else it could meet another text."""


def edit_style(capabilities: types.ClientCapabilities) -> EditStyle:
    """Return the style for a client."""
    workspace = capabilities.workspace
    edits = workspace and workspace.workspace_edit
    return EditStyle(bool(edits and edits.document_changes))


def replacing(document: Document, span: Span, text: str, style: EditStyle) -> types.WorkspaceEdit:
    """Return the edit that puts a text in the place of a span."""
    return replacing_all(document, [(span, text)], style)


def replacing_all(
    document: Document, replacements: Iterable[tuple[Span, str]], style: EditStyle
) -> types.WorkspaceEdit:
    """Return the edit that puts texts in the place of disjoint spans."""
    edits = [
        types.TextEdit(to_lsp.lsp_range(document.lines, span), text) for span, text in replacements
    ]
    if not style.is_versioned:
        return types.WorkspaceEdit(changes={document.uri: edits})
    target = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(target, [*edits])])
