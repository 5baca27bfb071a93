"""The folder in which the recipe's steps leave what the next step needs."""

import json
import lzma
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Tokenizer

from ppl_engine.errors import EngineError
from ppl_engine.pretraining.corpus import Split, read_corpus
from ppl_engine.pretraining.held_out import held_out_digests
from ppl_engine.pretraining.model import Shape


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was asked to do and where it ran."""

    shape: Shape
    minutes: float
    seed: int
    hardware: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """Paths below one folder."""

    directory: Path

    @property
    def tokenizer_path(self) -> Path:
        """The trained tokenizer."""
        return self.directory / "tokenizer.json"

    @property
    def train_path(self) -> Path:
        """The stream of tokens to train on."""
        return self.directory / "train.bin"

    @property
    def lexicon_path(self) -> Path:
        """The list of words."""
        return self.directory / "words.tsv.xz"

    @property
    def model_path(self) -> Path:
        """The exported model."""
        return self.directory / "model"

    @property
    def results_path(self) -> Path:
        """What the evaluation found."""
        return self.directory / "results.json"

    @property
    def sizes_path(self) -> Path:
        """What the runs of several sizes found."""
        return self.directory / "sizes.json"

    def run_path(self, name: str) -> Path:
        """Return the folder of a run, made if it is not there."""
        path = self.directory / "runs" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def valid_paths(self) -> dict[str, Path]:
        """Return the validation streams by category."""
        found = sorted(self.directory.glob("valid-*.bin"))
        return {path.stem.removeprefix("valid-"): path for path in found}

    def tokenizer(self) -> Tokenizer:
        """Load the tokenizer. Raises EngineError where the step before has not been run."""
        if not self.tokenizer_path.is_file():
            raise EngineError(f"{self.tokenizer_path} is not there; run the step tokenizer first.")
        return Tokenizer.from_file(str(self.tokenizer_path))

    def write_record(self, name: str, record: RunRecord) -> None:
        """Note what a run is."""
        path = self.run_path(name) / "run.json"
        path.write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")

    def has_run(self, name: str) -> bool:
        """Whether a run of that name was begun and has a curve."""
        return (self.directory / "runs" / name / "curve.jsonl").is_file()

    def read_record(self, name: str) -> RunRecord:
        """Return what a run is. Raises EngineError where there is no such run."""
        path = self.run_path(name) / "run.json"
        if not path.is_file():
            raise EngineError(f"there is no run {name} in {self.directory}; run the step train.")
        fields = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        fields["shape"] = Shape(**fields["shape"])
        return RunRecord(**fields)


def read_text(path: Path) -> str:
    """Return a text file, unpacked if it ends in .xz."""
    raw = path.read_bytes()
    return (lzma.decompress(raw) if path.suffix == ".xz" else raw).decode("utf-8")


def digests_held_out(corpus: Path, wikitext: Path | None) -> frozenset[bytes]:
    """Return the digests of all paragraphs that nothing may be trained on."""
    texts = [d.text for split in (Split.VALID, Split.TEST) for d in read_corpus(corpus, split)]
    return held_out_digests([*texts, *([read_text(wikitext)] if wikitext else [])])


def hardware(device: torch.device) -> str:
    """Say what a run ran on, in words for the card."""
    if device.type == "cuda":
        return f"one {torch.cuda.get_device_name(device)}"
    n_threads = torch.get_num_threads()
    units = cast("dict[str, bool]", torch.cpu.get_capabilities())
    fast = [name for name in ("amx_bf16", "avx512_bf16") if units.get(name)]
    with_units = f" with {' and '.join(fast)}" if fast else ""
    return f"{n_threads} CPU threads ({platform.machine()}{with_units})"
