"""A revision changes with any tensor and with the tokenizer, and with nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ppl_engine.models.files.directory import find_model

Tensors = dict[str, "np.ndarray"]


def tensors() -> Tensors:
    sizes = {"a.weight": 3, "b.weight": 100_000, "c.bias": 0, "d.weight": 5_000}
    rng = np.random.default_rng(0)
    return {name: rng.random(n, dtype=np.float32) for name, n in sizes.items()}


def saved(directory: Path, weights: Tensors, tokenizer: str = "{}") -> str:
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps({"architectures": ["XForCausalLM"]}))
    (directory / "tokenizer.json").write_text(tokenizer)
    save_file(weights, directory / "model.safetensors")
    return find_model(str(directory)).revision


def test_the_same_files_elsewhere_are_the_same_model(tmp_path: Path) -> None:
    assert saved(tmp_path / "a", tensors()) == saved(tmp_path / "b", tensors())


@pytest.mark.parametrize("name", ["a.weight", "b.weight", "d.weight"])
def test_every_tensor_counts(tmp_path: Path, name: str) -> None:
    original = saved(tmp_path, tensors())
    trained = tensors()
    trained[name] = trained[name] * np.float32(1.001)
    assert saved(tmp_path, trained) != original


@pytest.mark.parametrize("row", [0, 50_000, 99_999])
def test_the_ends_and_the_middle_of_a_tensor_count(tmp_path: Path, row: int) -> None:
    original = saved(tmp_path, tensors())
    trained = tensors()
    trained["b.weight"][row] += 1
    assert saved(tmp_path, trained) != original


def test_the_tokenizer_counts(tmp_path: Path) -> None:
    assert saved(tmp_path, tensors()) != saved(tmp_path, tensors(), tokenizer="[]")
