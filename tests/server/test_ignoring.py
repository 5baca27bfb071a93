from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from ppl_engine.findings.finding import Alternative
from ppl_lsp.features.code_actions import code_action, render
from ppl_lsp.features.configuration import initialize
from ppl_lsp.features.edits import EditStyle, edit_style
from ppl_lsp.features.ignore_commands import COMMANDS
from ppl_lsp.features.place import Place
from ppl_lsp.features.synchronization import did_save
from ppl_lsp.features.watching import did_change_watched_files
from ppl_lsp.workspace.guidance import path_of
from tests.ignoring.making import finding_at
from tests.server.fake_editor import Editor, document

VERSIONED = types.ClientCapabilities(
    types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
    types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
            ),
            is_preferred_support=True,
        )
    ),
)


class Project:
    """A folder that an editor has open."""

    def __init__(self, root: Path, editor: Editor) -> None:
        self.root = root
        self.editor = editor
        self.uri = (root / "a.md").as_uri()

    @classmethod
    async def opened(cls, root: Path, *, sent: object = None) -> "Project":
        editor = await Editor.ready(sent)
        folders = [types.WorkspaceFolder(root.as_uri(), "root")]
        params = types.InitializeParams(VERSIONED, workspace_folders=folders)
        await initialize(editor.session, lambda _: None, params)
        return cls(root, editor)

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def names(self) -> list[str]:
        return [path.name for path in self.root.iterdir()]

    async def scored(self, text: str, version: int = 1) -> None:
        await self.editor.scored(text, version, self.uri)

    async def marked(self, n: int) -> None:
        await self.editor.until(lambda: self.editor.published and self.editor.marked() == n)

    def words(self) -> list[str]:
        return [one.message for one in self.editor.published[-1].diagnostics]

    async def actions(self, character: int = 0, only: Any = None) -> dict[str, types.CodeAction]:
        at = types.Position(0, character)
        sent = self.editor.published[-1].diagnostics
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri),
            types.Range(at, at),
            types.CodeActionContext(sent, only=only),
        )
        found = await code_action(self.editor.session, params)
        actions = (one for one in found or [] if isinstance(one, types.CodeAction))
        return {action.title: action for action in actions}

    async def run(self, action: types.CodeAction) -> None:
        assert action.command
        command = COMMANDS[action.command.command]
        await command(self.editor.session, *(action.command.arguments or ()))


def edited(text: str, action: types.CodeAction) -> str:
    """The text after a versioned edit."""
    assert action.edit
    assert action.edit.document_changes
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1
    (edit,) = change.edits
    assert isinstance(edit, types.TextEdit)
    lines = document(text).lines
    first, last = (
        lines.offset(type(lines.position(0))(at.line, at.character))
        for at in (edit.range.start, edit.range.end)
    )
    return text[:first] + edit.new_text + text[last:]


async def test_what_files_and_comments_say_is_not_marked(tmp_path: Path, user_folder: Path) -> None:
    project = await Project.opened(tmp_path)
    (user_folder / "words.txt").write_text("zzmine\n")
    project.write(".ppl/words.txt", "zzours\n")
    project.write("ppl.toml", "severity = {surprising-word = 'warning'}")
    await project.scored("zzmine zzours zznew\n\n<!-- ppl: ignore-next -->\nzzquiet")
    (mark,) = project.editor.published[-1].diagnostics
    assert mark.message.startswith("“zznew”")
    assert mark.severity == types.DiagnosticSeverity.Warning


async def test_a_comment_that_is_not_understood_is_marked(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    await project.scored("a <!-- ppl: of --> b")
    (mark,) = project.editor.published[-1].diagnostics
    assert mark.message == "“ppl: of” is no instruction; did you mean “off”?"
    assert mark.range == types.Range(types.Position(0, 2), types.Position(0, 18))


async def test_excluded_documents_are_scored_but_not_marked(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    project.write("ppl.toml", "exclude = ['a.md']")
    await project.scored("zzword <!-- ppl: of -->")
    assert project.editor.marked() == 0
    assert project.editor.engines[0].analyzed


@pytest.mark.parametrize("notify", ["watch", "save"])
async def test_a_file_that_changes_is_read_again_without_scoring(
    tmp_path: Path, notify: str
) -> None:
    project = await Project.opened(tmp_path)
    await project.scored("zzword")
    assert project.editor.marked() == 1
    project.write(".ppl/words.txt", "zzword")
    if notify == "watch":
        changes = types.DidChangeWatchedFilesParams([])
        await did_change_watched_files(project.editor.session, changes)
    else:
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(project.uri))
        await did_save(project.editor.session, saved)
    await project.marked(0)
    assert project.editor.engines[0].analyzed == ["zzword"]


async def test_thresholds_of_a_workspace_hold_where_the_client_has_the_defaults(
    tmp_path: Path,
) -> None:
    project = await Project.opened(tmp_path)
    project.write("ppl.toml", "[thresholds]\nsurprises-per-1000-words = 0")
    await project.scored("zzword")
    await project.marked(0)
    project.editor.session.configure({"surprisesPer1000Words": 2})
    await project.marked(1)


async def test_what_is_wrong_with_a_file_is_said_once(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    project.write("ppl.toml", "command = 'rm'")
    await project.scored("zzword")
    await project.editor.scored("zzword", uri=(tmp_path / "b.md").as_uri())
    (shown,) = project.editor.shown
    assert shown.startswith(f"{tmp_path / 'ppl.toml'}: command: a workspace can not choose")


async def test_terms_of_the_project_are_learnt_beside(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    project.write("docs/b.md", "# The zzword\n\n`zzword`")
    project.write("src/c.py", "def feed_zzword(): pass")
    await project.scored("zzword zzother")
    await project.marked(1)
    assert project.words()[0].startswith("“zzother”")


async def test_a_workspace_that_is_not_trusted_is_neither_read_nor_changed(
    tmp_path: Path, user_folder: Path
) -> None:
    project = await Project.opened(tmp_path, sent={"workspaceFiles": False})
    project.write("ppl.toml", "ignore = ['surprising-word']")
    await project.scored("zzword")
    assert project.editor.marked() == 1
    actions = await project.actions()
    assert [title for title, action in actions.items() if action.command] == [
        "Ignore “zzword” everywhere"
    ]
    for name, arguments in (("ppl.ignoreWord", ["zzword", "workspace"]),
                            ("ppl.ignoreOccurrence", ["1:0"]),
                            ("ppl.ignoreRule", ["surprising-word"])):  # fmt: skip
        await COMMANDS[name](project.editor.session, project.uri, *arguments)
    assert project.names() == ["ppl.toml"]
    await project.run(actions["Ignore “zzword” everywhere"])
    await project.marked(0)
    assert (user_folder / "words.txt").read_text() == "zzword\n"
    project.editor.session.configure({"workspaceFiles": True})
    await project.editor.until(lambda: len(project.editor.published) > 2)


async def test_the_actions_for_a_finding(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    await project.scored("a zzword b")
    assert list(await project.actions(character=4)) == [
        "Ignore “zzword” in this file",
        "Ignore “zzword” in this workspace",
        "Ignore “zzword” everywhere",
        "Ignore this occurrence",
        "Ignore “surprising-word” in this paragraph",
        "Ignore “surprising-word” in *.md files of this workspace",
        "Ignore “surprising-word” in this workspace",
        "Turn ppl off in this file",
        "Exclude this file in the configuration",
    ]
    assert await project.actions(character=0) == {}
    assert await project.actions(character=4, only=[types.CodeActionKind.Refactor]) == {}
    assert await project.actions(character=4, only=[types.CodeActionKind.QuickFix])
    (mark,) = project.editor.published[-1].diagnostics
    assert all(one.diagnostics == [mark] for one in (await project.actions(4)).values())


async def test_nothing_is_offered_for_an_older_version(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    await project.scored("zzword")
    action = (await project.actions())["Ignore this occurrence"]
    project.editor.session.change(document("b zzword", 2, project.uri))
    assert await project.actions() == {}
    await project.run(action)
    assert not (tmp_path / ".ppl").exists()


@pytest.mark.parametrize(
    ("title", "name", "content"),
    [
        ("Ignore “zzword” in this workspace", ".ppl/words.txt", "zzword\n"),
        ("Ignore “surprising-word” in this workspace", "ppl.toml", "surprising-word"),
        ("Ignore “surprising-word” in *.md files of this workspace", "ppl.toml", '["*.md"]'),
        ("Exclude this file in the configuration", "ppl.toml", '"/a.md"'),
        ("Ignore this occurrence", ".ppl/accepted.json", '"a.md"'),
    ],
)
async def test_an_action_changes_a_file_and_the_mark_goes(
    tmp_path: Path, title: str, name: str, content: str
) -> None:
    project = await Project.opened(tmp_path)
    await project.scored("zzword")
    await project.run((await project.actions())[title])
    await project.marked(0)
    assert content in project.read(name)
    # Edits around it change nothing.
    project.editor.session.close(project.uri)
    await project.scored("# New\n\nzzword\n\nCalm.", 2)
    await project.marked(0)


async def test_a_file_that_can_not_be_changed_is_said(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    project.write(".ppl", "")
    await project.scored("zzword")
    await project.run((await project.actions())["Ignore “zzword” in this workspace"])
    assert "can not be written" in project.editor.shown[-1]
    assert project.editor.marked() == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a zzword", "a zzword\n\n<!-- ppl: words zzword -->\n"),
        ("a zzword\n", "a zzword\n\n<!-- ppl: words zzword -->\n"),
        ("a zzword\n<!-- ppl: words b -->\n", "a zzword\n<!-- ppl: words b zzword -->\n"),
    ],
)
async def test_a_word_is_added_to_the_file_itself(tmp_path: Path, text: str, expected: str) -> None:
    project = await Project.opened(tmp_path)
    await project.scored(text)
    action = (await project.actions(character=4))["Ignore “zzword” in this file"]
    assert edited(text, action) == expected


async def test_a_kind_is_ignored_in_a_paragraph(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path)
    text = "  𝄞 a\nzzword\n"
    await project.scored(text)
    at = types.Position(1, 1)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(project.uri), types.Range(at, at), types.CodeActionContext([])
    )
    actions = await code_action(project.editor.session, params)
    assert actions
    action = next(one for one in actions if "paragraph" in one.title)
    assert isinstance(action, types.CodeAction)
    assert action.diagnostics is None
    after = edited(text, action)
    assert after == "  <!-- ppl: ignore-next surprising-word -->\n" + text
    project.editor.session.close(project.uri)
    await project.scored(after, 2)
    assert project.editor.marked() == 0


def place(text: str, *alternatives: Alternative, language: str = "markdown") -> Place:
    from dataclasses import replace  # noqa: PLC0415

    found = replace(finding_at(text, 2, 5, "likely-mistake"), alternatives=alternatives)
    snapshot = replace(document(text), language=language)
    return Place(snapshot, found, "1:0", None, None, EditStyle())


def test_only_alternatives_that_were_verified_replace_and_the_best_is_preferred() -> None:
    actions = list(
        render(
            place(
                "a teh b",
                Alternative("the", 0.1, gain_bits=12.04),
                Alternative("he", 0.3),
                Alternative("with", 0.2, gain_bits=13.0),
            )
        )
    )
    assert [(one.title, one.is_preferred) for one in actions[:2]] == [
        ("Replace with “the” (+12.0 bits)", True),
        ("Replace with “with” (+13.0 bits)", None),  # gains more, and is a less likely slip
    ]
    assert not any(one.title.startswith("Replace") for one in actions[2:])
    assert actions[0].edit
    assert actions[0].edit.changes == {
        "file:///a.md": [
            types.TextEdit(types.Range(types.Position(0, 2), types.Position(0, 5)), "the")
        ]
    }


def test_plain_text_has_no_comments_to_be_edited() -> None:
    titles = [one.title for one in render(place("a teh b", language="plaintext"))]
    assert titles == ["Ignore “teh” everywhere"]


@pytest.mark.parametrize(
    ("capabilities", "is_versioned"), [(VERSIONED, True), (types.ClientCapabilities(), False)]
)
def test_edits_are_versioned_where_the_client_can(
    capabilities: types.ClientCapabilities,
    is_versioned: bool,  # noqa: FBT001
) -> None:
    assert edit_style(capabilities).is_versioned is is_versioned


def test_documents_that_are_no_files_have_no_path() -> None:
    assert path_of("untitled:Untitled-1") is None
    assert path_of("file:///a%20b.md") == Path("/a b.md")


async def test_an_untitled_document_goes_by_the_words_of_the_user(
    user_folder: Path,
) -> None:
    (user_folder / "words.txt").write_text("zzmine\n")
    editor = await Editor.ready()
    await editor.scored("zzmine zzword", uri="untitled:Untitled-1")
    assert editor.marked() == 1
