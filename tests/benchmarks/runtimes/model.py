"""What the builders of graphs read: the weights of a Llama as arrays, and its sizes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The arithmetic of a Llama whose heads all have keys of their own and whose head is tied."""

    n_layers: int
    width: int
    n_heads: int
    head_dim: int
    norm_eps: float
    rope_theta: float
    context: int


@dataclass(frozen=True, slots=True)
class Model:
    """Sizes and fp32 weights, by the names that transformers gives them."""

    sizes: Sizes
    weights: Mapping[str, Array]

    def matrix(self, name: str) -> Array:
        """Return a weight as (in, out)."""
        return np.ascontiguousarray(self.weights[name].T)

    def turns(self) -> tuple[Array, Array]:
        """Return cosines and sines (context, head_dim / 2) (RoFormer, Su et al. 2021)."""
        size = self.sizes.head_dim
        exponents = np.arange(0, size, 2, dtype=np.float32) / np.float32(size)
        frequencies = (1.0 / self.sizes.rope_theta**exponents).astype(np.float32)
        angles = np.outer(np.arange(self.sizes.context, dtype=np.float32), frequencies)
        return np.cos(angles), np.sin(angles)

    def save(self, directory: Path) -> None:
        """Write for another process."""
        np.savez(directory / "weights.npz", **cast("dict[str, Any]", self.weights))
        (directory / "sizes.json").write_text(json.dumps(asdict(self.sizes)), encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> "Model":
        """Read what `save` wrote."""
        sizes = json.loads((directory / "sizes.json").read_text(encoding="utf-8"))
        with np.load(directory / "weights.npz") as file:
            return cls(Sizes(**sizes), {name: file[name] for name in file.files})
