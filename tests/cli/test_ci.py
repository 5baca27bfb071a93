"""What other programs read: the hook, the action, and the examples in docs/ci.md."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pre_commit import clientlib

from tests.cli.running import Terminal

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WILD = "the wild zebra ran"

# The real program with a model of which the findings are known.
PPL = """\
#!{python}
import sys
sys.path.insert(0, {root!r})
from ppl_engine.cli import main
from tests.cli.fake_scorer import fake_models
from tests.cli.running import ANY_WORD
sys.exit(main([sys.argv[1], *ANY_WORD, *sys.argv[2:]], models=fake_models()))
"""


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def is_valid(file: Path, schema: str) -> bool:
    checked = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(checked, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return True


def test_the_hook_is_one_that_pre_commit_takes() -> None:
    (hook,) = clientlib.load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert (hook["id"], hook["language"]) == ("ppl-check", "python")


def test_the_hook_runs(terminal: Terminal) -> None:
    (hook,) = clientlib.load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    terminal.write("a.md", WILD)
    command, *argv = [*shlex.split(hook["entry"]), *hook["args"], "a.md"]
    assert command == "ppl"
    assert terminal.ppl(*argv).code == 0


def test_the_action_is_one_that_github_takes() -> None:
    assert is_valid(ROOT / "action.yml", "vendor.github-actions")


def test_no_input_becomes_part_of_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 3
    assert not [script for script in scripts if "${{" in script]


def test_every_input_is_used_and_on_the_page() -> None:
    source = (ROOT / "action.yml").read_text(encoding="utf-8")
    table = PAGE[PAGE.index("| input |") :].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \| ", table, flags=re.MULTILINE) == list(ACTION["inputs"])
    for name in ACTION["inputs"]:
        assert f"inputs.{name} " in source


class Runner:
    """A folder in which a step of the action runs as GitHub would run it."""

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "temporary"
        self.work = folder / "work"
        self.output, self.summary = folder / "output", folder / "summary"
        program = self.temporary / "ppl-venv" / "bin" / "ppl"
        program.parent.mkdir(parents=True)
        program.write_text(PPL.format(python=sys.executable, root=str(ROOT)))
        program.chmod(0o755)
        self.work.mkdir()

    def check(self, **inputs: str) -> tuple[int, str]:
        """Run the step `check` with these inputs, and return its exit code and log."""
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
        given = {name: one["default"] for name, one in ACTION["inputs"].items()} | inputs
        environment = {
            name: given[found[1]]
            for name, value in step["env"].items()
            if (found := re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value))
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.work,
            env={
                **os.environ,
                **environment,
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
            },
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    return Runner(tmp_path)


def test_the_action_checks_annotates_and_sums_up(runner: Runner) -> None:
    (runner.work / "a.md").write_text(WILD)
    code, log = runner.check(paths="a.md", sarif="found.sarif")
    assert code == 1
    assert runner.output.read_text() == "has-sarif=true\nexit-code=1\n"
    assert runner.summary.read_text().startswith("## ppl check\n\n1 finding in 1 file")
    assert (
        "\n::notice file=a.md,line=1,endLine=1,col=10,endColumn=14,title=surprising-word::" in log
    )
    found = json.loads((runner.work / "found.sarif").read_text())
    assert len(found["runs"][0]["results"]) == 1


def test_the_action_is_quiet_where_it_is_asked_to(runner: Runner) -> None:
    (runner.work / "a.md").write_text(WILD)
    inputs = {"args": "--severity=warning\n", "summary": "false", "annotations": "false"}
    code, log = runner.check(paths="a.md\n", **inputs)
    assert (code, runner.summary.exists()) == (0, False)
    assert "0 findings in 1 file" in log


def test_the_action_says_when_it_could_not_run(runner: Runner) -> None:
    assert runner.check(paths="nowhere.md")[0] == 2
    assert "exit-code=2\n" in runner.output.read_text()


def test_nothing_that_is_named_or_quoted_is_run(runner: Runner) -> None:
    names = ["$(touch run).md", "`touch run`.md", "; touch run.md", "--exit-zero.md", "a b'\".md"]
    for name in names:
        (runner.work / name).write_text(f"::error::no\n\n{WILD} ::set-output name=a::b zebra")
    code, log = runner.check(paths="\n".join(names), args="--max-findings=0\n--config=$(touch run)")
    assert code == 2
    code, log = runner.check(paths="\n".join(names))
    assert code == 1
    assert sorted(path.name for path in runner.work.iterdir()) == sorted(names)
    # Between these two lines the runner takes nothing for a command.
    _, pause, rest = log.partition("::stop-commands::")
    token, _, rest = rest.partition("\n")
    text, resume, annotations = rest.partition(f"\n::{token}::\n")
    assert pause
    assert resume
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert "::set-output" in text
    commands = [line for line in annotations.split("\n") if line.startswith("::")]
    assert len(commands) == len(names)
    assert all(line.startswith("::notice file=") for line in commands)


def test_the_examples_are_taken_by_what_they_are_for(tmp_path: Path) -> None:
    workflow, pipeline, *hooks = examples("yaml")
    for name, example, schema in (
        ("workflow.yml", workflow, "vendor.github-workflows"),
        ("pipeline.yml", pipeline, "vendor.gitlab-ci"),
    ):
        (tmp_path / name).write_text(example)
        assert is_valid(tmp_path / name, schema)
    given = yaml.safe_load(workflow)["jobs"]["ppl"]["steps"][1]["with"]
    assert set(given) <= set(ACTION["inputs"])
    assert len(hooks) == 2
    for example in hooks:
        (tmp_path / "hooks.yaml").write_text(example)
        clientlib.load_config(str(tmp_path / "hooks.yaml"))


def test_the_commands_of_the_page_run(terminal: Terminal) -> None:
    terminal.write("docs/a.md", "the wild horse ran")
    (pipeline,) = [example for example in examples("yaml") if "codequality" in example]
    scripts = [line for one in examples("bash") for line in one.split("\n") if line]
    scripts += [line for line in yaml.safe_load(pipeline)["ppl"]["script"] if "pip" not in line]
    scripts.append("ppl check --format jsonl docs/")
    assert len(scripts) == 7
    for line in scripts:
        command, *argv = shlex.split(line)
        assert command == "ppl"
        result = terminal.ppl(*argv)
        assert (result.code, result.err) == (0, ""), line
    for name in ("ppl.sarif", "ppl.xml", "gl-code-quality.json"):
        assert (terminal.directory / name).exists()


def test_the_gates_of_the_page_are_a_configuration(terminal: Terminal) -> None:
    (toml,) = examples("toml")
    terminal.write("ppl.toml", toml)
    terminal.write("a.md", "calm")
    assert terminal.check("a.md").err == ""
