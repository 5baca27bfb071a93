import json

from tests.cli.running import Terminal

WILD = "the wild zebra ran"
FARMED = "the tame zebra sat"


def shown(terminal: Terminal, *argv: str) -> tuple[str, int]:
    """The last line of a report up to its figures, and the exit code."""
    result = terminal.check(*argv)
    return result.out.split("\n")[-2].partition(" (")[0], result.code


def test_a_word_of_a_dictionary_is_not_shown_and_counted(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    assert shown(terminal, "a.md") == ("1 finding in 1 file", 1)
    terminal.write(".ppl/words.txt", "zebra\n")
    assert shown(terminal, "a.md") == ("0 findings in 1 file, 1 ignored", 0)
    assert shown(terminal, "--no-config", "a.md") == ("1 finding in 1 file", 1)
    assert shown(terminal, "--heat", "a.md") == ("0 findings in 1 file, 1 ignored", 0)


def test_comments_hold_for_standard_input_and_without_configuration(terminal: Terminal) -> None:
    text = f"<!-- ppl: off -->\n{WILD}\n".encode()
    assert terminal.check("--no-config", "-", stdin=text).code == 0
    words = f"<!-- ppl: words zebra -->\n{WILD}\n".encode()
    assert terminal.check("-", stdin=words).code == 0


def test_a_comment_that_is_not_understood_is_reported_with_its_place(terminal: Terminal) -> None:
    terminal.write("a.md", f"x\n\n{WILD} <!-- ppl: of -->\n")
    result = terminal.check("a.md")
    assert result.err == "ppl: a.md:3:20: “ppl: of” is no instruction; did you mean “off”?\n"
    assert result.code == 1


def test_the_configuration_above_each_document_holds(terminal: Terminal) -> None:
    terminal.write("x/a.md", WILD)
    terminal.write("x/y/b.md", WILD)
    terminal.write("z/c.md", WILD)
    terminal.write("x/ppl.toml", "ignore = ['surprising-word']")
    terminal.write("z/ppl.toml", "[thresholds]\nsurprises-per-1000-words = 0")
    terminal.write("ppl.toml", "severity = {surprising-word = 'hint'}")
    terminal.write(".git/HEAD", "")
    terminal.write("d.md", WILD)
    result = terminal.check("--format", "jsonl", ".")
    found = {file["path"]: [one["severity"] for one in file["findings"]] for file in result.lines}
    assert found == {"./d.md": ["hint"], "./x/a.md": [], "./x/y/b.md": [], "./z/c.md": []}
    # What is said on the command line goes before what a file says.
    assert shown(terminal, "--surprises-per-1000-words", "900", "z/c.md")[1] == 1
    assert shown(terminal, "--config", "x/ppl.toml", "d.md", "z/c.md")[1] == 0


def test_what_is_excluded_is_not_read_and_what_is_included_is(terminal: Terminal) -> None:
    terminal.write("ppl.toml", "exclude = ['old/']")
    terminal.write("old/a.md", WILD)
    terminal.write("b.md", WILD)
    terminal.write("c.py", "# The wild zebra ran on\n")
    assert [file["path"] for file in terminal.check("--format", "jsonl", ".").lines] == ["./b.md"]
    assert terminal.check("old/a.md").code == 1  # a person asked for it
    assert terminal.check("old").code == 0
    terminal.write("ppl.toml", "include = ['*.py']")
    assert [file["path"] for file in terminal.check("--format", "jsonl", ".").lines] == ["./c.py"]


def test_what_is_wrong_with_a_configuration_is_said_once_and_fails(terminal: Terminal) -> None:
    terminal.write("ppl.toml", "model = 'x'\nexclud = []")
    terminal.write("a.md", WILD)
    terminal.write("x/b.md", WILD)
    result = terminal.check(".")
    where = terminal.directory / "ppl.toml"
    assert result.err == (
        f"ppl: {where}: model: a workspace can not choose what is run or where text is sent; "
        "this belongs to your editor's settings or the command line.\n"
        f"ppl: {where}: exclud: there is no such key; did you mean exclude?\n"
    )
    assert (result.code, result.out.split("\n")[-2][:10]) == (2, "2 findings")
    result = terminal.check("--config", "no.toml", "a.md")
    assert (result.code, result.err) == (
        2,
        f"ppl: {terminal.directory / 'no.toml'}: no such file.\n",
    )


def test_a_baseline_is_made_used_and_pruned(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n")
    terminal.write("x/b.md", WILD)
    assert shown(terminal, "--update-baseline", ".") == ("0 findings in 2 files, 2 ignored", 0)
    path = terminal.directory / ".ppl/accepted.json"
    assert list(json.loads(path.read_text())["files"]) == ["a.md", "x/b.md"]
    # What stands around it may change; another sentence is another finding.
    terminal.write("a.md", f"# New\n\nIt is calm.\n\n{WILD}\n\nIt is far.\n")
    terminal.write("x/b.md", FARMED)
    terminal.write("c.md", WILD)
    assert shown(terminal, ".") == ("2 findings in 3 files, 1 ignored", 1)
    (terminal.directory / "c.md").unlink()
    assert shown(terminal, "--prune-baseline", ".") == ("1 finding in 2 files, 1 ignored", 1)
    assert list(json.loads(path.read_text())["files"]) == ["a.md"]


def test_pruning_forgets_files_that_are_gone(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    terminal.write("b.md", WILD)
    terminal.check("--update-baseline", ".")
    (terminal.directory / "b.md").unlink()
    terminal.check("--prune-baseline", "a.md")
    content = json.loads((terminal.directory / ".ppl/accepted.json").read_text())
    assert list(content["files"]) == ["a.md"]


def test_a_baseline_may_be_elsewhere(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    assert terminal.check("--baseline", "sub/known.json", "--update-baseline", "a.md").code == 0
    assert terminal.check("a.md").code == 1
    assert terminal.check("--baseline", "sub/known.json", "a.md").code == 0
    assert terminal.check("--no-config", "--baseline", "sub/known.json", "a.md").code == 0
    terminal.write("sub/known.json", "nothing")
    result = terminal.check("--baseline", "sub/known.json", "a.md")
    assert result.code == 2
    assert "no list of accepted findings" in result.err
    assert (terminal.directory / "sub/known.json").read_text() == "nothing"


def test_an_update_leaves_alone_what_was_not_checked(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    terminal.write("b.md", FARMED)
    terminal.check("--update-baseline", ".")
    terminal.write("a.md", "calm")
    terminal.check("--update-baseline", "a.md")
    assert shown(terminal, ".") == ("0 findings in 2 files, 1 ignored", 0)


def test_a_baseline_that_can_not_be_written_is_said(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    terminal.write("file", "")
    result = terminal.check("--baseline", "file/known.json", "--update-baseline", "a.md")
    assert result.code == 2
    assert "can not be written" in result.err


def test_terms_of_a_project_are_learnt_in_a_repository_only(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    terminal.write("docs/b.md", "# The zebra\n\n`zebra`\n")
    terminal.write("src/c.py", "def feed_zebra(): pass")
    assert terminal.check("a.md").code == 1
    terminal.write(".git/HEAD", "")
    assert shown(terminal, "a.md") == ("0 findings in 1 file, 1 ignored", 0)
    terminal.write("ppl.toml", "learn-terms = false")
    assert terminal.check("a.md").code == 1
