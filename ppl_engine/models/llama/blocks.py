"""Branches that attend together: beside each other in one row, with a mask that keeps them apart.

                 past of the window   a a a  b b
    branch a  1  x x x x x . .        x . .  . .
              2  x x x x x . .        x x .  . .
              3  x x x x x . .        x x x  . .
    branch b  1  x x x x x x x        . . .  x .
              2  x x x x x x x        . . .  x x

All that is masked is computed too, so that a block holds few tokens. Those that leave a window at
like places come one after the other, and a block ends its past at the last place of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

FULL_LENGTHS: Final = 32
"""The CPU's attention likes its lengths to be multiples of this."""

_BLOCK_TOKENS: Final = {"cpu": 128, "mps": 512, "cuda": 1024}


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens [start, end) of all that are read, after `n_before` of the window."""

    start: int
    end: int
    n_before: int
    mask: Tensor
    """(T', n_before + T''): 0 where a token looks, −∞ elsewhere; T and both sums are filled."""

    def queries(self, x: Tensor) -> Tensor:
        """Take from (1, heads, ΣT, head_dim) what is in this block, filled with zeros."""
        own = x[:, :, self.start : self.end]
        return functional.pad(own, (0, 0, 0, self.mask.shape[0] - own.shape[2]))

    def behind(self, past: Tensor, x: Tensor) -> Tensor:
        """Put what is in this block behind its part of a past (1, heads, n_tokens, head_dim)."""
        own = x[:, :, self.start : self.end]
        missing = self.mask.shape[1] - self.n_before - own.shape[2]
        parts = [
            past[:, :, : self.n_before],
            own,
            own.new_zeros(*own.shape[:2], missing, own.shape[3]),
        ]
        return torch.cat(parts, dim=2)


def blocks(branches: Sequence[tuple[int, Tensor]], like: Tensor) -> list[Block]:
    """Divide branches (n_before, ids), in their order; masks are as `like`."""
    most_tokens = _BLOCK_TOKENS[like.device.type]
    found: list[Block] = []
    sizes: list[tuple[int, int]] = []
    start = n_tokens = 0
    for n_before, ids in branches:
        if sizes and n_tokens + len(ids) > most_tokens:
            found.append(_block(start, sizes, like))
            start, n_tokens, sizes = start + n_tokens, 0, []
        sizes.append((n_before, len(ids)))
        n_tokens += len(ids)
    return [*found, _block(start, sizes, like)]


def _block(start: int, sizes: Sequence[tuple[int, int]], like: Tensor) -> Block:
    """Make the block of branches given by what is before them and their lengths."""
    n_before = max(n for n, _ in sizes)
    n_tokens = sum(length for _, length in sizes)
    mask = torch.full((_full(n_tokens), _full(n_before + n_tokens)), float("-inf"))
    mask[n_tokens:] = 0.0  # rows that nobody reads, but a softmax over nothing is NaN
    row = 0
    for n, length in sizes:
        column = n_before + row
        mask[row : row + length, :n] = 0.0
        mask[row : row + length, column : column + length].triu_(1)
        row += length
    return Block(start, start + n_tokens, n_before, mask.to(like.device, like.dtype))


def _full(length: int) -> int:
    return length + -length % FULL_LENGTHS
