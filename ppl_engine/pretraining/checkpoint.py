"""A run on disk: weights, optimiser state and where it stood; tensors only, nothing executable."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from safetensors.torch import (
    load_file,  # pyright: ignore[reportUnknownVariableType]
    save_file,  # pyright: ignore[reportUnknownVariableType]
)
from torch import Tensor

from ppl_engine.errors import EngineError

_NAME: Final = "checkpoint"


class CheckpointError(EngineError):
    """A checkpoint can not be used."""


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run has come."""

    n_steps: int = 0
    n_tokens: int = 0
    """Tokens trained on, repetitions counted."""

    flops: float = 0.0
    elapsed_s: float = 0.0


def save_checkpoint(
    directory: Path, weights: dict[str, Tensor], optimizer: dict[str, Tensor], state: RunState
) -> None:
    """Write a checkpoint whole or not at all; the one before it stays until then."""
    tensors = {f"model:{name}": value.detach().contiguous() for name, value in weights.items()}
    tensors |= {f"optimizer:{name}": value.contiguous() for name, value in optimizer.items()}
    fresh = directory / f"{_NAME}.new"
    save_file(tensors, fresh, metadata={"state": json.dumps(asdict(state))})
    fresh.replace(directory / f"{_NAME}.safetensors")


def load_checkpoint(
    directory: Path,
) -> tuple[dict[str, Tensor], dict[str, Tensor], RunState] | None:
    """Return weights, optimiser state and place of a run, or None where there is none yet.

    Raises CheckpointError where the file is damaged.
    """
    path = directory / f"{_NAME}.safetensors"
    if not path.exists():
        return None
    try:
        tensors = load_file(path)
        state = RunState(**cast("dict[str, Any]", json.loads(_metadata(path)["state"])))
    except Exception as exc:
        raise CheckpointError(f"{path} can not be read ({exc}); delete it to begin anew.") from exc
    parts: dict[str, dict[str, Tensor]] = {"model": {}, "optimizer": {}}
    for name, value in tensors.items():
        kind, _, rest = name.partition(":")
        parts[kind][rest] = value
    return parts["model"], parts["optimizer"], state


def _metadata(path: Path) -> dict[str, str]:
    """Return what the header of a safetensors file says besides its tensors."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = cast("dict[str, Any]", json.loads(file.read(size)))
    return cast("dict[str, str]", header["__metadata__"])
