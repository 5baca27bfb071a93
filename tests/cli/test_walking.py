import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.walking.walk import Walker
from tests.cli.repositories import Repository
from tests.cli.running import Terminal


class Silent:
    def note(self, message: str) -> None: ...

    def fail(self, message: str) -> None:
        raise AssertionError(message)


def paths(terminal: Terminal, *argv: str) -> list[str]:
    return [file["path"] for file in terminal.check("--format", "jsonl", *argv).lines]


FILES = [
    f"{folder}{name}.md"
    for folder in ("", "a/", "a/b/", "a/b/a/", "b/", "b/c/")
    for name in ("a", "b", "c", "ab")
]

_names = st.sampled_from(["a", "b", "c", "a.md", "ab.md", "*", "a*", "?.md", "[a-b]", "*.md", "**"])
_bodies = st.lists(_names, min_size=1, max_size=3).map("/".join)
_lines = st.builds(
    lambda mark, slash, body, end: mark + slash + body + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    _bodies,
    st.sampled_from(["", "", "/", " ", "\r"]),
) | st.sampled_from(["", "# a", "\\!a", "a\\", "[z", "/", "!"])
_ignore_files = st.dictionaries(
    st.sampled_from([".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude"]),
    st.lists(_lines, max_size=4),
    max_size=3,
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("tree"))
    for name in FILES:
        repository.write(name, "")
    return repository


@settings(max_examples=60, deadline=None)
@given(_ignore_files)
def test_what_git_ignores_is_left_out(tree: Repository, ignored: dict[str, list[str]]) -> None:
    for name in (".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude"):
        (tree.path / name).unlink(missing_ok=True)
    for name, lines in ignored.items():
        tree.write(name, "\n".join(lines))
    listed = tree.git("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")
    wanted = {name for name in FILES if os.fsencode(name) in listed}
    root = str(tree.path)
    found = {os.path.relpath(path, root) for path in Walker(Silent()).files(root)}
    assert {name for name in found if name.endswith(".md")} == wanted


def test_rules_above_a_folder_hold_in_it_and_a_folder_that_is_named_is_walked(
    terminal: Terminal,
) -> None:
    Repository(terminal.directory)
    terminal.write(".gitignore", "build/\n*.tmp.md\n")
    terminal.write("build/a.md", "a")
    terminal.write("build/b.tmp.md", "a")
    terminal.write("docs/c.tmp.md", "a")
    terminal.write("docs/d.md", "a")
    assert paths(terminal, ".") == ["./docs/d.md"]
    assert paths(terminal, "build", "docs") == ["build/a.md", "docs/d.md"]
    assert paths(terminal, "docs/c.tmp.md") == ["docs/c.tmp.md"]
    assert len(paths(terminal, ".", "--no-respect-gitignore")) == 4


def test_a_repository_in_a_repository_has_its_own_rules(terminal: Terminal) -> None:
    Repository(terminal.directory)
    Repository(terminal.directory / "inner")
    terminal.write(".gitignore", "a.md\n")
    terminal.write("inner/.gitignore", "b.md\n")
    terminal.write("a.md", "a")
    for name in ("a.md", "b.md"):
        terminal.write(f"inner/{name}", "a")
    assert paths(terminal, ".") == ["./inner/a.md"]


def test_in_a_worktree_what_is_excluded_is_known(tmp_path: Path, terminal: Terminal) -> None:
    repository = Repository(tmp_path / "main")
    repository.write("a.md", "a")
    repository.commit()
    repository.write(".git/info/exclude", "b.md\n")
    repository.git("worktree", "add", "-q", str(tmp_path / "other"))
    (tmp_path / "other" / "b.md").write_text("a", encoding="utf-8")
    assert paths(terminal, "other") == ["other/a.md"]


def test_outside_of_a_repository_gitignore_says_nothing(terminal: Terminal) -> None:
    terminal.write(".gitignore", "a.md\n")
    terminal.write("a.md", "a")
    assert paths(terminal, ".") == ["./a.md"]


def test_a_pattern_of_many_stars_takes_no_time(terminal: Terminal) -> None:
    Repository(terminal.directory)
    terminal.write(".gitignore", "*a" * 40 + "b\n")
    terminal.write("a" * 100 + ".md", "a")
    assert len(paths(terminal, ".")) == 1


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("docs/**/*.md", ["docs/a.md", "docs/x/b.md"]),
        ("docs/*.md", ["docs/a.md"]),
        ("*.md", ["c.md"]),
        ("**/b.*", ["docs/x/b.md"]),
        ("docs/?.py", ["docs/a.py"]),
        ("doc[a-s]", ["docs/a.md", "docs/x/b.md"]),
        ("./docs/x/*", ["./docs/x/b.md"]),
    ],
)
def test_patterns_are_expanded(terminal: Terminal, pattern: str, found: list[str]) -> None:
    for name in ("docs/a.md", "docs/a.py", "docs/x/b.md", "docs/.y/b.md", "c.md"):
        terminal.write(name, "a")
    assert paths(terminal, pattern) == found
    absolute = str(terminal.directory / pattern)
    assert paths(terminal, absolute) == [str(terminal.directory / name) for name in found]


def test_a_pattern_without_a_match_is_said(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    for pattern in ("docs/*.md", "*.txt", "nowhere/**"):
        result = terminal.check("a.md", pattern)
        assert result.err.startswith(f"ppl: {pattern}: no document matches this pattern")
        assert result.code == 2


def test_a_file_of_the_name_of_a_pattern_is_that_file(terminal: Terminal) -> None:
    terminal.write("[a].md", "a")
    terminal.write("a.md", "a")
    assert paths(terminal, "[a].md") == ["[a].md"]


def test_the_walk_remembers_its_folders(tmp_path: Path) -> None:
    Repository(tmp_path).write(".gitignore", "out\n")
    for name in ("a/b", "out/c", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    walker = Walker(Silent())
    list(walker.files(str(tmp_path)))
    assert [os.path.relpath(one, tmp_path) for one in walker.directories] == [".", "a", "a/b"]


def test_standard_input_takes_the_place_of_a_document(terminal: Terminal) -> None:
    terminal.write("ppl.toml", "[[per-path]]\npaths = ['old/']\nignore = ['surprising-word']\n")
    text = b"the wild\n\n```\na zebra\n```\n"
    for name, code in (("a.md", 0), ("a.txt", 1), ("old/a.txt", 0)):
        result = terminal.check("--stdin-filename", name, "-", "--format", "jsonl", stdin=text)
        assert (result.code, result.lines[0]["path"]) == (code, name)
    assert "give -" in terminal.check("--stdin-filename", "a.md", "a.md").err


def test_what_is_excluded_can_be_left_out_though_it_is_named(terminal: Terminal) -> None:
    terminal.write("ppl.toml", "exclude = ['old/']")
    terminal.write("old/a.md", "a")
    terminal.write("b.md", "a")
    assert paths(terminal, "old/a.md", "b.md") == ["old/a.md", "b.md"]
    result = terminal.check("--force-exclude", "--format", "jsonl", "old/a.md", "b.md")
    assert [file["path"] for file in result.lines] == ["b.md"]
    assert (result.code, result.err) == (0, "ppl: old/a.md: left out, as its configuration says\n")
    result = terminal.check("--force-exclude", "--stdin-filename", "old/a.md", "-", stdin=b"a")
    assert result.err == "ppl: old/a.md: left out, as its configuration says\n"


def test_without_paths_the_directory_is_checked(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    assert paths(terminal) == ["./a.md"]
