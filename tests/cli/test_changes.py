import difflib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.cli.changes.lines import changed_lines, changed_stretches, line_starts
from ppl_engine.cli.changes.patch import read_patch
from ppl_engine.cli.changes.since import ChangesSince
from ppl_engine.cli.changes.touched import Touched
from ppl_engine.cli.sources import Source
from ppl_engine.text.spans import Span
from tests.cli.repositories import Repository
from tests.cli.running import Result, Terminal

CALM = "The wild horse ran on.\n"
WILD = "The wild zebra ran on.\n"

any_lines = st.lists(st.sampled_from(["a", "b", "c", "", "d d"]), max_size=12)


def found(result: Result) -> dict[str, list[int]]:
    return {
        file["path"]: [one["range"]["start"]["line"] + 1 for one in file["findings"]]
        for file in result.lines
    }


@given(any_lines, any_lines)
def test_what_is_not_changed_is_a_longest_common_subsequence(
    old: list[str], new: list[str]
) -> None:
    ranges = list(changed_lines(old, new))
    changed = {line for first, last in ranges for line in range(first, last)}
    same = iter(old)
    kept = [line for k, line in enumerate(new) if k not in changed]
    assert all(line in same for line in kept)  # a subsequence: each is sought after the one before
    assert len(kept) == longest_in_common(old, new)
    assert ranges == sorted(ranges)
    assert bool(ranges) == (old != new)


def longest_in_common(old: list[str], new: list[str]) -> int:
    row = [0] * (len(new) + 1)
    for line in old:
        before = row[:]
        for k, other in enumerate(new):
            row[k + 1] = before[k] + 1 if line == other else max(before[k + 1], row[k])
    return row[-1]


def test_versions_that_differ_in_very_many_lines_differ_in_all_between() -> None:
    old = ["a", *(f"old {k}" for k in range(20_000)), "z"]
    new = ["a", *(f"new {k}" for k in range(20_000)), "z"]
    assert list(changed_lines(old, new)) == [(1, 20_001)]


def test_line_ends_are_no_change() -> None:
    assert changed_stretches("a\nb\n", "a\r\nb\r\n") == ()
    assert changed_stretches("a\r\nb\r\nc", "a\nx\nc") == (Span(2, 4),)
    assert changed_stretches("a\nb\nc\n", "a\nc\n") == (Span(2, 2),)


# Lines that are all different, in old places or in none: then there is one way to see the change.
_ends = st.sampled_from(["\n", "\r\n"])
_edits = st.lists(st.sampled_from(["keep", "keep", "drop", "replace", "insert"]), max_size=12)


def edited(edits: list[str]) -> tuple[list[str], list[str]]:
    old, new = [], []
    for k, edit in enumerate(edits):
        if edit != "insert":
            old.append(f"old {k}")
        if edit == "keep":
            new.append(f"old {k}")
        elif edit != "drop":
            new.append(f"new {k}")
    return old, new


def by_difflib(old: list[str], new: list[str], text: str) -> Touched | None:
    starts = line_starts(text)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    spans = [
        Span(starts[first], starts[last])
        for tag, _, _, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]
    return Touched(tuple(spans)) if spans else None


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("changes"))
    repository.commit()
    return repository


@settings(max_examples=25, deadline=None)
@given(edits=_edits, old_end=_ends, new_end=_ends, is_moved=st.booleans())
def test_changed_lines_are_those_of_difflib(
    repository: Repository, *, edits: list[str], old_end: str, new_end: str, is_moved: bool
) -> None:
    old, new = edited(edits)
    repository.write("a.md", "".join(line + old_end for line in old))
    repository.commit()
    path = repository.path / "a.md"
    # Two thirds: git leaves out the ends of lines where it finds half of a file the same.
    if is_moved and 3 * edits.count("keep") > 2 * max(len(old), len(new)):
        path.unlink()
        path = repository.path / "b.md"
    text = "".join(line + new_end for line in new)
    path.write_bytes(text.encode())
    wanted = by_difflib(old, new, text)
    touched = ChangesSince("HEAD").touched(Source(str(path), text))
    assert touched == wanted
    if old_end == new_end:  # else git, too, takes every line for changed
        # Files that git does not know are in no diff until it is told of them.
        repository.git("add", "-A")
        patch = repository.path / ".git" / "patch"
        patch.write_bytes(repository.git("diff", "--cached", "-M", "HEAD"))
        assert read_patch(str(patch), repository.path).touched(Source(str(path), text)) == wanted
    (repository.path / "b.md").unlink(missing_ok=True)


def test_only_findings_in_sentences_that_changed_are_shown(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    terminal.write("a.md", CALM + CALM)
    terminal.write("b.md", WILD + CALM)
    terminal.write("same.md", WILD)
    terminal.write("gone.md", WILD)
    repository.commit()
    terminal.write("a.md", "One more.\n" + CALM + WILD)
    terminal.write("b.md", WILD + "One more.\n" + CALM)
    terminal.write("new.md", "The horse ran\nwith the wild zebra on.\n")
    (terminal.directory / "gone.md").unlink()
    result = terminal.check("--changed-since", "HEAD", "--format", "jsonl", ".")
    assert found(result) == {"./a.md": [3], "./b.md": [], "./new.md": [2]}
    repository.commit()
    # The sentence of the zebra begins on the line that changes.
    terminal.write("new.md", "A horse ran\nwith the wild zebra on.\n")
    result = terminal.check("--changed-since", "HEAD", "--format", "jsonl")
    assert found(result) == {"./new.md": [2]}
    assert found(terminal.check("--changed-since", "HEAD", "--format", "jsonl", "same.md")) == {}


def test_changes_are_counted_from_where_the_branch_began(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    terminal.write("a.md", CALM)
    repository.commit()
    repository.git("checkout", "-q", "-b", "mine")
    terminal.write("b.md", WILD)
    repository.commit()
    repository.git("checkout", "-q", "main")
    terminal.write("a.md", WILD)
    repository.commit()
    repository.git("checkout", "-q", "mine")
    result = terminal.check("--changed-since", "main", "--format", "jsonl")
    assert found(result) == {"./b.md": [1]}


def test_a_file_that_was_moved_changed_where_it_is_not_as_before(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    calm = "The horse is here, and a cow is there.\n\n"
    terminal.write("old/a.md", WILD + "\n" + calm)
    repository.commit()
    (terminal.directory / "old/a.md").rename(terminal.directory / "b.md")
    assert found(terminal.check("--changed-since", "HEAD", "--format", "jsonl")) == {}
    terminal.write("b.md", WILD + "\nA cow.\n" + calm)
    assert found(terminal.check("--changed-since", "HEAD", "--format", "jsonl")) == {"./b.md": []}
    terminal.write("b.md", calm + "A wild zebra is here.\n")
    assert found(terminal.check("--changed-since", "HEAD", "--format", "jsonl")) == {"./b.md": [3]}


def test_names_that_are_no_text_can_have_changed(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    names = [os.fsdecode(b"a\xff.md"), "b\nc.md", 'd "e".md', "é.md"]
    try:
        for name in names:
            terminal.write(name, CALM)
    except OSError:
        pytest.skip("this file system has no such names")
    repository.commit()
    for name in names:
        terminal.write(name, CALM + WILD)
    (terminal.directory / "patch").write_bytes(repository.git("diff", "HEAD"))
    wanted = {f"./{name}": [2] for name in names}
    for option in (("--changed-since", "HEAD"), ("--diff", "patch")):
        assert found(terminal.check(*option, "--format", "jsonl", ".")) == wanted


def test_a_submodule_is_compared_with_the_commit_that_was_recorded(terminal: Terminal) -> None:
    inner = Repository(terminal.directory / "elsewhere")
    inner.write("a.md", CALM)
    inner.write("b.md", WILD)
    inner.commit()
    outer = Repository(terminal.directory / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    outer.commit()
    outer.write("sub/a.md", WILD)
    result = terminal.check("--changed-since", "main", "--format", "jsonl", "outer")
    assert found(result) == {"outer/sub/a.md": [1]}


def test_what_git_can_not_say_is_said(terminal: Terminal, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "full")
    repository.write("a.md", CALM)
    repository.commit()
    repository.write("a.md", WILD)
    repository.commit()
    url = f"file://{repository.path}"
    repository.git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"))
    terminal.write("outside.md", CALM)

    def complaint(revision: str, *paths: str) -> str:
        result = terminal.check(f"--changed-since={revision}", *paths)
        assert result.code == 2
        return result.err

    assert "there is no such commit" in complaint("nowhere", "full")
    assert "git fetch --unshallow" in complaint("HEAD~1", "shallow")
    assert "in no git repository" in complaint("HEAD", "outside.md")
    assert "no name of a commit" in complaint("--output=x", "full")
    assert "--stdin-filename" in complaint("HEAD", "-")
    assert not (repository.path / "x").exists()
    other = Repository(tmp_path / "other")
    other.write("a.md", CALM)
    other.commit()
    other.git("checkout", "-q", "--orphan", "lonely")
    other.write("a.md", WILD)
    other.commit()
    assert "no commit in common" in complaint("main", "other")


def test_without_git_it_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    Repository(terminal.directory)
    terminal.write("a.md", CALM)
    monkeypatch.setenv("PATH", "")
    assert terminal.check("a.md").code == 0
    assert terminal.check(".").code == 0
    result = terminal.check("--changed-since", "HEAD", "a.md")
    assert (result.code, result.err) == (2, "ppl: git is not installed, or not on the PATH.\n")


def test_no_program_that_a_repository_names_is_run(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    mark = terminal.directory / "mark"
    terminal.write("a.md", CALM)
    terminal.write(".gitattributes", "*.md diff=evil filter=evil\n")
    repository.commit()
    program = terminal.directory / ".git" / "evil"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {mark}\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "pager.diff", "diff.external", "diff.evil.textconv"),
        *("diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
        *("core.sshCommand", "credential.helper", "alias.ls-tree", "core.editor"),
    ):
        repository.git("config", key, str(program))
    hooks = terminal.directory / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc"):
        (hooks / hook).symlink_to(program)
    terminal.write("a.md", WILD)
    result = terminal.check("--changed-since", "HEAD", "--format", "jsonl")
    assert found(result) == {"./a.md": [1]}
    assert not mark.exists()


def test_the_surroundings_of_a_hook_are_not_taken_for_ours(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, mine = (Repository(terminal.directory / name) for name in ("other", "mine"))
    for repository in (other, mine):
        repository.commit()
    mine.write("a.md", WILD)
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    result = terminal.check("--changed-since", "HEAD", "--format", "jsonl", "mine")
    assert found(result) == {"mine/a.md": [1]}


PATCH = """\
Some words before it.
diff --git a/docs/a b.md b/docs/a b.md
index 1..2 100644
--- a/docs/a b.md
+++ b/docs/a b.md\t
@@ -1 +1,2 @@
 The wild horse ran on.
+The wild zebra ran on.
diff --git a/gone.md b/gone.md
deleted file mode 100644
--- a/gone.md
+++ /dev/null
@@ -1 +0,0 @@
-Gone
diff --git a/x.png b/x.png
Binary files a/x.png and b/x.png differ
--
2.39.5
"""


def test_a_diff_says_what_changed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    Repository(terminal.directory)
    terminal.write("docs/a b.md", CALM + WILD)
    terminal.write("c.md", WILD)
    terminal.write("changes.patch", PATCH)
    read = terminal.check("--diff", "changes.patch", ".", "--format", "jsonl")
    assert found(read) == {"./docs/a b.md": [2]}
    piped = terminal.check("--diff=-", "--format", "jsonl", stdin=PATCH.encode())
    assert found(piped) == found(read)
    monkeypatch.chdir(terminal.directory / "docs")
    assert found(terminal.check("--diff", "../changes.patch", "--format", "jsonl")) == {
        "./a b.md": [2]
    }


def test_a_plain_diff_without_prefixes_is_read(terminal: Terminal) -> None:
    terminal.write("a.md", CALM + WILD)
    patch = f"--- a.md.orig\t2026-01-01\n+++ a.md\t2026-01-02\n@@ -1 +1,2 @@\n {CALM}+{WILD}"
    assert found(terminal.check("--diff", "-", "--format", "jsonl", stdin=patch.encode())) == {
        "./a.md": [2]
    }


def test_a_diff_that_takes_lines_out_of_a_sentence_touches_it(terminal: Terminal) -> None:
    old = ["The wild zebra", "and the horse", "ran on."]
    new = [old[0], old[2]]
    patch = "\n".join([*difflib.unified_diff(old, new, "a.md", "a.md", lineterm=""), ""])
    terminal.write("a.md", "\n".join([*new, "", WILD]))
    assert found(terminal.check("--diff", "-", "--format", "jsonl", stdin=patch.encode())) == {
        "./a.md": [1]
    }


@pytest.mark.parametrize(
    ("patch", "complaint"),
    [
        (b"no diff at all", "no unified diff"),
        (b"--- a\n+++ b\n@@ -1,9 +1,9 @@\n a\n", "no unified diff"),
        (b"\xff\xfe\0", "no unified diff"),
        (f"--- a.md\n+++ a.md\n@@ -1 +1 @@\n-x\n+{WILD}".encode(), "of another version"),
        (f"--- a.md\n+++ a.md\n@@ -8 +9 @@\n-x\n+{CALM}".encode(), "of another version"),
    ],
)
def test_a_diff_that_can_not_be_used_is_said(
    terminal: Terminal, patch: bytes, complaint: str
) -> None:
    terminal.write("a.md", CALM)
    result = terminal.check("--diff", "-", "a.md", stdin=patch)
    assert complaint in result.err
    assert result.code == 2


def test_an_empty_diff_changes_nothing(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    assert terminal.check("--diff", "-", stdin=b"").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--diff",),
        ("--diff", "nowhere"),
        ("--diff", "a", "--changed-since", "HEAD"),
        ("--diff", "-", "-"),
        ("--fix", "-"),
        ("--fix", "--diff", "--format", "json", "."),
        ("--watch", "-"),
        ("--watch", "--heat", "."),
    ],
)
def test_what_can_not_be_meant_is_said(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    result = terminal.check(*arguments)
    assert result.code == 2
    assert result.err.startswith("ppl: --")
