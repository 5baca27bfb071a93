"""Files of a workspace that nobody has open."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from ppl_lsp.features.configuration import initialize
from ppl_lsp.features.watching import did_change_watched_files, watchers
from ppl_lsp.features.workspace_commands import clear_workspace, score_workspace
from ppl_lsp.workspace.files import wanted_files
from tests.server.fake_editor import Editor, document, when

ABLE = types.ClientCapabilities(window=types.WindowClientCapabilities(work_done_progress=True))
SCORED = {"scoreWorkspace": True, "debounceMs": 0}


class Project:
    """A folder that an editor has open, and what the editor shows of its files."""

    def __init__(self, root: Path, editor: Editor) -> None:
        self.root = root
        self.editor = editor
        self.session = editor.session

    @classmethod
    async def opened(cls, root: Path, sent: object = None, **files: str) -> "Project":
        for name, content in files.items():
            (root / f"{name}.md").write_text(content, encoding="utf-8")
        editor = Editor()
        folders = [types.WorkspaceFolder(root.as_uri(), "root")]
        await initialize(
            editor.session,
            lambda _: None,
            types.InitializeParams(ABLE, workspace_folders=folders),
        )
        editor.session.configure(sent)
        await editor.until(lambda: editor.session.model is not None)
        return cls(root, editor)

    def uri(self, name: str) -> str:
        return (self.root / f"{name}.md").as_uri()

    def marks(self) -> dict[str, int]:
        """How many marks each file has that has any."""
        newest = {params.uri: len(params.diagnostics) for params in self.editor.published}
        names = {uri.rpartition("/")[2].removesuffix(".md"): n for uri, n in newest.items()}
        return {name: n for name, n in names.items() if n}

    async def until(self, **marks: int) -> None:
        await self.editor.until(lambda: self.marks() == marks)
        assert self.marks() == marks

    async def done(self) -> None:
        await when(lambda: not self.session.survey.is_busy)

    async def changed(self, kind: types.FileChangeType, *names: str) -> None:
        events = [types.FileEvent((self.root / name).as_uri(), kind) for name in names]
        await did_change_watched_files(self.session, types.DidChangeWatchedFilesParams(events))

    def values(self) -> list[Any]:
        """What was said of progress on work about files."""
        return [params.value for params in self.editor.progressed]


async def test_all_documents_are_scored_when_they_are_asked_for(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, a="zzone", b="calm", c="zztwo zzthree")
    (tmp_path / "code.py").write_text("# zzcode\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "d.md").write_text("zzskipped")
    await asyncio.sleep(0)
    assert project.marks() == {}
    await score_workspace(project.session)
    await project.done()
    await project.until(a=1, c=2)
    assert project.session.model
    assert all(params.version is None for params in project.editor.published)
    assert project.uri("b") not in {params.uri for params in project.editor.published}
    await clear_workspace(project.session)
    await project.until()


async def test_configuration_and_gitignore_choose_as_in_the_command_line(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("b.md\n")
    (tmp_path / "ppl.toml").write_text('exclude = ["c.md"]\nwords = ["zzlisted"]\n')
    project = await Project.opened(tmp_path, SCORED, a="zzone zzlisted", b="zzb", c="zzc")
    await project.until(a=1)
    await project.done()
    await project.until(a=1)


async def test_progress_is_shown_in_percent_and_ends(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="zz", b="zz", c="zz", d="zz")
    await project.until(a=1, b=1, c=1, d=1)
    await project.editor.until(lambda: "end" in [one.kind for one in project.values()])
    begin, *reports, end = project.values()
    assert (begin.kind, begin.cancellable, begin.percentage) == ("begin", True, 0)
    assert [one.percentage for one in reports] == sorted({one.percentage for one in reports})
    assert end.message == "4 files scored, 4 findings in files that are not open"
    assert len(project.editor.created) == 1


async def test_a_user_can_end_it_and_what_was_found_stays(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="zz", b="HOLD", c="zz")
    await project.until(a=1)
    (token,) = project.editor.created
    project.session.tasks.cancel("nobody's")
    project.session.tasks.cancel(token)
    project.editor.engines[0].release.set()
    await project.done()
    await when(lambda: project.values()[-1].kind == "end")
    assert project.marks() == {"a": 1}
    assert "zz" not in project.editor.engines[0].analyzed[1:]


async def test_an_open_document_goes_before_its_file(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, a="zz", b="zz")
    project.session.open(document("calm", 7, project.uri("a")))
    await score_workspace(project.session)
    await project.done()
    assert project.marks() == {"b": 1}
    assert (project.uri("a"), None) not in project.editor.versions()
    project.session.close(project.uri("a"))
    await project.until(a=1, b=1)


async def test_what_is_opened_while_its_file_is_scored_is_not_overridden(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="HOLD zz")
    await when(project.editor.engines[0].held.is_set)
    project.session.open(document("calm", 1, project.uri("a")))
    project.editor.engines[0].release.set()
    await project.done()
    assert project.marks() == {}


async def test_files_that_change_come_and_go_are_followed(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="zz", b="zz")
    await project.until(a=1, b=1)
    (tmp_path / "a.md").write_text("zz zz")
    await project.changed(types.FileChangeType.Changed, "a.md")
    await project.until(a=2, b=1)
    (tmp_path / "c.md").write_text("zz zz zz")
    await project.changed(types.FileChangeType.Created, "c.md")
    await project.until(a=2, b=1, c=3)
    (tmp_path / "b.md").unlink()
    await project.changed(types.FileChangeType.Deleted, "b.md")
    await project.until(a=2, c=3)
    (tmp_path / "ppl.toml").write_text('ignore = ["surprising-word"]\n')
    await project.changed(types.FileChangeType.Created, "ppl.toml")
    await project.until()


async def test_files_that_change_are_nothing_to_who_did_not_ask(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, a="zz")
    await project.changed(types.FileChangeType.Changed, "a.md")
    await project.changed(types.FileChangeType.Created, "a.md")
    assert not project.session.survey.is_busy


async def test_switching_it_off_takes_the_marks_away(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="zz")
    await project.until(a=1)
    project.session.configure({"scoreWorkspace": False})
    await project.until()


async def test_other_settings_and_models_are_applied(tmp_path: Path) -> None:
    project = await Project.opened(tmp_path, SCORED, a="zz")
    await project.until(a=1)
    project.session.configure({**SCORED, "severity": "off"})
    await project.until()
    project.session.configure({**SCORED, "model": "other"})
    await project.until(a=1)
    project.session.configure({**SCORED, "model": "other", "enabled": False})
    assert not project.session.survey.is_busy


@pytest.mark.parametrize("content", ["CRASH", "REFUSE", "QUIT"])
async def test_a_file_that_can_not_be_scored_leaves_the_others_alone(
    tmp_path: Path, content: str
) -> None:
    project = await Project.opened(tmp_path, SCORED, a=content, b="zz")
    await project.until(b=1)


@pytest.mark.parametrize("content", [b"\0\1\2zz", b"\xff\xfe", "zz".encode("utf-16")])
async def test_what_is_no_text_is_left_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.md").write_bytes(content)
    (tmp_path / "c.md").symlink_to("nowhere")
    project = await Project.opened(tmp_path, SCORED, b="zz")
    await project.until(b=1)
    await project.done()
    assert project.marks() == {"b": 1}


async def test_without_a_folder_the_user_hears_why_nothing_happens() -> None:
    editor = await Editor.ready()
    await score_workspace(editor.session)
    assert editor.shown == ["Open a folder first: there is none to score."]
    assert not editor.session.survey.is_busy


async def test_what_is_found_is_pulled_where_the_client_pulls(tmp_path: Path) -> None:
    from ppl_lsp.features.pulled_diagnostics import workspace_diagnostic  # noqa: PLC0415

    project = await Project.opened(tmp_path, a="zz", b="zz zz", c="calm")
    project.session.reports.is_pulled = True
    parts: list[Any] = []
    request = asyncio.create_task(
        workspace_diagnostic(
            project.session,
            parts.append,
            types.WorkspaceDiagnosticParams([], partial_result_token="t"),
        )
    )
    await score_workspace(project.session)
    await request
    found = {item.uri: len(item.items) for part in parts for item in part.value.items}
    assert found == {project.uri("a"): 1, project.uri("b"): 2}
    assert project.editor.published == []


def test_the_whole_disk_is_no_project() -> None:
    assert wanted_files([Path("/")], threading.Event(), is_trusted=True) == {}


def test_documents_and_configurations_are_watched() -> None:
    patterns = [str(one.glob_pattern) for one in watchers()]
    assert "**/ppl.toml" in patterns
    assert any("md" in pattern and "rst" in pattern for pattern in patterns)
