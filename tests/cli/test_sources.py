import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ppl_engine.cli.places import Lines, Position
from tests.cli.running import Terminal


def paths(terminal: Terminal, *argv: str) -> list[str]:
    return [file["path"] for file in terminal.check("--format", "jsonl", *argv).lines]


def test_directories_are_walked_in_order_for_documents_alone(terminal: Terminal) -> None:
    for name in (
        "b.md",
        "a/z.TXT",
        "a/b.mdx",
        "c.py",
        ".git/x.md",
        "node_modules/x.md",
        "env/pyvenv.cfg",
        "env/x.md",
    ):
        terminal.write(name, "a")
    assert paths(terminal, ".") == ["./a/b.mdx", "./a/z.TXT", "./b.md"]


def test_a_file_that_is_named_is_read_whatever_its_suffix_and_once(terminal: Terminal) -> None:
    terminal.write("c.py", "a")
    (terminal.directory / "link.md").symlink_to("c.py")
    assert paths(terminal, "c.py", "./c.py", ".") == ["c.py"]


def test_a_loop_of_directories_is_left_with_a_note(terminal: Terminal) -> None:
    terminal.write("a/b.md", "a")
    (terminal.directory / "a" / "up").symlink_to(terminal.directory, target_is_directory=True)
    result = terminal.check("--format", "jsonl", ".")
    assert [file["path"] for file in result.lines] == ["./a/b.md"]
    assert result.err == (
        f"ppl: ./a/up: skipped, since it leads back to {terminal.directory.resolve()}\n"
    )
    assert result.code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ab\0c", "is binary, not text: there is a NUL at byte 2"),
        (
            b"caf\xe9",
            "is not UTF-8 (byte 0xE9 at offset 3): "
            "convert it, for example with `iconv -f LATIN1 -t UTF-8`",
        ),
        (
            b"\xef\xbb\xbfcaf\xe9",
            "is not UTF-8 (byte 0xE9 at offset 6): "
            "convert it, for example with `iconv -f LATIN1 -t UTF-8`",
        ),
        (
            "é".encode("utf-16"),
            "is UTF-16, not UTF-8: convert it, for example with `iconv -f UTF-16 -t UTF-8`",
        ),
    ],
)
def test_what_is_no_text_is_said_and_the_rest_goes_on(
    terminal: Terminal, content: bytes, message: str
) -> None:
    terminal.write("a.md", content)
    terminal.write("b.md", "b")
    result = terminal.check("--format", "jsonl", "a.md", "b.md")
    assert result.err == f"ppl: a.md: {message}\n"
    assert [file["path"] for file in result.lines] == ["b.md"]
    assert result.code == 2


def test_what_is_not_there_is_said(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    result = terminal.check("nowhere.md", "a.md/b.md", "--format", "jsonl", "a.md")
    assert result.err == (
        "ppl: nowhere.md: no such file or directory\nppl: a.md/b.md: not a directory\n"
    )
    assert len(result.lines) == 1
    assert result.code == 2


def test_what_may_not_be_read_is_said(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    (terminal.directory / "a.md").chmod(0)
    with nobody():
        result = terminal.check("a.md")
    assert (result.err, result.code) == ("ppl: a.md: permission denied\n", 2)


@contextmanager
def nobody() -> Generator[None]:
    """Be an ordinary user for a while: the superuser may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_directory_without_documents_is_said(terminal: Terminal) -> None:
    terminal.write("a/c.py", "a")
    result = terminal.check("a")
    assert result.err.startswith("ppl: a: no documents in this directory ")
    assert result.code == 2


def test_a_byte_order_mark_is_no_part_of_the_text(terminal: Terminal) -> None:
    terminal.write("a.txt", b"\xef\xbb\xbfthe")
    (row,) = terminal.score("--format", "jsonl", "a.txt").lines
    assert (row["start"], row["text"]) == (0, "the")


def test_a_name_with_a_byte_that_is_no_character_can_be_said(
    terminal: Terminal, tmp_path: Path
) -> None:
    name = os.fsdecode(b"a\xff.md")
    try:
        (tmp_path / name).write_text("the wild zebra ran", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    assert terminal.check(".").out.startswith("./a\\udcff.md:1:10: ")
    assert terminal.check("--format", "json", ".").json["files"][0]["path"] == f"./{name}"


def test_lines_end_as_editors_say() -> None:
    lines = Lines("a\u2028\f\r\n𝄞b\rc\n")
    assert [lines.position(k) for k in range(10)] == [
        Position(0, 0),
        Position(0, 1),
        Position(0, 2),
        Position(0, 3),
        Position(0, 4),
        Position(1, 0),
        Position(1, 2),
        Position(1, 3),
        Position(2, 0),
        Position(2, 1),
    ]
