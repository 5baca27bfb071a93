import os
from pathlib import Path

import pytest

from ppl_engine.configuration.editing import accept, add_word, ignore_code, with_ignored
from ppl_engine.configuration.files import FileProblemError
from ppl_engine.configuration.workspace import (
    Workspace,
    find_workspace,
    load_workspace,
    user_workspace,
    with_baseline,
)
from ppl_engine.configuration.workspaces import Workspaces
from ppl_engine.errors import EngineError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.ignoring.rules import Rules
from tests.configuration.making import Folder, written
from tests.ignoring.making import found


def workspace_of(folder: Folder, name: str = "a.md") -> Workspace:
    return find_workspace((folder.path / name).parent, folder.path)


def holds(rules: Rules, word: str) -> bool:
    return any(dictionary.holds(word) for dictionary in rules.dictionaries)


@pytest.mark.parametrize(
    ("files", "document", "found_in"),
    [
        (["ppl.toml"], "a.md", "ppl.toml"),
        (["ppl.toml"], "x/y/a.md", "ppl.toml"),
        (["ppl.toml", "x/ppl.toml"], "x/y/a.md", "x/ppl.toml"),
        (["ppl.toml", "x/.git"], "x/y/a.md", None),
        (["x/ppl.toml", "x/.git"], "x/y/a.md", "x/ppl.toml"),
        (["pyproject.toml"], "x/a.md", "pyproject.toml"),
        (["ppl.toml", "pyproject.toml"], "x/a.md", "ppl.toml"),
        (["../ppl.toml"], "a.md", None),
        (["x/a.md"], "x/a.md", None),
    ],
)
def test_a_configuration_is_looked_for_upwards_to_the_root_of_the_repository(
    folder: Folder, files: list[str], document: str, found_in: str | None
) -> None:
    for name in files:
        folder.write(name, "[tool.ppl]\n" if "pyproject" in name else "")
    (folder.path / document).parent.mkdir(parents=True, exist_ok=True)
    file = workspace_of(folder, document).file
    assert file == (folder.path / found_in if found_in else None)


def test_a_project_file_without_our_table_says_nothing(folder: Folder) -> None:
    for content in ("[tool.other]\n# ppl", "no toml ppl", "tool = 3 # ppl", "[tool]\nppl = 3"):
        folder.write("pyproject.toml", content)
        assert workspace_of(folder).file is None
        assert workspace_of(folder).complaints == ()


def test_dictionaries_of_the_user_the_workspace_and_the_configuration(folder: Folder) -> None:
    written(folder.user / "words.txt", "quokka\n")
    folder.write(".ppl/words.txt", "# ours\nNumbat\n")
    folder.write("ppl.toml", "words = ['dunnart']")
    rules = workspace_of(folder).rules(folder.path / "a.md")
    assert [holds(rules, w) for w in ("Quokka", "Numbat", "numbat", "dunnart", "bilby")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert holds(user_workspace(folder.path).rules(None), "quokka")
    assert not holds(user_workspace(folder.path).rules(None), "Numbat")


def test_rules_differ_by_path(folder: Folder) -> None:
    folder.write(
        "ppl.toml",
        """
        exclude = ["vendor/"]
        ignore = ["repetition"]
        severity = {likely-mistake = "hint"}
        [[per-path]]
        paths = ["docs/"]
        ignore = ["surprising-word"]
        severity = {repetition = "warning"}
        """,
    )
    workspace = workspace_of(folder)
    top, deep = (workspace.rules(folder.path / name) for name in ("a.md", "docs/x/a.md"))
    assert (top.codes_off, top.severities) == ({"repetition"}, {"likely-mistake": "hint"})
    assert deep.codes_off == {"surprising-word"}
    assert deep.severities == {"likely-mistake": "hint", "repetition": "warning"}
    assert workspace.rules(folder.path / "vendor/a.md").is_excluded
    assert not workspace.wants(folder.path / "vendor/a.md")
    assert workspace.wants(Path("/elsewhere/vendor/a.md"))
    assert workspace.rules(None).codes_off == {"repetition"}


def test_where_something_is_included_the_rest_is_not(folder: Folder) -> None:
    folder.write("ppl.toml", "include = ['docs/', '*.rst']\nexclude = ['docs/old/']")
    wants = workspace_of(folder).wants
    names = ("docs/a.md", "b.rst", "docs/old/b.rst", "c.md")
    assert [wants(folder.path / name) for name in names] == [True, True, False, False]


def test_thresholds_lie_over_others(folder: Folder) -> None:
    folder.write("ppl.toml", "[thresholds]\nn-cold-tokens = 7")
    assert workspace_of(folder).thresholds(Thresholds()).n_cold_tokens == 7


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/passwd", "link/words.txt", "a\0b"])
def test_files_outside_of_the_root_are_not_used(folder: Folder, name: str) -> None:
    written(folder.path.parent / "outside.txt", "quokka")
    written(folder.path.parent / "elsewhere" / "words.txt", "quokka")
    (folder.path / "link").symlink_to(folder.path.parent / "elsewhere")
    quoted = name.replace("\0", "\\u0000")
    folder.write("ppl.toml", f'dictionaries = ["{quoted}"]\nbaseline = "{quoted}"')
    workspace = workspace_of(folder)
    assert not holds(workspace.rules(None), "quokka")
    assert (workspace.words_path, workspace.baseline_path) == (None, None)
    assert len(workspace.complaints) == 2
    assert "is not below" in workspace.complaints[0]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("ppl.toml", "a = ", "this is no TOML"),
        ("ppl.toml", b"\xff", "is not UTF-8"),
        ("ppl.toml", "a = " + "[" * 5000, "this is no TOML"),
        ("ppl.toml", "exclud = []", "ppl.toml: exclud: there is no such key"),
        (".ppl/accepted.json", "{", "no list of accepted findings"),
        (".ppl/words.txt", b"\xff", "is not UTF-8"),
    ],
)
def test_what_can_not_be_read_is_said_with_its_name(
    folder: Folder, name: str, content: str | bytes, complaint: str
) -> None:
    folder.write(name, content)
    complaints = workspace_of(folder).complaints
    assert len(complaints) == 1
    assert str(folder.path / name) in complaints[0]
    assert complaint in complaints[0]


def test_a_pipe_or_a_folder_in_the_place_of_a_file_keeps_nobody_waiting(folder: Folder) -> None:
    (folder.path / ".ppl").mkdir()
    os.mkfifo(folder.path / ".ppl/words.txt")
    (folder.path / "ppl.toml").mkdir()
    assert len(workspace_of(folder).complaints) == 2


def test_a_configuration_that_is_named_must_be_there(folder: Folder) -> None:
    with pytest.raises(EngineError, match="no such file"):
        load_workspace(folder.path / "other.toml")
    file = folder.write("other.toml", "words = ['quokka']")
    assert holds(load_workspace(file).rules(None), "quokka")
    with pytest.raises(EngineError, match="no table"):
        load_workspace(folder.write("pyproject.toml", "[tool.x]"))


def test_documents_of_a_folder_share_a_workspace_until_a_file_changes(folder: Folder) -> None:
    workspaces = Workspaces()
    folder.write("x/a.md", "")
    one = workspaces.of(folder.path / "a.md", folder.path)
    assert workspaces.of(folder.path / "b.md", folder.path) is one
    other = workspaces.of(folder.path / "x/a.md", folder.path)
    assert other == one
    assert other.dictionaries is one.dictionaries
    assert not workspaces.refresh()
    folder.write(".ppl/words.txt", "quokka")
    assert workspaces.refresh()
    assert holds(workspaces.of(folder.path / "a.md", folder.path).rules(None), "quokka")
    assert workspaces.of(folder.path / "x/a.md", folder.path) != other
    folder.write("x/ppl.toml", "words = ['numbat']")
    assert workspaces.refresh()
    assert holds(workspaces.of(folder.path / "x/a.md", folder.path).rules(None), "numbat")


def test_words_and_findings_are_added_to_what_is_there(folder: Folder) -> None:
    path = folder.write(".ppl/words.txt", "# ours\nNumbat")
    add_word(path, "quokka")
    add_word(folder.user / "words.txt", "bilby")
    text = "A zebra ran."
    (finding,) = found(text, "zebra")
    accept(folder.path / ".ppl/accepted.json", "a.md", finding, text)
    accept(folder.path / ".ppl/accepted.json", "a.md", finding, text)
    assert folder.read(".ppl/words.txt") == "# ours\nNumbat\nquokka\n"
    rules = workspace_of(folder).rules(folder.path / "a.md")
    assert holds(rules, "bilby")
    assert list(rules.accepted.values()) == [2]
    folder.write(".ppl/accepted.json", "{")
    with pytest.raises(FileProblemError, match="no list"):
        accept(folder.path / ".ppl/accepted.json", "a.md", finding, text)
    assert folder.read(".ppl/accepted.json") == "{"
    with pytest.raises(FileProblemError, match="can not be written"):
        add_word(folder.path / ".ppl/words.txt/x", "a")


def test_a_rule_is_ignored_and_comments_and_order_stay(folder: Folder) -> None:
    before = (
        "# ours\nwords = ['a']  # one\nignore = [\n  'repetition', # loops\n]\n\n[thresholds]\n"
    )
    after = with_ignored(before, "likely-mistake", is_pyproject=False)
    for part in ("# ours\nwords = ['a']  # one\n", "'repetition', # loops", "[thresholds]"):
        assert part in after
    ignore_code(folder.write("ppl.toml", after), "surprising-word")
    assert workspace_of(folder).configuration.ignore == {
        "repetition",
        "likely-mistake",
        "surprising-word",
    }
    assert with_ignored(after, "likely-mistake", is_pyproject=False) == after


@pytest.mark.parametrize("before", ["", "[thresholds]\nn-cold-tokens = 3\n", "words = ['a']\n"])
def test_a_rule_is_ignored_where_none_was(folder: Folder, before: str) -> None:
    ignore_code(folder.write("ppl.toml", before), "repetition")
    workspace = workspace_of(folder)
    assert workspace.configuration.ignore == {"repetition"}
    assert workspace.complaints == ()


@pytest.mark.parametrize("before", ["[tool.ppl]\n", "[tool.x]\na = 1\n\n[tool.ppl.thresholds]\n"])
def test_a_rule_is_ignored_in_a_project_file(folder: Folder, before: str) -> None:
    ignore_code(folder.write("pyproject.toml", before), "repetition")
    assert workspace_of(folder).configuration.ignore == {"repetition"}


def test_a_configuration_that_can_not_be_changed_stays_as_it_is(folder: Folder) -> None:
    for content in ("a = ", "ignore = 3"):
        path = folder.write("ppl.toml", content)
        with pytest.raises(FileProblemError, match="can not be changed"):
            ignore_code(path, "repetition")
        assert folder.read("ppl.toml") == content


def test_another_baseline_takes_the_place_of_that_of_the_workspace(folder: Folder) -> None:
    path = folder.write("other.json", '{"version": 1, "files": {}}')
    assert with_baseline(workspace_of(folder), path).baseline_path == path
    with pytest.raises(EngineError, match="no list of accepted"):
        with_baseline(workspace_of(folder), folder.write("x.json", "x"))
