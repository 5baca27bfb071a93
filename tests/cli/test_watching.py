import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.repositories import Repository
from tests.cli.running import ANY_WORD, Terminal

CALM = "The wild horse ran on.\n"
WILD = "The wild zebra ran on.\n"
_ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends by a signal")


def put(path: Path, text: str) -> None:
    """Write a file at once, so that nobody sees it empty."""
    beside = path.with_name(".being-written")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


class Watcher:
    """A watch that goes on while a test changes files. Reads of its output wait for it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def page(self) -> list[str]:
        """Return the lines up to that which says that it waits."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            if line.startswith("watching "):
                return [*lines, line.partition(";")[0]]
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"it ended after {lines}")

    def places(self) -> list[str]:
        """Return the places of findings of a page, and what else begins a line."""
        return [
            ":".join(line.split(":")[:3]) for line in self.page() if line[:1] not in " 0123456789"
        ]


@contextmanager
def watching(directory: Path, *argv: str) -> Generator[Watcher, None, None]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "PPL_CACHE_DIR": str(directory / ".cache"),
    }
    command = [sys.executable, "-m", "tests.cli.watcher", "check", *ANY_WORD, "--watch", *argv]
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Watcher(process)
    finally:
        process.kill()
        process.communicate()


def test_what_changes_is_checked_again(tmp_path: Path) -> None:
    put(tmp_path / "a.md", CALM)
    put(tmp_path / "b.md", WILD)
    with watching(tmp_path, ".") as watch:
        assert watch.places() == ["./b.md:1:10", "watching 2 files"]
        put(tmp_path / "a.md", CALM + "\n" + WILD)
        assert watch.places() == ["./a.md:3:10", "watching 2 files"]
        # As editors save: a new file takes the place of the old one.
        put(tmp_path / "a.md", WILD)
        assert watch.places() == ["./a.md:1:10", "watching 2 files"]
        (tmp_path / "b.md").rename(tmp_path / "c.md")
        assert watch.places() == ["./c.md:1:10", "./b.md: gone", "watching 2 files"]
        (tmp_path / "c.md").unlink()
        assert watch.places() == ["./c.md: gone", "watching 1 file"]
        # A folder that was not there, and a document in it.
        (tmp_path / "x" / "y").mkdir(parents=True)
        put(tmp_path / "x" / "y" / "d.md", WILD)
        assert watch.places() == ["./x/y/d.md:1:10", "watching 2 files"]
        put(tmp_path / "x" / "y" / "d.md", WILD * 2)
        assert watch.places()[-1] == "watching 2 files"


def test_configuration_is_read_again(tmp_path: Path) -> None:
    Repository(tmp_path)
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(WILD, encoding="utf-8")
    with watching(tmp_path) as watch:
        assert watch.places() == ["./a.md:1:10", "./b.md:1:10", "watching 2 files"]
        put(tmp_path / "ppl.toml", "ignore = ['surprising-word']")
        assert watch.page()[0].startswith("0 findings in 2 files, 2 ignored (10 words")
        put(tmp_path / "ppl.toml", "nonsense = 1")
        places = watch.places()
        assert places[:2] == ["./a.md:1:10", "./b.md:1:10"]
        assert "ppl.toml: nonsense" in places[2]
        put(tmp_path / ".gitignore", "b.md")
        places = watch.places()
        assert (places[0], places[-1]) == ("./b.md: gone", "watching 1 file")


def test_a_named_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    put(path, WILD)
    with watching(tmp_path, "a.md", "--no-cache") as watch:
        assert watch.places() == ["a.md:1:10", "watching 1 file"]
        path.unlink()
        assert watch.places()[0] == "ppl: a.md: no such file or directory"
        put(path, WILD)
        assert watch.places() == ["a.md:1:10", "watching 1 file"]


def test_a_person_ends_it(tmp_path: Path) -> None:
    put(tmp_path / "a.md", CALM)
    with watching(tmp_path, "a.md") as watch:
        watch.page()
        watch.process.send_signal(signal.SIGINT)
        out, err = watch.process.communicate()
        assert (watch.process.returncode, out, err) == (130, "", "ppl: no longer watching\n")


def test_without_a_model_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    put(tmp_path / "a.md", CALM)
    with watching(tmp_path, "--model", "missing") as watch:
        out, err = watch.process.communicate()
        assert (watch.process.returncode, out) == (2, "")
        assert err == "ppl: There is no model missing here.\n"


def test_without_watchfiles_it_is_said_how_to_get_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.setitem(sys.modules, "watchfiles._rust_notify", None)
    terminal.write("a.md", CALM)
    result = terminal.check("--watch")
    assert result.code == 2
    assert "pip install 'ppl-lsp[watch]'" in result.err
