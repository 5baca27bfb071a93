"""Settings of folders, folders that come and go, and notebooks whose cells follow their place."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from ppl_lsp.features import notebooks
from ppl_lsp.features.configuration import (
    did_change_configuration,
    did_change_workspace_folders,
    initialize,
)
from ppl_lsp.settings import Settings
from ppl_lsp.workspace.scopes import Scopes, is_in, scopes
from tests.server.fake_editor import Editor, document

CAN_BE_ASKED = types.ClientCapabilities(types.WorkspaceClientCapabilities(configuration=True))
NOTEBOOK = "file:///one/notes.ipynb"


class Client:
    """Answers for each folder what a test says, else what holds for the window."""

    def __init__(self, window: object = None, **folders: object) -> None:
        self.client_capabilities = CAN_BE_ASKED
        self.answers: dict[str | None, object] = {
            None: window,
            **{f"file:///{name}": answer for name, answer in folders.items()},
        }
        self.asked: list[str | None] = []

    async def workspace_configuration_async(self, params: types.ConfigurationParams) -> Any:
        self.asked = [item.scope_uri for item in params.items]
        return [self.answers.get(uri) for uri in self.asked]

    async def client_register_capability_async(self, params: types.RegistrationParams) -> None:
        raise AssertionError(params)


def folders(*names: str) -> list[types.WorkspaceFolder]:
    return [types.WorkspaceFolder(f"file:///{name}", name) for name in names]


async def opened(client: Client, *names: str) -> Editor:
    """An editor that has folders open, and whose settings the server has asked for."""
    editor = Editor()
    params = types.InitializeParams(CAN_BE_ASKED, workspace_folders=folders(*names))
    await initialize(editor.session, lambda _: None, params)
    await asked(editor, client)
    await editor.until(lambda: editor.session.model)
    return editor


async def asked(editor: Editor, client: Client) -> None:
    params = types.DidChangeConfigurationParams(settings=None)
    await did_change_configuration(editor.session, client, params)


def severity(editor: Editor, uri: str) -> Any:
    (newest,) = [one for one in editor.published if one.uri == uri][-1].diagnostics
    return newest.severity


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("file:///a/x.md", "hint"),
        ("file:///a/b/x.md", "warning"),
        ("file:///ab/x.md", "default"),
        ("untitled:Untitled-1", "default"),
        ("file:///a", "default"),
    ],
)
def test_the_innermost_folder_decides(uri: str, expected: str) -> None:
    found = Scopes(
        Settings(),
        {"file:///a": Settings(severity="hint"), "file:///a/b/": Settings(severity="warning")},
    )
    assert found.of(uri).severity == expected
    assert is_in("file:///a/b", "file:///a/")


def test_a_folder_decides_only_what_is_its_own() -> None:
    sent = {"model": "x", "debounceMs": 7, "enabled": False, "passagesPer1000Words": 1}
    found, complaints = scopes(Settings(), None, {"file:///a": sent})
    assert found.folders["file:///a"] == Settings(enabled=False, passages_per_1000_words=1)
    assert (found.window, complaints) == (Settings(), ())


def test_what_is_wrong_everywhere_is_said_once() -> None:
    _, complaints = scopes(Settings(), {"enabled": 3}, {"file:///a": {"enabled": 3, "odd": 1}})
    assert complaints == (
        "ppl.enabled must be true or false, not 3.",
        "ppl.odd is not a setting.",
    )


async def test_each_folder_is_asked_about_and_decides_on_its_documents() -> None:
    client = Client({"severity": "warning"}, one={"severity": "hint"}, two={"enabled": False})
    editor = await opened(client, "one", "two", "three")
    assert client.asked == [None, "file:///one", "file:///two", "file:///three"]
    await editor.scored("zzword", uri="file:///one/a.md")
    await editor.scored("zzword", uri="file:///three/a.md")
    await editor.scored("zzword", uri="untitled:a")
    await editor.scored("zzword", uri="file:///two/a.md")
    assert severity(editor, "file:///one/a.md") == types.DiagnosticSeverity.Hint
    assert severity(editor, "file:///three/a.md") == types.DiagnosticSeverity.Warning
    assert severity(editor, "untitled:a") == types.DiagnosticSeverity.Warning
    assert editor.marked() == 0
    assert len(editor.engines[0].analyzed) == 3
    assert "off" in editor.session.reason(editor.session.documents["file:///two/a.md"])


async def test_a_change_for_one_folder_touches_no_other() -> None:
    client = Client(None, one=None, two=None)
    editor = await opened(client, "one", "two")
    await editor.scored("zzone", uri="file:///one/a.md")
    await editor.scored("zztwo", uri="file:///two/a.md")
    n = len(editor.published)
    client.answers["file:///one"] = {"severity": "hint"}
    await asked(editor, client)
    assert [one.uri for one in editor.published[n:]] == ["file:///one/a.md"]
    client.answers["file:///one"] = {"surprisesPer1000Words": 0}
    await asked(editor, client)
    await editor.until(lambda: editor.marked() == 0)
    assert editor.engines[0].analyzed == ["zzone", "zztwo", "zzone"]
    client.answers["file:///one"] = {"enabled": False}
    client.answers["file:///two"] = {"enabled": False}
    client.answers[None] = {"enabled": False}
    await asked(editor, client)
    assert editor.statuses[-1].message == "ppl: off"
    client.answers["file:///two"] = {"enabled": True}
    await asked(editor, client)
    await editor.until(lambda: editor.published[-1].diagnostics)
    assert editor.published[-1].uri == "file:///two/a.md"


async def test_folders_that_come_are_asked_about_and_those_that_go_forgotten() -> None:
    client = Client(None, one=None, two={"severity": "hint"})
    editor = await opened(client, "one")
    await editor.scored("zzword", uri="file:///two/a.md")
    assert severity(editor, "file:///two/a.md") == types.DiagnosticSeverity.Information
    event = types.WorkspaceFoldersChangeEvent(added=folders("two"), removed=folders("one"))
    params = types.DidChangeWorkspaceFoldersParams(event)
    await did_change_workspace_folders(editor.session, client, params)
    assert client.asked == [None, "file:///two"]
    assert editor.session.guidance.folders == (Path("/two"),)
    await editor.until(
        lambda: severity(editor, "file:///two/a.md") == types.DiagnosticSeverity.Hint
    )


@pytest.mark.parametrize(
    "uri",
    ["untitled:Untitled-1", "vscode-vfs://github/a/b.md", "git:/a.md?x", "vscode-notebook-cell:/a"],
)
async def test_documents_that_are_no_files_are_scored_by_their_language(uri: str) -> None:
    editor = await Editor.ready()
    editor.session.reports.is_pulled = False
    await editor.scored("a zzword", uri=uri)
    assert editor.marked() == 1
    editor.session.close(uri)
    assert editor.marked() == 0


def cell(name: str, text: str, language: str = "markdown") -> types.TextDocumentItem:
    return types.TextDocumentItem(
        f"vscode-notebook-cell:/one/notes.ipynb#{name}", language, 1, text
    )


def identified(name: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(cell(name, "").uri)


async def change(editor: Editor, **cells: Any) -> None:
    event = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(**cells))
    params = types.DidChangeNotebookDocumentParams(
        types.VersionedNotebookDocumentIdentifier(2, NOTEBOOK), event
    )
    await notebooks.did_change(editor.session, params)


def structure(
    opened: list[types.TextDocumentItem], closed: list[types.TextDocumentIdentifier]
) -> types.NotebookDocumentCellChangeStructure:
    array = types.NotebookCellArrayChange(0, 0)
    return types.NotebookDocumentCellChangeStructure(array, opened, closed)


async def notebook(editor: Editor, *cells: types.TextDocumentItem) -> None:
    described = types.NotebookDocument(NOTEBOOK, "jupyter-notebook", 1, [])
    params = types.DidOpenNotebookDocumentParams(described, list(cells))
    await notebooks.did_open(editor.session, params)


def shown(editor: Editor) -> dict[str, int]:
    newest = {one.uri.partition("#")[2]: len(one.diagnostics) for one in editor.published}
    return {name: n for name, n in newest.items() if n}


async def test_the_markdown_cells_of_a_notebook_are_documents() -> None:
    editor = await opened(Client({"debounceMs": 0}), "one")
    code = cell("c", "zzcode", "python")
    await notebook(editor, cell("a", "zzone"), cell("b", "calm"), code)
    await editor.until(lambda: shown(editor) == {"a": 1})
    edit = types.TextDocumentContentChangeWholeDocument("zztwo zztwo")
    versioned = types.VersionedTextDocumentIdentifier(2, identified("b").uri)
    content = types.NotebookDocumentCellContentChanges(versioned, [edit])
    unknown = types.NotebookDocumentCellContentChanges(
        types.VersionedTextDocumentIdentifier(2, code.uri), [edit]
    )
    await change(editor, text_content=[content, unknown])
    # Of a word that is being written nothing is said for a while.
    await editor.until_in_spite_of_pauses(lambda: shown(editor) == {"a": 1, "b": 2})
    await change(editor, structure=structure([cell("d", "zzfour")], [identified("a")]))
    await editor.until(lambda: shown(editor) == {"b": 2, "d": 1})
    closing = types.DidCloseNotebookDocumentParams(
        types.NotebookDocumentIdentifier(NOTEBOOK), [identified("b"), identified("d")]
    )
    await notebooks.did_close(editor.session, closing)
    assert shown(editor) == {}
    assert editor.session.documents == {}


async def test_changes_of_notebooks_that_are_not_open_or_are_no_text_do_nothing() -> None:
    editor = await opened(Client(), "one")
    versioned = types.VersionedTextDocumentIdentifier(2, identified("a").uri)
    edit = types.NotebookDocumentCellContentChanges(versioned, [])
    await change(editor, text_content=[edit])
    await change(editor, structure=structure([], [identified("a")]))
    params = types.DidChangeNotebookDocumentParams(
        types.VersionedNotebookDocumentIdentifier(2, NOTEBOOK), types.NotebookDocumentChangeEvent()
    )
    await notebooks.did_change(editor.session, params)
    assert editor.session.documents == {}


async def test_settings_and_configuration_of_the_notebook_hold_for_its_cells(
    tmp_path: Path,
) -> None:
    (tmp_path / "ppl.toml").write_text('words = ["zzlisted"]\n')
    editor = await opened(Client(None, one={"severity": "hint"}), "one")
    await notebook(editor, cell("a", "zzone"))
    await editor.until(lambda: shown(editor) == {"a": 1})
    assert severity(editor, identified("a").uri) == types.DiagnosticSeverity.Hint
    place = (tmp_path / "notes.ipynb").as_uri()
    editor.session.open(document("zzone zzlisted", 1, "vscode-notebook-cell:x#z"), place=place)
    await editor.until(lambda: "z" in shown(editor))
    assert shown(editor)["z"] == 1
