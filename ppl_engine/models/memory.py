"""How lack of memory is told from other errors."""

from typing import Final

import torch

_OUT_OF_MEMORY_SIGNS: Final = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "ALLOC_FAILED",
)


def is_out_of_memory(exc: BaseException) -> bool:
    """Tell lack of memory from other errors: but on CUDA torch raises plain RuntimeErrors."""
    return isinstance(exc, (torch.OutOfMemoryError, MemoryError)) or any(
        sign in str(exc) for sign in _OUT_OF_MEMORY_SIGNS
    )
