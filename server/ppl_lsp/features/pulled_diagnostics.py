"""Diagnostics for clients that ask for them: of a document, and of all that is not open."""

from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

from lsprotocol import types
from lsprotocol.types import LSPErrorCodes
from pygls.exceptions import JsonRpcException

from ppl_lsp.publishing.report import Had, Report
from ppl_lsp.session import Session

DOCUMENT_WAIT_S: Final = 30.0
"""Then the client is asked to ask again: a model may take minutes to load."""

BATCH: Final = 100
"""Reports in one message."""

OPTIONS: Final = types.DiagnosticOptions(
    inter_file_dependencies=False, workspace_diagnostics=True, identifier="ppl"
)

Send: TypeAlias = Callable[[types.ProgressParams], None]
DocumentReport: TypeAlias = (
    types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport
)
WorkspaceItem: TypeAlias = (
    types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport
)


def is_pulling(capabilities: types.ClientCapabilities) -> bool:
    """Whether a client asks for diagnostics, and asks again when it is told to.

    One that can not be told would show what was so when it last asked; it is better pushed to.
    """
    document, workspace = capabilities.text_document, capabilities.workspace
    refreshing = workspace and workspace.diagnostics
    return bool(document and document.diagnostic and refreshing and refreshing.refresh_support)


def has_links(capabilities: types.ClientCapabilities) -> bool:
    """Whether a client knows of links from the code of a diagnostic to what is said about it."""
    document = capabilities.text_document
    # Said of those that are pushed, and also true of those that are asked for.
    published = document and document.publish_diagnostics
    return bool(published and published.code_description_support)


async def document_diagnostic(
    session: Session,
    params: types.DocumentDiagnosticParams,
    *,
    wait_s: float = DOCUMENT_WAIT_S,
) -> DocumentReport:
    """Answer with what is shown of the newest version.

    While that is not known, a client that has an older report keeps it and is told when to ask
    again; one that has none waits for the first.
    """
    uri, had = params.text_document.uri, params.previous_result_id
    reports = session.reports
    document = session.documents.get(uri)
    if document is not None:
        given = reports.given(uri)
        if given is not None and given == had and reports.known(uri, document) is None:
            return types.RelatedUnchangedDocumentDiagnosticReport(given)
        reports.expect(uri)
    report, is_superseded = await reports.newest(
        uri, lambda: session.documents.get(uri), timeout_s=wait_s
    )
    if report is None:
        _refuse(retrigger=not is_superseded)
    reports.give(report)
    if report.version is None:
        reports.give_closed(uri)
    if report.result_id == had:
        return types.RelatedUnchangedDocumentDiagnosticReport(report.result_id)
    return types.RelatedFullDocumentDiagnosticReport(list(report.items), result_id=report.result_id)


async def workspace_diagnostic(
    session: Session, send: Send, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """Answer with what is known of files that nobody has open, as soon as any of it is new.

    With a token it is sent as it becomes known. Clients ask again after every answer, so that
    none comes while nothing changes.
    """
    had, token = Had(params.previous_result_ids), params.partial_result_token
    reports = session.reports
    new = await reports.changed(had, lambda: False)
    if token is None:
        return types.WorkspaceDiagnosticReport(
            [_workspace_item(one, had) for one in reports.unopened(had)]
        )
    while new:
        for first in range(0, len(new), BATCH):
            batch = [_workspace_item(one, had) for one in new[first : first + BATCH]]
            part = types.WorkspaceDiagnosticReportPartialResult(batch)
            send(types.ProgressParams(token, part))
        for one in new:
            had.add(one)
        new = await reports.changed(had, lambda: not session.survey.is_busy)
    return types.WorkspaceDiagnosticReport([])


def _workspace_item(report: Report, had: Had) -> WorkspaceItem:
    if had.has(report):
        return types.WorkspaceUnchangedDocumentDiagnosticReport(report.uri, report.result_id)
    return types.WorkspaceFullDocumentDiagnosticReport(
        report.uri, list(report.items), result_id=report.result_id
    )


def _refuse(*, retrigger: bool) -> NoReturn:
    raise JsonRpcException(
        "Nothing is known of the document yet" if retrigger else "It was asked for again",
        code=LSPErrorCodes.ServerCancelled.value,
        data={"retriggerRequest": retrigger},
    )
