"""What `--ray` and `--workers` ask for, before there is a cluster."""

import sys

import pytest

from tests.cli.running import Terminal

COMMANDS = (("check",), ("eval",), ("filter", "-o", "out.jsonl"))


@pytest.fixture
def data(terminal: Terminal) -> Terminal:
    terminal.write("data.jsonl", '{"text": "a horse"}\n')
    return terminal


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_ray_the_extra_is_named(
    data: Terminal, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = data.ppl(*command, "data.jsonl", "--ray", "local")
    assert result.code == 2
    assert result.err == "ppl: --ray needs a package: pip install 'ppl-lsp[ray]'.\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_workers_need_a_cluster(data: Terminal, command: tuple[str, ...]) -> None:
    result = data.ppl(*command, "data.jsonl", "--workers", "2")
    assert result.code == 2
    assert "--workers belongs to --ray; --ray local starts workers here." in result.err
    said = data.usage_error([*command, "data.jsonl", "--ray", "local", "--workers", "0"])
    assert "'0' is not a number of workers" in said


@pytest.mark.parametrize("option", ["--heat", "--fix", "--watch"])
def test_what_needs_an_engine_here_is_no_work_for_a_cluster(data: Terminal, option: str) -> None:
    result = data.ppl("check", "data.jsonl", "--ray", "local", option)
    assert result.code == 2
    assert result.err == f"ppl: --ray brings findings and no more: leave out {option}\n"
