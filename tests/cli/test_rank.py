"""`ppl rank`."""

import pytest

from tests.cli.running import Result, Terminal
from tests.grounding.copying import load_copying


def rank(terminal: Terminal, *argv: str, stdin: bytes = b"") -> Result:
    return terminal.ppl("rank", *argv, stdin=stdin, load=load_copying)


@pytest.fixture(name="contexts")
def _contexts(terminal: Terminal) -> Terminal:
    terminal.write("c/horse.md", "a horse\n")
    terminal.write("c/zebra.md", "the zebra\n")
    terminal.write("c/code.py", "horses = 1\n")
    terminal.write("c/data.bin", b"\0")
    return terminal


def test_the_table_has_the_best_first(contexts: Terminal) -> None:
    result = rank(contexts, "--text", "It is a zebra.", "--contexts", "c")
    assert result.code == 0
    assert result.out == (
        "“It is a zebra.”: 43.0 bits without a context\n\n"
        "  bits saved  per byte  context\n"
        "        38.0     2.714  c/zebra.md\n"
        "         0.0     0.000  c/code.py\n"
        "         0.0     0.000  c/horse.md\n"
    )


def test_the_text_is_a_file_where_there_is_one_or_standard_input(contexts: Terminal) -> None:
    contexts.write("answer.txt", "It is a zebra.")
    named = rank(contexts, "--text", "answer.txt", "--contexts", "c/horse.md", "c/zebra.md")
    piped = rank(
        contexts, "--text", "-", "--contexts", "c/horse.md", "c/zebra.md", stdin=b"It is a zebra."
    )
    assert named.out == piped.out
    assert "c/zebra.md" in named.out.split("\n")[3]


def test_json_says_what_was_read(contexts: Terminal) -> None:
    argv = ("--text", "It is a zebra.", "--contexts", "c/horse.md", "c/zebra.md")
    lines = rank(contexts, *argv, "--format", "jsonl").lines
    assert [(one["rank"], one["path"]) for one in lines] == [(1, "c/zebra.md"), (2, "c/horse.md")]
    assert lines[0] == {
        "rank": 1,
        "path": "c/zebra.md",
        "bits_saved": pytest.approx(38.0),
        "bits_saved_per_byte": pytest.approx(38 / 14),
        "is_whole": True,
        "start": 0,
        "end": 10,
        "first_line": 1,
        "last_line": 1,
    }
    document = rank(contexts, *argv, "--format", "json").json
    (text,) = document["files"]
    assert text["contexts"] == lines
    assert (text["n_bytes"], text["bits_without"]) == (14, pytest.approx(43.0))
    assert document["model"]["name"] == "embedded"


def test_a_long_context_is_named_with_the_lines_of_its_best_passage(contexts: Terminal) -> None:
    contexts.write("long.md", "horse horse\n\n" * 40 + "a zebra\n\n" + "horse horse\n\n" * 20)
    result = rank(contexts, "--text", "It is a zebra.", "--contexts", "long.md")
    place = result.out.split("\n")[3].rpartition(":")[2]
    first, last = map(int, place.split("-"))
    assert first <= 81 <= last


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--text", "", "--contexts", "c"), "there is nothing in it to be explained"),
        (("--text", "a", "--contexts", "none.md"), "none.md: no such file"),
        (("--text", "c/data.bin", "--contexts", "c"), "is binary"),
        (("--text", "a", "--contexts", "c/data.bin"), "there is no context that can be read"),
    ],
)
def test_what_can_not_be_ranked_is_said(
    contexts: Terminal, argv: tuple[str, ...], said: str
) -> None:
    result = rank(contexts, *argv)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err
