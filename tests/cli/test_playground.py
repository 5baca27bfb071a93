import argparse
import subprocess
import sys

import pytest

from ppl_engine.cli import main, playground
from ppl_engine.cli.command_line import _parser
from ppl_engine.cli.session import MODELS, ExitCode
from ppl_lsp.__main__ import _parser as server_parser


def arguments(*argv: str) -> argparse.Namespace:
    return _parser().parse_args(["playground", *argv])


def server(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_server_understands_how_it_is_started(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    said = tmp_path_factory.mktemp("said") / "argv"
    code = f"import pathlib, sys; pathlib.Path({str(said)!r}).write_text('\\n'.join(sys.argv[1:]))"
    asked = arguments("--model", "some model", "--device", "cpu")
    assert playground.run(asked, MODELS, server=server(code)) == ExitCode.CLEAN
    options = server_parser().parse_args(
        [*playground.SERVER[4:], *said.read_text(encoding="utf-8").split("\n")]
    )
    assert options.playground
    assert options.browser
    assert (options.model, options.device, options.precision) == ("some model", "cpu", "auto")


def test_no_browser_is_opened_where_none_is_wanted() -> None:
    code = "import sys; sys.exit('--browser' in sys.argv)"
    assert playground.run(arguments(), MODELS, server=server(code)) == ExitCode.FAILED
    assert playground.run(arguments("--no-browser"), MODELS, server=server(code)) == 0


def test_a_server_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert playground.run(arguments(), MODELS, server=["/nowhere/python"]) == ExitCode.FAILED
    assert "the server can not be started" in capsys.readouterr().err


def test_ctrl_c_ends_it_without_complaint() -> None:
    class Interrupted(subprocess.Popen[bytes]):
        n_waits = 0

        def wait(self, timeout: float | None = None) -> int:
            self.n_waits += 1
            if self.n_waits == 1:
                assert self.stdin
                self.stdin.close()
                raise KeyboardInterrupt
            return super().wait(timeout)

    sleeper = server("import sys; sys.stdin.read()")
    with Interrupted(sleeper, stdin=subprocess.PIPE) as process:
        assert playground._wait(process) == 0
        assert process.poll() == 0


def test_the_help_says_what_stays_on_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["playground", "--help"])
    assert "for you alone" in capsys.readouterr().out
