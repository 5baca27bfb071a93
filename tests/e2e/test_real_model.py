"""The whole path once, with nothing faked: the real server, its embedded model, the protocol."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_shows_the_slips_of_the_sample_through_the_real_server() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ppl_lsp.demo"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    for expected in (
        "surprising-word: “trumpet”",
        "likely-mistake: “wich” may be meant as “which”",
        "quick fix: Replace with “which” (+",
        "likely-mistake: “reed” may be meant as “read”",
        "quick fix: Replace with “read” (+",
        "␣which",
        "bits of surprise",
        "ppl-lsp",
    ):
        assert expected in done.stdout
    assert "3 findings" in done.stdout
