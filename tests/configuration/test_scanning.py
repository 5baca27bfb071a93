import json
from collections.abc import Iterator
from itertools import count

import pytest

from ppl_engine.configuration import scanning
from ppl_engine.configuration.scanning import TermScan, ordinary_words
from tests.configuration.making import Folder


def fill(folder: Folder) -> None:
    folder.write("a.md", "# Quokka\n\n`quokka` and the sevrer sevrer")
    folder.write("src/b.py", "def feed_quokka(): pass")


def test_terms_are_learnt_from_documents_and_programs(folder: Folder) -> None:
    fill(folder)
    assert TermScan(folder.path).terms().named == {"quokka"}


def test_what_a_project_does_not_write_itself_is_not_read(folder: Folder) -> None:
    folder.write(".gitignore", "gen\n")
    for name in ("node_modules/a.md", "gen/a.md", ".hidden/a.md", "b.lock", "c", "d.bin"):
        folder.write(name, "# Quokka\n\n`quokka` quokka `quokka`")
    (folder.path / "link.md").symlink_to(folder.path / "gen/a.md")
    assert not TermScan(folder.path).terms().named


def test_a_scan_is_kept_and_what_changes_is_read_again(folder: Folder) -> None:
    fill(folder)
    kept = folder.path.parent / "kept"
    before = TermScan(folder.path, kept).terms()
    folder.write("c.md", "# Numbat\n\n`numbat` `numbat`, numbat, numbat")
    again = TermScan(folder.path, kept)
    assert again.terms().named == before.named | {"numbat"}
    folder.write("c.md", "gone")
    assert again.terms() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"version": 1, "root": 3, "files": {}}',
        '{"version": 1, "root": "%", "files": {"a.md": 3}}',
        '{"version": 1, "root": "%", "files": {"a.md": [1, 2, {"quokka": "x"}, {}]}}',
        '{"version": 1, "root": "%", "files": []}',
    ],
)
def test_what_was_kept_may_be_false(folder: Folder, content: str) -> None:
    fill(folder)
    kept = folder.path.parent / "kept"
    expected = TermScan(folder.path, kept).terms()
    (path,) = kept.iterdir()
    assert json.loads(path.read_text())["root"] == str(folder.path)
    path.write_text(content.replace("%", str(folder.path)))
    assert TermScan(folder.path, kept).terms() == expected


def test_a_scan_is_bounded(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for idx in range(9):
        folder.write(f"{idx}.md", "# Quokka\n\n`quokka` quokka quokka quokka")
    clock: Iterator[float] = (10.0 * n for n in count())
    assert not TermScan(folder.path, now=clock.__next__).terms().named
    monkeypatch.setattr(scanning, "_MOST_FILES", 1)
    assert not TermScan(folder.path).terms().used
    monkeypatch.setattr(scanning, "_MOST_FILES", 9)
    assert TermScan(folder.path).terms().named == {"quokka"}
    monkeypatch.setattr(scanning, "_MOST_BYTES", 50)
    assert not TermScan(folder.path).terms().named
    monkeypatch.setattr(scanning, "_MOST_BYTES_OF_FILE", 5)
    assert not TermScan(folder.path).terms().used


def test_words_that_everybody_says_are_no_terms(folder: Folder) -> None:
    assert {"from", "form", "there", "their"} <= ordinary_words()
    for idx in range(9):
        folder.write(f"{idx}.md", "# From\n\n`from` form form from")
    assert not TermScan(folder.path).terms().named
