"""A check that is killed at any moment, and run again, says what it would have said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

N_KILLS = 20
ROOT = Path(__file__).parents[2]


def write_documents(directory: Path) -> None:
    directory.mkdir()
    for k in range(40):
        lines = [
            f"The horse and the zebra ran {'on and ' * (k % 5)}on by {k * j} miles."
            for j in range(k % 7 + 1)
        ]
        (directory / f"{k:02}.md").write_text(f"# Page {k}\n\n" + "\n\n".join(lines) + "\n")
    (directory / "40.md").write_bytes(b"no UTF-8: \xff")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_twenty_random_moments_on_one_cache(tmp_path: Path) -> None:
    write_documents(tmp_path / "docs")
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.killing_checks", str(tmp_path), str(N_KILLS)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    whole, kills = found["whole"], found["kills"]
    assert set(whole) == {"text", "json", "sarif"}
    assert len(json.loads(bytes.fromhex(whole["json"]))["files"]) == 40
    assert len(kills) == N_KILLS
    for k, kill in enumerate(kills):
        assert kill["was_killed"]
        assert kill["resumed"] == whole, k
        # Nothing appears before it is whole.
        assert kill["after_kill"].items() <= whole.items(), k
    assert found["last"] == whole
    # What was done before a kill was not done again.
    assert kills[-1]["n_moments"] < kills[0]["n_moments"] / 2
