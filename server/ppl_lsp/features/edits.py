"""Actions, and changes to documents, in the form that a client understands."""

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import to_lsp
from ppl_lsp.documents import Document


@dataclass(frozen=True, slots=True)
class EditStyle:
    """What a client can do with edits and with actions that hold them."""

    is_versioned: bool = False
    """Whether an edit may say which version it is for; else it could meet another text."""

    has_literals: bool = True
    """Whether an action may be more than the name of a command."""

    has_preferred: bool = True
    """Whether an action may be said to be the one to take."""


def edit_style(capabilities: types.ClientCapabilities) -> EditStyle:
    """Return the style for a client."""
    workspace = capabilities.workspace
    edits = workspace and workspace.workspace_edit
    text_document = capabilities.text_document
    actions = text_document and text_document.code_action
    return EditStyle(
        is_versioned=bool(edits and edits.document_changes),
        has_literals=bool(actions and actions.code_action_literal_support),
        has_preferred=bool(actions and actions.is_preferred_support),
    )


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
