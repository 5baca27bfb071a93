"""Quantised models by the ordinary way of loading, against the same models unquantised."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from ppl_engine.engine import Engine, score
from ppl_engine.errors import EngineError
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.files.directory import find_model
from ppl_engine.models.loading import load_scorer
from tests.models.gguf_model import write_gguf
from tests.models.tiny import SAMPLE, change_config, save_model

ROUNDED = 0.2
"""By so many nats eight bits for a weight may change a logprob of the tiny models."""


def logprobs(model: Path) -> NDArray[np.float32]:
    return score(SAMPLE, Engine(load_scorer(ModelChoice(str(model), "cpu", "exact")))).logprob


def quantize(directory: Path) -> None:
    """Round the matrices of a saved Llama to int8 with a scale a row, as compressed-tensors."""
    tensors: dict[str, NDArray[Any]] = {}
    for name, weight in load_file(directory / "model.safetensors").items():
        if not name.endswith("proj.weight"):
            tensors[name] = weight
            continue
        scale = np.abs(weight).max(axis=1, keepdims=True) / 127
        tensors[name] = np.round(weight / scale).astype(np.int8)
        tensors[f"{name}_scale"] = scale.astype(np.float32)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    weights = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel"}
    group = {"targets": ["Linear"], "weights": weights, "format": "int-quantized"}
    change_config(
        directory,
        quantization_config={
            "quant_method": "compressed-tensors",
            "format": "int-quantized",
            "config_groups": {"group_0": group},
            "ignore": ["lm_head"],
            "quantization_status": "compressed",
        },
    )


def test_compressed_tensors_are_loaded_as_they_are(tmp_path: Path) -> None:
    directory = save_model(tmp_path, "llama")
    plain = logprobs(directory)
    quantize(directory)
    found = logprobs(directory)
    np.testing.assert_allclose(found, plain, atol=ROUNDED)
    assert not np.array_equal(found, plain)


def test_a_gguf_file_is_the_model_that_it_was_made_from(tmp_path: Path) -> None:
    directory = save_model(tmp_path, "llama")
    plain = logprobs(directory)
    path = write_gguf(directory, tmp_path / "model.gguf", is_quantized=False)
    np.testing.assert_allclose(logprobs(path), plain, atol=1e-3)
    quantized = logprobs(write_gguf(directory, tmp_path / "q8.gguf", is_quantized=True))
    np.testing.assert_allclose(quantized, plain, atol=ROUNDED)
    assert not np.array_equal(quantized, plain)
    assert find_model(str(path)).revision != find_model(str(tmp_path / "q8.gguf")).revision


def test_a_gguf_file_that_is_damaged_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0")
    with pytest.raises(EngineError, match="is truncated or damaged"):
        find_model(str(path))
    path.write_bytes(b"something")
    with pytest.raises(EngineError, match="is no GGUF file"):
        find_model(str(path))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"quant_method": "gptq", "bits": 4}, "It is quantised: pip install optimum gptqmodel"),
        ({"load_in_4bit": True, "quant_method": "bitsandbytes"}, "pip install accelerate bits"),
        ({"quant_method": "torchao", "quant_type": "int8_weight_only"}, "pip install torchao"),
        ({"quant_method": "strange"}, "is quantised by 'strange', which is not known here"),
    ],
)
def test_what_it_takes_to_load_another_kind_is_said(
    tmp_path: Path, stated: dict[str, object], said: str
) -> None:
    directory = save_model(tmp_path, "llama")
    change_config(directory, quantization_config=stated)
    assert json.loads((directory / "config.json").read_text())["quantization_config"] == stated
    with pytest.raises(EngineError, match=said):
        load_scorer(ModelChoice(str(directory), "cpu", "exact"))
