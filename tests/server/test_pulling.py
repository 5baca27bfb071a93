"""Clients that ask for diagnostics are answered, told when to ask again, and never told more."""

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ppl_lsp.features.pulled_diagnostics import (
    BATCH,
    document_diagnostic,
    is_pulling,
    workspace_diagnostic,
)
from tests.server.fake_editor import URI, Editor, document
from tests.server.fake_engine import GLIMPSE

FILE = "file:///unopened.md"
LONG = f"{GLIMPSE} on\n" + "calm zzword\n" * 3000


async def pulling(sent: object = None) -> Editor:
    editor = await Editor.ready(sent or {"debounceMs": 0})
    editor.session.reports.is_pulled = True
    return editor


def asked(previous: str | None = None, uri: str = URI) -> types.DocumentDiagnosticParams:
    return types.DocumentDiagnosticParams(
        types.TextDocumentIdentifier(uri), previous_result_id=previous
    )


def asked_all(
    previous: dict[str, str] | None = None, token: str | None = None
) -> types.WorkspaceDiagnosticParams:
    had = [types.PreviousResultId(uri, value) for uri, value in (previous or {}).items()]
    return types.WorkspaceDiagnosticParams(had, partial_result_token=token)


def found(uri: str, *messages: str) -> types.PublishDiagnosticsParams:
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 1))
    return types.PublishDiagnosticsParams(
        uri, [types.Diagnostic(nowhere, message) for message in messages]
    )


async def full(editor: Editor, previous: str | None = None) -> tuple[int, str]:
    """Ask for a document, and return how much is marked in it, and the result id."""
    answer = await document_diagnostic(editor.session, asked(previous))
    assert isinstance(answer, types.RelatedFullDocumentDiagnosticReport)
    assert answer.result_id
    return len(answer.items), answer.result_id


async def is_unchanged(editor: Editor, previous: str) -> bool:
    answer = await document_diagnostic(editor.session, asked(previous))
    if answer.kind == "unchanged":
        assert answer.result_id == previous
    return answer.kind == "unchanged"


def silent(params: types.ProgressParams) -> None:
    raise AssertionError(params)


async def settled() -> None:
    """Let everything run that can without anything from outside."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("pull", "refresh", "expected"),
    [(True, True, True), (True, False, False), (True, None, False), (False, True, False)],
)
def test_a_client_that_can_not_be_told_to_ask_again_is_pushed_to(
    *, pull: bool, refresh: bool | None, expected: bool
) -> None:
    workspace = types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh)
    )
    text_document = types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities() if pull else None
    )
    assert is_pulling(types.ClientCapabilities(workspace, text_document)) is expected


async def test_the_first_answer_waits_for_the_result_and_nothing_is_pushed() -> None:
    editor = await pulling()
    editor.session.open(document("a zzword"))
    n, result_id = await full(editor)
    assert n == 1
    assert await is_unchanged(editor, result_id)
    assert editor.published == []
    assert editor.n_refreshed == 0


async def test_a_client_hears_of_a_new_result_and_keeps_the_old_one_until_then() -> None:
    editor = await pulling({"debounceMs": 1})
    editor.session.open(document("a zzword"))
    _, result_id = await full(editor)
    editor.session.change(document("a zzword and zzmore", 2))
    await settled()  # the pause in typing has begun, and does not end by itself
    assert await is_unchanged(editor, result_id)
    for _, over in editor.pauses:
        over.set()
    await editor.until(lambda: editor.n_refreshed)
    n, newer = await full(editor, result_id)
    assert (n, newer != result_id) == (2, True)
    await settled()
    assert editor.n_refreshed == 1
    assert editor.published == []


async def test_nothing_is_refreshed_where_nothing_is_marked_before_and_after() -> None:
    editor = await pulling()
    editor.session.open(document("calm"))
    n, result_id = await full(editor)
    editor.session.change(document("calm words", 2))
    await editor.until(lambda: editor.engines[0].analyzed == ["calm", "calm words"])
    await editor.until(lambda: editor.session.reports.known(URI, document("calm words", 2)))
    await settled()
    assert n == 0
    assert await is_unchanged(editor, result_id)
    assert editor.n_refreshed == 0


async def test_the_visible_part_is_answered_first_and_the_rest_announced() -> None:
    editor = await pulling()
    editor.session.open(document(LONG))
    n, result_id = await full(editor)
    assert 0 < n < 400
    editor.engines[0].release.set()
    await editor.until(lambda: editor.n_refreshed)
    assert (await full(editor, result_id))[0] == 3000


async def test_settings_are_applied_to_what_is_asked_again() -> None:
    editor = await pulling()
    editor.session.open(document("a zzword"))
    _, result_id = await full(editor)
    editor.session.configure({"debounceMs": 0, "severity": "off"})
    await editor.until(lambda: editor.n_refreshed == 1)
    assert (await full(editor, result_id))[0] == 0
    editor.session.configure({"debounceMs": 0, "enabled": False})
    editor.session.open(document("zzother", uri="file:///b.md"))
    answer = await document_diagnostic(editor.session, asked(uri="file:///b.md"))
    assert answer.kind == "full"


async def test_where_nothing_becomes_known_in_time_the_client_is_to_ask_again() -> None:
    editor = await pulling()
    editor.session.open(document("HOLD"))
    with pytest.raises(JsonRpcException) as refusal:
        await document_diagnostic(editor.session, asked(), wait_s=0)
    assert (refusal.value.code, refusal.value.data) == (-32802, {"retriggerRequest": True})


async def test_of_two_requests_for_a_document_the_newer_is_answered() -> None:
    editor = await pulling()
    editor.session.open(document("HOLD zzword"))
    older = asyncio.create_task(document_diagnostic(editor.session, asked()))
    await settled()
    newer = asyncio.create_task(document_diagnostic(editor.session, asked()))
    await settled()
    editor.engines[0].release.set()
    assert (await newer).kind == "full"
    with pytest.raises(JsonRpcException) as refusal:
        await older
    assert refusal.value.data == {"retriggerRequest": False}


async def test_a_request_that_was_cancelled_leaves_nothing_and_the_result_is_announced() -> None:
    editor = await pulling()
    editor.session.open(document("HOLD zzword"))
    request = asyncio.create_task(document_diagnostic(editor.session, asked()))
    await settled()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    editor.engines[0].release.set()
    await editor.until(lambda: editor.n_refreshed)
    assert (await full(editor))[0] == 1


async def test_a_document_that_is_closed_while_it_is_asked_about_has_nothing() -> None:
    editor = await pulling()
    editor.session.open(document("HOLD zzword"))
    request = asyncio.create_task(document_diagnostic(editor.session, asked()))
    await settled()
    editor.session.close(URI)
    answer: Any = await request
    assert (answer.kind, list(answer.items)) == ("full", [])


async def test_an_older_version_is_never_answered() -> None:
    editor = await pulling()
    editor.session.open(document("HOLD zzold"))
    request = asyncio.create_task(document_diagnostic(editor.session, asked()))
    await settled()
    editor.session.change(document("zznew and zzmore", 2))
    editor.engines[0].release.set()
    answer: Any = await request
    assert len(answer.items) == 2


async def test_what_is_not_open_is_sent_as_it_becomes_known() -> None:
    editor = await pulling()
    parts: list[types.ProgressParams] = []
    request = asyncio.create_task(
        workspace_diagnostic(editor.session, parts.append, asked_all(token="t"))
    )
    await settled()
    assert not request.done()
    for k in range(BATCH + 1):
        editor.session.reports.publish(found(f"file:///{k}.md", "odd"))
    assert (await request).items == []
    values: list[Any] = [part.value for part in parts]
    assert [part.token for part in parts] == ["t", "t"]
    assert [len(value.items) for value in values] == [BATCH, 1]
    assert editor.published == []
    assert editor.n_refreshed == 0


async def test_without_a_token_all_comes_at_once_and_what_was_known_is_unchanged() -> None:
    editor = await pulling()
    reports = editor.session.reports
    reports.publish(found(FILE, "odd"))
    reports.publish(found("file:///other%20.md", "odd"))
    first = await workspace_diagnostic(editor.session, silent, asked_all())
    had = {item.uri: item.result_id or "" for item in first.items}
    request = asyncio.create_task(workspace_diagnostic(editor.session, silent, asked_all(had)))
    await settled()
    assert not request.done(), "nothing has changed: clients would ask again and again"
    reports.publish(found(FILE, "odd", "odder"))
    kinds = {item.uri: item.kind for item in (await request).items}
    assert kinds == {FILE: "full", "file:///other%20.md": "unchanged"}
    assert editor.n_refreshed == 0


async def test_what_only_the_client_still_has_is_taken_from_it() -> None:
    editor = await pulling()
    params = asked_all({FILE: "of a server before"})
    (item,) = (await workspace_diagnostic(editor.session, silent, params)).items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert (item.uri, list(item.items)) == (FILE, [])


async def test_a_closed_document_loses_its_marks_each_time() -> None:
    editor = await pulling()
    had: dict[str, str] = {}
    for _ in range(2):
        editor.session.open(document("a zzword"))
        await full(editor)
        editor.session.close(URI)
        (item,) = (await workspace_diagnostic(editor.session, silent, asked_all(had))).items
        assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
        assert (item.uri, list(item.items)) == (URI, [])
        had = {item.uri: item.result_id or ""}


async def test_a_client_that_asks_for_what_is_closed_is_told_of_it_once_more() -> None:
    editor = await pulling()
    editor.session.open(document("a zzword"))
    await full(editor)
    editor.session.close(URI)
    (told,) = (await workspace_diagnostic(editor.session, silent, asked_all())).items
    # VS Code takes no notice of that until it has the answer to this.
    await full(editor)
    had = {told.uri: told.result_id or ""}
    (again,) = (await workspace_diagnostic(editor.session, silent, asked_all(had))).items
    assert isinstance(again, types.WorkspaceFullDocumentDiagnosticReport)
    assert (again.uri, list(again.items)) == (URI, [])
    assert again.result_id != told.result_id


async def test_documents_that_are_open_are_not_among_those_that_are_not() -> None:
    editor = await pulling()
    editor.session.reports.publish(found(URI, "odd"))
    editor.session.reports.publish(found(FILE, "odd"))
    editor.session.open(document("a zzword"))
    answer = await workspace_diagnostic(editor.session, silent, asked_all({URI: "x"}))
    assert [item.uri for item in answer.items] == [FILE]


async def test_a_client_that_spells_a_file_in_its_own_way_is_understood() -> None:
    editor = await pulling()
    editor.session.reports.publish(found("file:///C:/a%20b.md", "odd"))
    (item,) = (await workspace_diagnostic(editor.session, silent, asked_all())).items
    had = {"file:///c%3A/a%20b.md": item.result_id or ""}
    request = asyncio.create_task(workspace_diagnostic(editor.session, silent, asked_all(had)))
    await settled()
    assert not request.done()
    request.cancel()


async def test_what_changes_while_nobody_asks_about_the_workspace_is_announced() -> None:
    editor = await pulling()
    editor.session.reports.publish(found(FILE, "odd"))
    await workspace_diagnostic(editor.session, silent, asked_all())
    await settled()
    assert editor.n_refreshed == 0
    editor.session.reports.publish(found(FILE, "odder"))
    await editor.until(lambda: editor.n_refreshed == 1)


async def test_a_cancelled_request_about_the_workspace_leaves_nothing() -> None:
    editor = await pulling()
    parts: list[types.ProgressParams] = []
    params = asked_all(token="t")
    request = asyncio.create_task(workspace_diagnostic(editor.session, parts.append, params))
    await settled()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    editor.session.reports.publish(found(FILE, "odd"))
    await settled()
    assert parts == []
