"""Products of few different sizes, for the CPU's matrix units.

oneDNN makes a program for every shape of a product and keeps the last thousand of them. Making one
takes one to five milliseconds, as long as scoring thirty tokens, and keeping one a third of a
megabyte. Whoever types changes the number of rows with every key; filled with zeros to one of few
counts, the programs are there after the first few edits, and their number is bounded.
"""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_STEPS: Final = ((128, 16), (512, 32), (1024, 64))
"""(up to so many rows, in multiples of this); the matrix units take 16 rows at a time."""

_LAST_STEP: Final = 128


def row_count(n_rows: int) -> int:
    """Return the least count that is not below `n_rows` and that products are made for."""
    step = next((step for most, step in _STEPS if n_rows <= most), _LAST_STEP)
    return n_rows + -n_rows % step


def needs_row_counts(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether products of this kind are made by oneDNN, each size by a program of its own."""
    return device.type == "cpu" and dtype == torch.bfloat16


def filled(x: Tensor, n_rows: int) -> Tensor:
    """Return (n_rows, D): the rows of `x` (R, D), then rows of zeros."""
    missing = n_rows - len(x)
    return functional.pad(x, (0, 0, 0, missing)) if missing > 0 else x
