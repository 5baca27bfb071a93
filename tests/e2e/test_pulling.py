"""The server as a process, for an editor that asks for diagnostics as VS Code does."""

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import client_capabilities

from ppl_engine.text.spans import Span
from tests.e2e.editor import URI, Editor


def capabilities() -> types.ClientCapabilities:
    """What VS Code declares, with what the recording of an older one leaves out."""
    able = client_capabilities("visual-studio-code")
    assert able.text_document
    assert able.workspace
    able.text_document.diagnostic = types.DiagnosticClientCapabilities(dynamic_registration=True)
    able.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    able.notebook_document = types.NotebookDocumentClientCapabilities(
        types.NotebookDocumentSyncClientCapabilities()
    )
    return able


async def asked(editor: Editor, previous: str | None = None) -> Any:
    identifier = types.TextDocumentIdentifier(URI)
    params = types.DocumentDiagnosticParams(identifier, "ppl", previous)
    return await editor.client.text_document_diagnostic_async(params)


async def refreshed(editor: Editor, n: int) -> None:
    # Statuses come with every result, and wake whoever waits.
    while editor.client.diagnostic_refresh_count < n:  # noqa: ASYNC110 - the library has no event
        await asyncio.sleep(0.005)


async def test_diagnostics_are_pulled_and_refreshed_and_never_pushed() -> None:
    async with Editor.running(capabilities(), {"debounceMs": 0}) as editor:
        assert editor.result
        offered = editor.result.capabilities
        assert offered.diagnostic_provider == types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=True, identifier="ppl"
        )
        assert offered.notebook_document_sync
        text = "A calm line and a zzword.\n"
        editor.open(text)
        first = await asked(editor)
        assert [one.range for one in first.items] == [editor.range_of(text, "zzword")]
        assert (await asked(editor, first.result_id)).kind == "unchanged"
        text = editor.type(text, Span(0, 1), "zznew", version=2)
        n_refreshes, found = 0, list[types.Range]()
        while editor.range_of(text, "zznew") not in found:  # it is held back while it is typed
            n_refreshes += 1
            await refreshed(editor, n_refreshes)
            found = [one.range for one in (await asked(editor)).items]
        assert found == [editor.range_of(text, "zznew"), editor.range_of(text, "zzword")]
        assert editor.published == []


async def test_a_workspace_is_scored_and_its_files_are_streamed(tmp_path: Path) -> None:
    for name, text in {"a": "zzone", "b": "calm", "c": "zztwo zzthree"}.items():
        (tmp_path / f"{name}.md").write_text(text)
    async with Editor.running(capabilities()) as editor:
        parts: list[Any] = []
        # The library knows of no other progress than that of long work.
        del editor.client.protocol.fm.features[types.PROGRESS]

        @editor.client.feature(types.PROGRESS)  # pyright: ignore[reportUntypedFunctionDecorator]
        def _(params: Any) -> None:
            if params.token == "all":
                parts.append(params)

        folder = types.WorkspaceFolder(tmp_path.as_uri(), "root")
        event = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
        editor.client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(event)
        )
        request = asyncio.ensure_future(
            editor.client.workspace_diagnostic_async(
                types.WorkspaceDiagnosticParams([], partial_result_token="all")
            )
        )
        editor.open("calm")
        await asked(editor)
        await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams("ppl.scoreWorkspace")
        )
        assert list((await request).items) == []
        found = {item["uri"]: len(item["items"]) for part in parts for item in part.value["items"]}
        assert found == {(tmp_path / "a.md").as_uri(): 1, (tmp_path / "c.md").as_uri(): 2}
        assert editor.published == []
