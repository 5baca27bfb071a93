"""A trained model as a directory that any tool of the field loads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]
from tokenizers import Tokenizer
from torch import Tensor

from ppl_engine.pretraining.model import Shape
from ppl_engine.pretraining.tokenizer import END_OF_TEXT


def export_model(
    shape: Shape, weights: Mapping[str, Tensor], tokenizer: Tokenizer, directory: Path
) -> None:
    """Write configuration, tokenizer and bf16 weights in the format of transformers."""
    directory.mkdir(parents=True, exist_ok=True)
    weights_path = directory / "model.safetensors"
    save_file(
        {name: value.to(torch.bfloat16).contiguous() for name, value in weights.items()},
        weights_path,
        metadata={"format": "pt"},
    )
    weights_path.chmod(0o644)  # safetensors lets nobody else read it
    tokenizer.save(str(directory / "tokenizer.json"))
    _write_json(directory / "config.json", shape.config())
    _write_json(
        directory / "tokenizer_config.json",
        {
            "bos_token": END_OF_TEXT,
            "eos_token": END_OF_TEXT,
            "model_max_length": shape.context,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    )


def _write_json(path: Path, fields: dict[str, Any]) -> None:
    path.write_text(json.dumps(fields, indent=2, sort_keys=True) + "\n", encoding="utf-8")
