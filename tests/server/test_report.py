from pathlib import Path

import pytest
from pygls.uris import to_fs_path

from ppl_lsp.features.report import show_report
from tests.server.fake_editor import URI, Editor, document


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPL_CACHE_DIR", str(tmp_path))


def written(uri: str) -> str:
    """Read the one report that is there, for the user alone."""
    page = Path(to_fs_path(uri) or "")
    assert list(page.parent.iterdir()) == [page]
    assert page.stat().st_mode & 0o077 == 0
    return page.read_text(encoding="utf-8")


async def test_the_report_of_a_document_is_written_and_opened() -> None:
    editor = await Editor.ready()
    editor.session.client.can_show_documents = True
    await editor.scored("# One\n\na zzword here")
    await show_report(editor.session, URI)
    (opened,) = editor.opened
    assert opened.external
    assert "zzword" in written(opened.uri)
    await show_report(editor.session, URI)
    assert editor.opened == [opened, opened]
    assert editor.shown == []


async def test_who_can_open_nothing_is_told_where_the_report_is(tmp_path: Path) -> None:
    editor = await Editor.ready()
    await editor.scored("a zzword")
    await show_report(editor.session, URI)
    (said,) = editor.shown
    assert said.startswith(f"The report is in {tmp_path}")
    assert editor.opened == []


async def test_there_is_no_report_of_what_is_not_scored() -> None:
    editor = await Editor.ready()
    await show_report(editor.session, URI)
    editor.session.open(document("REFUSE"))
    await show_report(editor.session, URI)
    assert editor.shown[0] == "The document is not open."
    assert "The engine refuses this text." in editor.shown


async def test_a_report_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    editor = await Editor.ready()
    await editor.scored("a")
    await show_report(editor.session, URI)
    assert editor.shown[0].startswith("The report can not be written: ")
