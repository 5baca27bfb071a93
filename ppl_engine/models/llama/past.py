"""What a Llama has read: keys and values, in room that grows."""

from typing import Final

from torch import Tensor
from torch.nn import functional

from ppl_engine.models.llama.config import LlamaShape

_ROOM: Final = 64
"""A past grows in steps of so many tokens, so that a word more needs no larger one."""


class LlamaPast:
    """Keys and values of every layer (L, n_kv_heads, capacity, head_dim), filled from the left."""

    def __init__(self, shape: LlamaShape, n_tokens: int, like: Tensor) -> None:
        """Make room for `n_tokens` on the device and in the numbers of `like`."""
        room = -(-n_tokens // _ROOM) * _ROOM
        size = (shape.n_layers, shape.n_kv_heads, room, shape.head_dim)
        self.keys: Tensor = like.new_empty(size)
        self.values: Tensor = like.new_empty(size)
        self._n_tokens = 0

    @property
    def n_tokens(self) -> int:
        """How many tokens have been read."""
        return self._n_tokens

    @property
    def n_bytes(self) -> int:
        """Memory taken."""
        return 2 * self.keys.nbytes

    def crop(self, n_tokens: int) -> None:
        """Forget all but the first `n_tokens`."""
        self._n_tokens = min(n_tokens, self._n_tokens)

    def make_room(self, n_more: int) -> None:
        """Grow so that `n_more` tokens fit behind those that are there."""
        missing = self._n_tokens + n_more - self.keys.shape[2]
        if missing > 0:
            more = (0, 0, 0, -(-missing // _ROOM) * _ROOM)
            self.keys = functional.pad(self.keys, more)
            self.values = functional.pad(self.values, more)

    def advance(self, n_more: int) -> None:
        """Count tokens as read, once every layer has appended them."""
        self._n_tokens += n_more

    def extended(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append (1, n_kv_heads, T, head_dim) in one layer; return all of that layer's."""
        end = self._n_tokens + k.shape[2]
        self.keys[layer, :, self._n_tokens : end] = k[0]
        self.values[layer, :, self._n_tokens : end] = v[0]
        return self.keys[layer, None, :, :end], self.values[layer, None, :, :end]
