"""ONNX Runtime and OpenVINO on the CPU next to our own body and head: same model, same ids.

    python -m tests.benchmarks.runtimes --venv VENV [--model embedded|11x512] [--only NAME …]
        [--kinds body logits score more] [--rounds 15] [--markdown]

VENV holds the packages (`--help-install` prints how it is made). Every runtime in every precision
is a process of its own (peer.py); they take turns, a run of each in every round. Counted is
processor time on one core, as others may use the machine: pin it with taskset. Read are (B, T)
tokens of WikiText-2: `body` gives final hidden states, `logits` logits in fp32 on top, `score`
(ours only) what is kept of them instead, `more` the last 32 of 632 tokens after the others.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.files.directory import find_model
from ppl_engine.models.loading import load_scorer
from ppl_engine.pretraining.model import LanguageModel, Shape
from tests.benchmarks.runtimes.model import Array, Model, Sizes
from tests.benchmarks.runtimes.peer import PEERS
from tests.benchmarks.throughput import paragraphs

INSTALL: Final = """\
python -m venv VENV
VENV/bin/pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1 openvino==2026.4.1"""

_ROOT: Final = Path(__file__).parents[3]
_SIZES: Final = {"1×640": (1, 640), "4×205": (4, 205), "1×32": (1, 32)}
_UNSEEN: Final = tuple(range(301, 401, 40))
_KINDS: Final = ("body", "logits", "score", "more")
_AFTER: Final = {"kind": "more", "ids": "1×632", "n_new": 32}


@dataclass(slots=True)
class Runner:
    """A runtime at work, and what it said."""

    name: str
    process: "subprocess.Popen[str]"
    started: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    mb: dict[str, float] = field(default_factory=dict)
    deviation: dict[str, float] = field(default_factory=dict)

    def read(self) -> dict[str, Any]:
        """Return a line that it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended without a word; --verbose shows what it says.")
        return json.loads(line)

    def run(self, task: Mapping[str, object]) -> None:
        """Do a task and note how long it took."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        said = self.read()
        if not task.get("save"):
            kind = str(task["kind"])
            self.seconds.setdefault(f"{kind} {task['ids']}", []).append(said["seconds"])
            self.mb[kind] = said["mb"]


def make_inputs(name: str, directory: Path) -> None:
    """Write a model as this project loads it, and weights and ids for the others."""
    embedded = find_model("embedded").directory
    for file in embedded.iterdir():
        (directory / file.name).write_bytes(file.read_bytes())
    if name == "11x512":
        torch.manual_seed(0)
        shape = Shape(vocab_size=16_384, width=512, n_layers=11)
        model = LanguageModel(shape, torch.float32)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.02)
        tensors = {key: value.detach().bfloat16() for key, value in model.state_dict().items()}
        save_file(tensors, directory / "model.safetensors")
        (directory / "config.json").write_text(json.dumps(shape.config()), encoding="utf-8")
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    sizes = Sizes(
        n_layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        n_heads=config["num_attention_heads"],
        head_dim=config["head_dim"],
        norm_eps=config["rms_norm_eps"],
        rope_theta=config["rope_theta"],
        context=config["max_position_embeddings"],
    )
    weights = load_file(directory / "model.safetensors")
    Model(sizes, {key: value.float().numpy() for key, value in weights.items()}).save(directory)
    encode = load_scorer(ModelChoice(str(directory), "cpu", "exact")).encode
    ids = encode("\n".join(paragraphs(24))).ids.astype(np.int64)
    lengths = {f"1×{n}": (1, n) for n in (632, *_UNSEEN)} | _SIZES
    arrays: dict[str, Any] = {
        key: ids[: b * t].reshape(b, t).copy() for key, (b, t) in lengths.items()
    }
    np.savez(directory / "ids.npz", **arrays)


def started(options: argparse.Namespace, directory: Path) -> list[Runner]:
    """Make the files of each runtime and start it, one after the other."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT)}
    theirs = str(Path(options.venv, "bin", "python"))
    runners: list[Runner] = []
    for name in options.only or PEERS:
        python = sys.executable if name.startswith("ours") else theirs
        command = [python, "-m", f"{__package__}.peer"]
        errors = None if options.verbose else subprocess.DEVNULL
        arguments = [name, str(directory)]
        if python == theirs:
            make = [*command, "make", *arguments]
            subprocess.run(make, check=True, env=environment, stderr=errors)
        process = subprocess.Popen(
            [*command, "run", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
        runners.append(Runner(name, process))
        runners[-1].started = runners[-1].read()
    return runners


def measure(runners: list[Runner], n_rounds: int, kinds: list[str]) -> None:
    """Let all run in turn: first what has never been seen, then each thing many times."""
    for length in _UNSEEN:
        for runner in runners:
            for _ in range(2):
                runner.run({"kind": "body", "ids": f"1×{length}"})
    tasks = [{"kind": kind, "ids": size} for kind in kinds if kind != "more" for size in _SIZES]
    tasks += [_AFTER] if "more" in kinds else []
    for task in tasks:
        for _ in range(n_rounds + 1):
            for runner in runners:
                if task["kind"] != "score" or runner.name.startswith("ours"):
                    runner.run(task)


def logprobs(logits: Array, ids: Array) -> Array:
    """Return ln p of each token but the first of its row."""
    found = torch.log_softmax(torch.from_numpy(logits[:, :-1]).double(), dim=-1)
    return found.gather(2, torch.from_numpy(ids[:, 1:, None])).numpy().reshape(-1)


def compare(runners: list[Runner], directory: Path) -> None:
    """Note how far log-probabilities, and hidden states after a past, are from those of others."""
    file = directory / "found.npy"
    ids = np.load(directory / "ids.npz")
    ours = load_scorer(ModelChoice(str(directory), "cpu", "exact"))
    exact: dict[str, Array] = {}
    with torch.inference_mode():
        for size in ("1×640", "4×205"):
            rows = torch.arange(ids[size].size)
            hidden = ours._parts.body.hidden_states(torch.from_numpy(ids[size]), rows)
            logits = ours._parts.head.logits(hidden).numpy().reshape(*ids[size].shape, -1)
            exact[size] = logprobs(logits, ids[size])
    for runner in runners:
        parts: list[Array] = []
        for size, expected in exact.items():
            runner.run({"kind": "logits", "ids": size, "save": str(file)})
            parts.append(np.abs(logprobs(np.load(file), ids[size]) - expected))
        off = np.concatenate(parts)
        runner.run({"kind": "body", "ids": "1×632", "save": str(file)})
        whole = np.load(file).reshape(632, -1)[-32:]
        runner.run({**_AFTER, "save": str(file)})
        after = np.load(file).reshape(32, -1)
        runner.deviation = {
            "mean": float(off.mean()),
            "99 %": float(np.quantile(off, 0.99)),
            "worst": float(off.max()),
            "after a past": float(np.abs(after - whole).max() / np.abs(whole).max()),
        }


def result(runner: Runner) -> dict[str, Any]:
    """Return what is known of a runtime; the first run of each thing warms up."""
    unseen = [runner.seconds[f"body 1×{n}"] for n in _UNSEEN]
    return {
        **runner.started,
        "resident_mb": runner.mb,
        "deviation_nats": runner.deviation,
        "first_run_more_ms": 1000 * statistics.median(first - again for first, again in unseen[1:]),
        "first_ms": 1000 * (unseen[0][0] - unseen[0][1]),
        "ms": {
            name: {"min": 1000 * min(timed[1:]), "median": 1000 * statistics.median(timed[1:])}
            for name, timed in runner.seconds.items()
            if name.removeprefix("body 1×") not in map(str, _UNSEEN)
        },
    }


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a table for docs/benchmarks.md: the least and the median, in ms."""
    columns = list(next(iter(results.values()))["ms"])
    rows = [f"| | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for name, one in results.items():
        times = [one["ms"].get(column) for column in columns]
        cells = [f"{t['min']:.1f} / {t['median']:.1f}" if t else "" for t in times]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Print one JSON object, or a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", metavar="VENV", required=True)
    parser.add_argument("--model", choices=("embedded", "11x512"), default="embedded")
    parser.add_argument("--only", nargs="+", choices=tuple(PEERS), metavar="NAME")
    parser.add_argument("--kinds", nargs="+", choices=_KINDS, default=_KINDS)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="show what the runtimes say")
    parser.add_argument("--help-install", action="version", version=INSTALL)
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        make_inputs(options.model, directory := Path(scratch))
        runners = started(options, directory)
        try:
            measure(runners, options.rounds, options.kinds)
            compare(runners, directory)
        finally:
            for runner in runners:
                runner.process.kill()
                runner.process.communicate()
    results = {runner.name: result(runner) for runner in runners}
    shown = table(results) if options.markdown else json.dumps(results, indent=2)
    print(shown)  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
