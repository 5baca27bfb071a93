"""The commands of docs/check.md."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.repositories import Repository
from tests.cli.running import Terminal

PAGE = (Path(__file__).parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.split("\n") if "ppl check" in line]
ENDING = [command for command in COMMANDS if "--watch" not in command]
"""Of the others see test_watching."""


@pytest.mark.parametrize("command", ENDING)
def test_a_command_of_the_page_runs(terminal: Terminal, command: str) -> None:
    repository = Repository(terminal.directory)
    for name in ("README.md", "docs/a.md"):
        terminal.write(name, "The wild horse ran on.\n")
    repository.commit()
    terminal.write("docs/a.md", "The wild zebra ran on.\n")
    words = shlex.split(command, comments=True)
    stdin = b""
    if "|" in words:
        bar = words.index("|")
        before = [word.replace("main...", "main") for word in words[1:bar]]
        stdin, words = repository.git(*before), words[bar + 1 :]
    assert words[:2] == ["ppl", "check"]
    result = terminal.check(*words[2:], stdin=stdin)
    assert result.code in {0, 1}, result.err


def test_there_are_commands_on_the_page() -> None:
    assert len(COMMANDS) >= 8
