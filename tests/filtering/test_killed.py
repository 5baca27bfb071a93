"""A filter that was killed at any moment and is run again writes what it would have written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

N_KILLS = 20
ROOT = Path(__file__).parents[2]


def data() -> bytes:
    lines: list[bytes] = []
    for k in range(150):
        text = " ".join(["the", "zebra" if k % 3 else "horse", *["ran"] * (k % 11)])
        lines.append(json.dumps({"id": k, "text": text}).encode())
        if k % 29 == 0:
            lines.append(b'{"text": broken')
    return b"\n".join(lines)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize(
    "arguments",
    [
        ["out.jsonl", "--max-perplexity", "1e6", "--rejected", "FOLDER/rejected.jsonl"],
        ["out.jsonl.zst", "--add-scores", "--keep-quantile", "0.1:0.6"],
        pytest.param(
            ["out.parquet", "--add-scores", "--min-bits-per-byte", "0.4"], marks=pytest.mark.slow
        ),
    ],
)
def test_twenty_random_moments(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "data.jsonl").write_bytes(data())
    done = subprocess.run(
        [sys.executable, "-m", "tests.filtering.killing", str(tmp_path), str(N_KILLS), *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    whole = found["whole"]
    out = arguments[0]
    rejected = {"rejected.jsonl"} & {Path(argument).name for argument in arguments}
    assert set(whole) == {out, f"{out}.bad.jsonl", *rejected}
    assert len(found["kills"]) == N_KILLS
    n_with_scores = 0
    for kill in found["kills"]:
        assert kill["was_killed"]
        # Nothing appears before it is whole.
        for name in set(whole) & set(kill["after_kill"]):
            assert kill["after_kill"][name] == whole[name]
        assert kill["after_all"] == whole, kill["moment"]
        n_with_scores += f"{out}.scores" in kill["after_kill"]
    # The moments are where there is something to be lost.
    assert n_with_scores > N_KILLS // 2
