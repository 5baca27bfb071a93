"""What can be done about a finding: take what reads better, or not be shown it again."""

from collections.abc import Iterable, Iterator
from typing import Final, cast

from lsprotocol import types

from ppl_engine.findings.finding import Alternative, Finding
from ppl_lsp import from_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.diagnostics import finding_id
from ppl_lsp.features.edits import EditStyle, replacing, replacing_all
from ppl_lsp.features.ignore_actions import ignoring
from ppl_lsp.features.place import Place, diagnostics
from ppl_lsp.session import Session

QUICK_FIX: Final = types.CodeActionKind.QuickFix.value
FIX_ALL: Final = "source.fixAll.ppl"

OPTIONS: Final = types.CodeActionOptions(code_action_kinds=[QUICK_FIX, FIX_ALL])

FIX_ALL_WAIT_S: Final = 1.0
"""An editor that saves waits little longer."""


async def code_action(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """Offer what can be done about the findings that a range touches, and about all in the file.

    Nothing is offered while what is shown belongs to an older version; who asks for nothing but to
    fix all, which editors do before they save, waits a moment for the newest.
    """
    uri = params.text_document.uri
    wants_quick, wants_all = (_wants(params.context, ours) for ours in (QUICK_FIX, FIX_ALL))
    if wants_all and not wants_quick:
        await session.analysis(uri, timeout_s=FIX_ALL_WAIT_S)
    shown = session.showing.shown(session.documents.get(uri))
    if shown is None or not (wants_quick or wants_all):
        return None
    document, sifted = shown
    wanted = from_lsp.span(document.lines, params.range)
    workspace = session.guidance.workspace(uri)
    sent = {_id(one): one for one in params.context.diagnostics}
    actions: list[types.CodeAction] = []
    for finding in sifted.findings if wants_quick else ():
        if finding.span.start <= wanted.end and wanted.start <= finding.span.end:
            name = finding_id(document, finding)
            diagnostic = sent.get(name)
            actions += render(
                Place(document, finding, name, diagnostic, workspace, session.edit_style)
            )
    if wants_all and (action := fix_all(document, sifted.findings, session.edit_style)):
        actions.append(action)
    return actions


def render(place: Place) -> Iterator[types.CodeAction]:
    """Yield what can be done about a finding, the likeliest first."""
    yield from _replacements(place)
    yield from ignoring(place)


def fix_all(
    document: Document, findings: Iterable[Finding], style: EditStyle
) -> types.CodeAction | None:
    """Return the action that mends all that is sure; None where nothing is."""
    sure = [one for one in findings if one.is_sure and one.alternatives]
    if not sure:
        return None
    edits = [(one.span, one.alternatives[0].text) for one in sure]
    what = "the one sure mistake" if len(sure) == 1 else f"all {len(sure)} sure mistakes"
    return types.CodeAction(
        f"Fix {what} in this file", kind=FIX_ALL, edit=replacing_all(document, edits, style)
    )


def _replacements(place: Place) -> Iterator[types.CodeAction]:
    verified = [one for one in place.finding.alternatives if one.gain_bits is not None]
    for idx, alternative in enumerate(verified):
        yield types.CodeAction(
            title=_replacement_title(alternative),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=diagnostics(place),
            is_preferred=idx == 0 or None,
            edit=replacing(place.document, place.finding.span, alternative.text, place.style),
        )


def _replacement_title(alternative: Alternative) -> str:
    """Say how much better it reads, if it does.

    Of a small word that stands twice, one is too many whatever the model says.
    """
    gain_bits = alternative.gain_bits or 0.0
    by = f" ({gain_bits:+.1f} bits)" if gain_bits > 0 else ""
    return f"Replace with “{alternative.text}”{by}"


def _wants(context: types.CodeActionContext, ours: str) -> bool:
    return context.only is None or any(_includes(kind, ours) for kind in context.only)


def _includes(asked: types.CodeActionKind | str, ours: str) -> bool:
    """Whether a kind that is asked for is one of ours, or above it."""
    kind = str(getattr(asked, "value", asked))
    return kind in {"", ours} or ours.startswith(f"{kind}.")


def _id(diagnostic: types.Diagnostic) -> str:
    data: object = diagnostic.data
    found = cast(dict[str, object], data).get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
