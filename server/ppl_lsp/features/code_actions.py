"""What can be done about a finding: take what reads better, or not be shown it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from lsprotocol import types

from ppl_engine.findings.codes import WORD_CODES
from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.diagnostics import finding_id
from ppl_lsp.features.edits import EditStyle, replacing
from ppl_lsp.features.ignore_commands import IGNORE_CODE, IGNORE_OCCURRENCE, IGNORE_WORD
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.configuration.workspace import Workspace

OPTIONS: Final = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])


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


async def code_action(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """Offer what can be done about the findings that a range touches.

    Nothing is offered while what is shown belongs to an older version.
    """
    only = params.context.only
    if only is not None and not any(_includes(kind) for kind in only):
        return None
    shown = session.showing.shown(session.documents.get(params.text_document.uri))
    if shown is None:
        return None
    document, sifted = shown
    wanted = from_lsp.span(document.lines, params.range)
    workspace = session.guidance.workspace(document.uri)
    sent = {_id(one): one for one in params.context.diagnostics}
    actions: list[types.CodeAction] = []
    for finding in sifted.findings:
        if finding.span.start <= wanted.end and wanted.start <= finding.span.end:
            name = finding_id(document, finding)
            diagnostic = sent.get(name)
            actions += render(
                Place(document, finding, name, diagnostic, workspace, session.edit_style)
            )
    return actions


def render(place: Place) -> Iterator[types.CodeAction]:
    """Yield what can be done about a finding, the likeliest first."""
    yield from _replacements(place)
    is_word = place.finding.code in WORD_CODES and len(place.finding.text.split()) == 1
    if is_word:
        yield from _ignoring_word(place)
    yield from _ignoring_place(place)
    workspace = place.workspace
    if workspace is not None and workspace.words_path is not None:
        code = place.finding.code
        title = f"Ignore “{code}” in this workspace"
        yield _command(place, title, IGNORE_CODE, code)


def _replacements(place: Place) -> Iterator[types.CodeAction]:
    verified = [one for one in place.finding.alternatives if one.gain_bits is not None]
    for idx, alternative in enumerate(verified):
        yield types.CodeAction(
            title=f"Replace with “{alternative.text}” ({alternative.gain_bits:+.1f} bits)",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_diagnostics(place),
            is_preferred=idx == 0 or None,
            edit=replacing(place.document, place.finding.span, alternative.text, place.style),
        )


def _ignoring_word(place: Place) -> Iterator[types.CodeAction]:
    word = place.finding.text
    edit = _words_edit(place, word)
    if edit is not None:
        yield _edit(place, f"Ignore “{word}” in this file", edit)
    if place.workspace is not None and place.workspace.words_path is not None:
        title = f"Ignore “{word}” in this workspace"
        yield _command(place, title, IGNORE_WORD, word, "workspace")
    yield _command(place, f"Ignore “{word}” everywhere", IGNORE_WORD, word, "user")


def _ignoring_place(place: Place) -> Iterator[types.CodeAction]:
    workspace = place.workspace
    if workspace is not None and workspace.baseline_path is not None:
        yield _command(place, "Ignore this occurrence", IGNORE_OCCURRENCE, place.finding_id)
    edit = _next_edit(place)
    if edit is not None:
        yield _edit(place, f"Ignore “{place.finding.code}” in this paragraph", edit)


def _words_edit(place: Place, word: str) -> types.WorkspaceEdit | None:
    """Return the edit that adds a word to those that a document lists; None if it can not."""
    # Brings NumPy along, which is there by now.
    from ppl_engine.ignoring.comments import comment_syntax, comments  # noqa: PLC0415

    document = place.document
    for comment in comments(document.text, document.language):
        parts = comment.content.split()
        if parts[:1] == ["words"] and "--" not in parts:
            at = document.text.index(comment.content, comment.span.start) + len(
                comment.content.rstrip()
            )
            return replacing(document, Span(at, at), f" {word}", place.style)
    ways = comment_syntax(document.language)
    if not ways:
        return None
    text = document.text
    line_end = "" if not text or text.endswith(("\n", "\r")) else "\n"
    added = f"{line_end}\n{ways[0].around(f'ppl: words {word}')}\n"
    return replacing(document, Span(len(text), len(text)), added, place.style)


def _next_edit(place: Place) -> types.WorkspaceEdit | None:
    """Return the edit that puts a comment before a paragraph; None where there are no comments."""
    from ppl_engine.ignoring.comments import comment_syntax  # noqa: PLC0415
    from ppl_engine.text.blocks import paragraph_at  # noqa: PLC0415
    from ppl_engine.text.languages import PROGRAMS, known_language  # noqa: PLC0415

    document, start = place.document, place.finding.span.start
    ways = comment_syntax(document.language)
    if not ways:
        return None
    text = document.text
    is_program = known_language(document.language) in PROGRAMS
    paragraph = None if is_program else paragraph_at(text, start)
    at = paragraph.start if paragraph else start
    line_start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = text[line_start:start]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    comment = ways[0].around(f"ppl: ignore-next {place.finding.code}")
    return replacing(document, Span(line_start, line_start), f"{indent}{comment}\n", place.style)


def _edit(place: Place, title: str, edit: types.WorkspaceEdit) -> types.CodeAction:
    return types.CodeAction(
        title, kind=types.CodeActionKind.QuickFix, diagnostics=_diagnostics(place), edit=edit
    )


def _command(place: Place, title: str, command: str, *arguments: str) -> types.CodeAction:
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=_diagnostics(place),
        command=types.Command(title, command, arguments=[place.document.uri, *arguments]),
    )


def _diagnostics(place: Place) -> list[types.Diagnostic] | None:
    return [place.diagnostic] if place.diagnostic else None


def _includes(kind: types.CodeActionKind | str) -> bool:
    """Whether a kind that is asked for is ours or one above it."""
    asked = str(getattr(kind, "value", kind))
    return asked in {"", types.CodeActionKind.QuickFix.value}


def _id(diagnostic: types.Diagnostic) -> str:
    data: object = diagnostic.data
    found = cast(dict[str, object], data).get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
