"""What the scorer asks of the part of a model below its head.

Two bodies exist: `llama` is our own, for the one architecture most models share; `foreign` wraps
whatever transformers has.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor


class Past(Protocol):
    """Keys and values of tokens already read, to which more can be appended."""

    @property
    def n_tokens(self) -> int:
        """How many tokens have been read."""
        ...

    @property
    def n_bytes(self) -> int:
        """Memory taken."""
        ...

    def crop(self, n_tokens: int) -> None:
        """Forget all but the first `n_tokens`."""
        ...


class Body(Protocol):
    """The layers of a causal model up to and with the final norm."""

    def hidden_states(self, ids: Tensor, wanted: Tensor) -> Tensor:
        """Read token ids (B, T); return the final hidden states (R, D) of `wanted`.

        `wanted` (R,) indexes the B·T positions, row by row.
        """
        ...

    @property
    def goes_on(self) -> bool:
        """Whether tokens can be read after others, of which some were dropped.

        Not so with layers whose state can not go back.
        """
        ...

    def new_past(self, n_tokens: int) -> Past:
        """Return an empty past with room for `n_tokens`."""
        ...

    def more_hidden_states(self, ids: Tensor, past: Past, n_wanted: int) -> Tensor:
        """Read ids (T,) after what `past` holds and append them to it.

        Returns the final hidden states (n_wanted, D) of the last of them.
        """
        ...

    def begun_hidden_states(
        self, texts: Sequence[tuple[Tensor, int]]
    ) -> tuple[Tensor, Sequence[Past]]:
        """Read the ids (T,) of each text (ids, n) from its beginning, to go on from there.

        Returns the final hidden states (Σn, D) of the last `n` of each, one text after the other,
        and what was read of each.
        """
        ...

    def branch_hidden_states(
        self, branches: Sequence[tuple[int, Tensor]], pasts: Sequence[Past]
    ) -> Tensor:
        """Read ids (T,) of each branch (n, ids) after the first `n` tokens of its past.

        Branches see nothing of each other, and pasts stay as they are; those of one past come one
        after the other. Returns their final hidden states (ΣT, D), one branch after the other.
        """
        ...

    def own_logits(self, ids: Tensor) -> Tensor | None:
        """Return the logits (B, T, V) as the model's own code has them, if such code exists."""
        ...

    def to(self, device: torch.device) -> None:
        """Move to a device."""
        ...
