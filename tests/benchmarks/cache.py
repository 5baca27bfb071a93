"""How fast `ppl check` goes over a tree of which nothing has changed since the last run.

    python -m tests.benchmarks.cache [--words 1000000] [--embedded]

The tree is WikiText-2 as Markdown files of about 1,000 words, repeated under other headings as
often as needed. Without --embedded it is checked for the first time by a stand-in that gives
random scores, since what was found by which model makes no difference to reading it: the budget of
ten findings in 1,000 words is used up. Then `ppl check` runs as a process of its own, and what is
timed is all of it, from its start to its end, with its modules compiled as an installed package
has them.
"""

import argparse
import contextlib
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ppl_engine.cli import main as ppl
from ppl_engine.cli.session import MODELS, Models
from ppl_engine.engine import Engine, Store
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.files.directory import find_model
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer
from tests.models.test_wikitext import unpacked

_WORDS_A_FILE = 1000


class StandIn(FakeScorer):
    """The embedded model by name, with scores that were thrown like dice."""

    def __init__(self) -> None:
        super().__init__()
        revision = find_model("embedded").revision
        self.model = ModelInfo("embedded", revision, "cpu", "bf16", 1024, 16384, "bos")
        self._rng = np.random.default_rng(0)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        for idx, window in enumerate(windows):
            n = window.n_targets
            surprisal = self._rng.exponential(6.0, n).astype(np.float32)
            low = np.full(n, 0.5, np.float32)
            hidden = np.zeros((n, 1), np.float32)
            rank = np.ones(n, np.int64)
            yield [(idx, WindowScores(-surprisal, low, rank, -low, 0 * low, 0 * low, hidden))]


def _load_stand_in(_: ModelChoice, store: Store | None) -> Engine:
    return Engine(StandIn(), store=store)


def write_tree(directory: Path, n_words: int) -> int:
    """Write Markdown files until they have so many words; return how many they have."""
    paragraphs = [line.strip() for line in unpacked("wikitext2-test.raw.xz").split("\n")]
    n_written = n_files = n_in_file = 0
    lines: list[str] = []
    while n_written + n_in_file < n_words:
        for paragraph in filter(None, paragraphs):
            lines.append(paragraph.replace("=", "#"))
            n_in_file += len(paragraph.split())
            if n_in_file > _WORDS_A_FILE:
                text = "\n\n".join([f"# File {n_files}", *lines, ""])
                folder = directory / f"{n_files // 100:03}"
                folder.mkdir(exist_ok=True)
                (folder / f"{n_files:05}.md").write_text(text, encoding="utf-8")
                n_written, n_files, n_in_file, lines = n_written + n_in_file, n_files + 1, 0, []
            if n_written + n_in_file >= n_words:
                break
    return n_files


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took and found."""

    seconds: float
    cpu_seconds: float
    n_words: int
    n_findings: int


def timed(tree: Path) -> Run:
    """Run `ppl check` as a person does."""
    command = [sys.executable, "-m", "ppl_engine", "check", "--format", "json", str(tree)]
    start, cpu_start = time.perf_counter(), _cpu_seconds_of_children()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    files = json.loads(done.stdout)["files"]
    return Run(
        seconds=seconds,
        cpu_seconds=_cpu_seconds_of_children() - cpu_start,
        n_words=sum(file["summary"]["n_words"] for file in files),
        n_findings=sum(len(file["findings"]) for file in files),
    )


def _cpu_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--embedded", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        tree, os.environ["PPL_CACHE_DIR"] = Path(name, "tree"), str(Path(name, "cache"))
        tree.mkdir()
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name, "compiled"))
        n_files = write_tree(tree, options.words)
        models = MODELS if options.embedded else Models(_load_stand_in, MODELS.revision)
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            ppl(["check", str(tree)], models=models)
        first = time.perf_counter() - start
        runs = [timed(tree) for _ in range(5)]
        size = Path(name, "cache", "scores.db").stat().st_size
        empty = Path(name, "empty")
        empty.mkdir()
        (empty / "a.md").touch()
        ppl(["check", str(empty), "-o", os.devnull], models=models)
        idle = [timed(empty) for _ in range(5)]
    best = min(runs, key=lambda run: run.seconds)
    seconds, start_up = best.seconds, min(run.seconds for run in idle)
    cpu_seconds = min(run.cpu_seconds for run in runs)
    cpu_start_up = min(run.cpu_seconds for run in idle)
    result = {
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "filled by": "embedded" if options.embedded else "a stand-in",
        "files": n_files,
        "words": best.n_words,
        "findings": best.n_findings,
        "first run, seconds": round(first, 2),
        "warm runs, seconds": [round(run.seconds, 3) for run in runs],
        "warm run, CPU seconds": round(cpu_seconds, 3),
        "of it start-up, seconds and CPU seconds": (round(start_up, 3), round(cpu_start_up, 3)),
        "words per second": round(best.n_words / seconds),
        "words per second, without start-up": round(best.n_words / (seconds - start_up)),
        "words per CPU second": round(best.n_words / cpu_seconds),
        "words per CPU second, without start-up": round(
            best.n_words / (cpu_seconds - cpu_start_up)
        ),
        "cache, MB": round(size / 1e6, 1),
    }
    print(json.dumps(result, indent=2))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
