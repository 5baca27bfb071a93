"""Tokens per second next to other programs that score text: same model, same texts, one run.

    python -m tests.benchmarks.peers --new VENV --old VENV [--llama VENV] [--evaluate SCRIPT]
        [--model gpt2-124M|embedded] [--only NAME …] [--paragraphs 4] [--rounds 3] [--lock FILE]
        [--cpu-time] [--markdown]

VENV are environments that hold the peers (`--help-install` prints how they are made); the old one
is for those that do not run with transformers 5. Every peer is a process of its own (peer.py),
loaded and warmed up before the first round; the rounds are interleaved, and the best of each
counts. Everything runs on as many cores as this process may use: pin it with taskset.
"""

import argparse
import fcntl
import json
import os
import platform
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch

from ppl_engine.models.files.directory import find_model
from tests.benchmarks.peer import PEERS
from tests.benchmarks.throughput import gpt2_shaped, paragraphs

INSTALL: Final = """\
python -m venv NEW; NEW/bin/pip install torch==2.13.0
NEW/bin/pip install transformers==5.23.0 minicons==0.3.39 surprisal==0.1.7 lm-eval==0.4.13
python -m venv OLD; OLD/bin/pip install torch==2.13.0
OLD/bin/pip install lmppl==0.3.2 evaluate==0.4.6 'transformers<5'
NEW/bin/pip install llama-cpp-python==0.3.36      # compiles llama.cpp; its convert_hf_to_gguf.py
                                                  # makes the model file beside the weights
SCRIPT is measurements/perplexity/perplexity.py of github.com/huggingface/evaluate."""

_TOKENIZER_CONFIG: Final = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": "<|endoftext|>",
    "eos_token": "<|endoftext|>",
    "unk_token": "<|endoftext|>",
    "model_max_length": 1024,
}
_PEER: Final = Path(__file__).with_name("peer.py")
_NEED_OLD: Final = ("lmppl", "evaluate")


@dataclass(slots=True)
class Runner:
    """A peer at work."""

    name: str
    process: "subprocess.Popen[str]"
    said: dict[str, Any] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    def read(self) -> bool:
        """Take in a line; False where the peer has failed."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.said |= json.loads(line) if line else {"error": "it ended without a word"}
        if "seconds" in self.said:
            self.seconds.append(self.said.pop("seconds"))
            self.cpu_seconds.append(self.said.pop("cpu_seconds"))
        return "error" not in self.said

    def run(self) -> None:
        """Run a round."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.read()


@contextmanager
def model_directory(name: str) -> Generator[Path]:
    """A directory that every peer can load: ours, with what their tokenizers want to read."""
    made = nullcontext(find_model(name).directory) if name == "embedded" else gpt2_shaped()
    with TemporaryDirectory() as scratch, made as source:
        directory = Path(scratch)
        for file in source.iterdir():
            (directory / file.name).write_bytes(file.read_bytes())
        tokenizer = json.loads((directory / "tokenizer.json").read_text(encoding="utf-8"))
        if not tokenizer["added_tokens"]:
            special = {"id": 50256, "content": "<|endoftext|>", "special": True}
            flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
            tokenizer["added_tokens"] = [{**special, **flags}]
        (directory / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
        config = json.dumps(_TOKENIZER_CONFIG)
        (directory / "tokenizer_config.json").write_text(config, encoding="utf-8")
        yield directory


def interpreters(options: argparse.Namespace) -> Mapping[str, str]:
    """Return the interpreter for each peer that there is one for."""
    found: dict[str, str] = {}
    for name in PEERS:
        place = options.new
        if name.startswith(("ours", "plain")):
            found[name] = sys.executable
            continue
        if name in _NEED_OLD:
            place = options.old
        elif name == "llama.cpp":
            place = options.llama
        if place and (name != "evaluate" or options.evaluate):
            found[name] = str(Path(place, "bin", "python"))
    return {name: python for name, python in found.items() if name in (options.only or PEERS)}


def convert(options: argparse.Namespace, directory: Path) -> None:
    """Make the file that llama.cpp reads, in the precision that its script chooses."""
    script = [str(Path(options.llama, "bin", "python")), options.convert, str(directory)]
    outfile = ["--outfile", str(directory / "model-f32.gguf"), "--outtype", "f32"]
    subprocess.run([*script, *outfile], check=True, stdout=subprocess.DEVNULL)


def started(options: argparse.Namespace, directory: Path, texts: Path) -> list[Runner]:
    """Start all peers, one after the other, and wait until each is ready."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    runners: list[Runner] = []
    for name, python in interpreters(options).items():
        command = [python, str(_PEER), name, str(directory), str(texts), options.evaluate or ""]
        runner = Runner(
            name,
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if options.verbose else subprocess.DEVNULL,
                text=True,
                env=environment if "ours" not in name else {**environment, **_our_path()},
            ),
        )
        runner.read()
        runners.append(runner)
    return runners


def _our_path() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[2])}


@contextmanager
def alone(lock: str | None) -> Generator[None]:
    """Wait until no other benchmark on this machine holds the lock."""
    if lock is None:
        yield
        return
    with Path(lock).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def compared(options: argparse.Namespace) -> dict[str, Any]:
    """Run all peers on one model."""
    with TemporaryDirectory() as scratch, model_directory(options.model) as directory:
        texts = Path(scratch, "texts.json")
        texts.write_text(json.dumps(paragraphs(options.paragraphs)), encoding="utf-8")
        if options.llama and options.convert:
            convert(options, directory)
        runners = started(options, directory, texts)
        with alone(options.lock):
            for _ in range(options.rounds):
                for runner in runners:
                    if "error" not in runner.said:
                        runner.run()
        for runner in runners:
            runner.process.kill()
            runner.process.communicate()
    return {one.name: _result(one, by_cpu_time=options.cpu_time) for one in runners}


def _result(runner: Runner, *, by_cpu_time: bool) -> dict[str, Any]:
    if "error" in runner.said:
        return {"error": " ".join(runner.said["error"].split())}
    rate = runner.said["n_tokens"] / min(runner.cpu_seconds if by_cpu_time else runner.seconds)
    return {**runner.said, "tokens_per_second": round(rate, 1)}


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a table for docs/benchmarks.md, with the ratio of our default to each."""
    ours = results.get("ours auto", {}).get("tokens_per_second")
    rows = [
        "| | version | precision | tokens | nats a token | tokens per second | ours to it |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in results.items():
        if "error" in one:
            rows.append(f"| {name} | | | | | {one['error']} | |")
            continue
        rate = one["tokens_per_second"]
        ratio = f"{ours / rate:.2f}" if ours else ""
        cells = [one["version"], one["precision"], f"{one['n_tokens']:,}", f"{one['nats']:.3f}"]
        rows.append(f"| {name} | {' | '.join(cells)} | {rate:,.0f} | {ratio} |")
    return "\n".join(rows)


def main() -> None:
    """Print one JSON object, or a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--new", metavar="VENV")
    parser.add_argument("--old", metavar="VENV")
    parser.add_argument("--llama", metavar="VENV")
    parser.add_argument("--convert", metavar="SCRIPT", help="convert_hf_to_gguf.py of llama.cpp")
    parser.add_argument("--evaluate", metavar="SCRIPT")
    parser.add_argument("--model", choices=("gpt2-124M", "embedded"), default="gpt2-124M")
    parser.add_argument("--only", nargs="+", choices=tuple(PEERS), metavar="NAME")
    parser.add_argument("--paragraphs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lock", metavar="FILE", help="hold this lock during the rounds")
    parser.add_argument(
        "--cpu-time",
        action="store_true",
        help="count seconds of the CPU: on one core of many users",
    )
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="show what the peers say")
    parser.add_argument("--help-install", action="version", version=INSTALL)
    results = compared(options := parser.parse_args())
    machine = {
        "machine": platform.machine(),
        "cpu": str(torch.cpu.get_capabilities().get("cpu_name", "")),
        "cores used": len(os.sched_getaffinity(0)),
        "torch": torch.__version__,
        "model": options.model,
    }
    shown = table(results) if options.markdown else json.dumps(machine | results, indent=2)
    print(shown)  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
