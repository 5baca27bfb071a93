import subprocess
import sys
from pathlib import Path

import pytest

from ppl_engine.cli import main

ROOT = Path(__file__).parents[2]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["check", "--help"],
        ["score", "--help"],
        ["report", "--help"],
        ["cache", "--help"],
    ],
)
def test_help_has_examples_and_exit_codes(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(argv)
    text = capsys.readouterr().out
    _, _, examples = text.partition("examples:\n")
    assert examples.count("\n  ppl ") + examples.startswith("  ppl ") >= 3 or "| ppl " in examples
    assert "exit codes:" in text


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom ppl_engine.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'rich'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    result = python("-c", script)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_file_that_is_missing_is_said_without_loading_a_model() -> None:
    result = python("-m", "ppl_engine", "check", "nowhere.md")
    assert result.stderr == "ppl: nowhere.md: no such file or directory\n"
    assert result.returncode == 2


def test_the_version_is_told() -> None:
    assert python("-m", "ppl_engine", "--version").stdout.startswith("ppl ")


def test_a_closed_pipe_is_quiet() -> None:
    script = (
        "import sys\nfrom ppl_engine.cli import main\n"
        "from tests.cli.fake_scorer import fake_models\n"
        "sys.exit(main(['score', '-'], models=fake_models()))"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b"a zebra ran")
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "COMMAND" in capsys.readouterr().err
