"""A finding at which something can be done, and the shape of what is offered for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from ppl_engine.findings.finding import Finding
from ppl_lsp.documents import Document
from ppl_lsp.features.edits import EditStyle

if TYPE_CHECKING:
    from ppl_engine.configuration.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """A finding of the newest version of a document, with what can be changed about it."""

    document: Document
    finding: Finding
    finding_id: str
    diagnostic: types.Diagnostic | None
    """As the client sent it back."""

    workspace: "Workspace | None"
    style: EditStyle


def edit_action(place: Place, title: str, edit: types.WorkspaceEdit) -> types.CodeAction:
    """Return an action that changes the document."""
    return types.CodeAction(
        title, kind=types.CodeActionKind.QuickFix, diagnostics=diagnostics(place), edit=edit
    )


def command_action(place: Place, title: str, command: str, *arguments: str) -> types.CodeAction:
    """Return an action that runs a command of the server, about the document."""
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=diagnostics(place),
        command=types.Command(title, command, arguments=[place.document.uri, *arguments]),
    )


def diagnostics(place: Place) -> list[types.Diagnostic] | None:
    """Return what an action is an answer to, as the client knows it."""
    return [place.diagnostic] if place.diagnostic else None
