"""The command for GPUs, run small on the CPU: it must work on the day a GPU is there."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.gpu import main


def test_the_report_is_complete_and_every_check_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.json"
    assert main(["--device", "cpu", "--tiny", "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == report
    assert report["failed_checks"] == report["left_out"] == []
    for found in report["throughput"].values():
        assert "error" not in found["ours"]
        assert found["ours"]["step_1024"]["tokens_per_second"] > 0
        assert found["plain_loop"]["tokens_per_second"] > 0


def test_what_does_not_fit_into_the_time_is_named(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert main(["--device", "cpu", "--tiny", "--seconds", "0", "--out", str(out)]) == 1
    report = json.loads(out.read_text())
    assert "llama no leaks" in report["failed_checks"]
    assert "llama-tiny, ours" in report["left_out"]
