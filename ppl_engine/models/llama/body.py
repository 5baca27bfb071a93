"""A body of our own for the architecture that most models share, in plain torch.

Its purpose is what it leaves out: importing transformers takes seconds, and a general model can
neither reuse what it computed for a part of a window nor skip what nobody asked for. What is
computed is the same; three things are arranged otherwise, once, when it is loaded:

- The gain of a norm is multiplied into the layer that follows it.
- Of queries and keys, the two numbers that rotary positions turn together stand side by side, so
  that turning them is one product of complex numbers, in fp32.
- In the last layer, all that follows attention is computed for the wanted rows only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from ppl_engine.models.body import Past
from ppl_engine.models.llama.blocks import FULL_LENGTHS, blocks
from ppl_engine.models.llama.config import LlamaShape
from ppl_engine.models.llama.past import LlamaPast
from ppl_engine.models.products.linear import Linear
from ppl_engine.models.products.row_counts import filled, needs_row_counts, row_count


@dataclass(frozen=True, slots=True)
class LlamaLayer:
    """The weights of one layer; the gains of its norms are in `qkv`, `gate` and `up`."""

    qkv: Linear
    o: Linear
    gate: Linear
    up: Linear
    down: Linear

    def to(self, device: torch.device) -> "LlamaLayer":
        """Return the same on a device."""
        parts = (self.qkv, self.o, self.gate, self.up, self.down)
        return LlamaLayer(*(part.to(device) for part in parts))


class LlamaBody:
    """Runs a Llama, Mistral or Qwen2; a `Body`."""

    def __init__(
        self, shape: LlamaShape, embedding: Tensor, layers: Sequence[LlamaLayer], norm: Tensor
    ) -> None:
        """Take the embedding (V, D), the layers and the gain of the final norm (D,)."""
        self._shape = shape
        self._embedding = embedding
        self._layers: list[LlamaLayer] = list(layers)
        self._norm = norm
        self._turns = torch.zeros(0, shape.head_dim // 2, dtype=torch.complex64)

    @property
    def shape(self) -> LlamaShape:
        """What determines the arithmetic besides the weights."""
        return self._shape

    def to(self, device: torch.device) -> None:
        """Move to a device."""
        self._embedding = self._embedding.to(device)
        self._layers = [layer.to(device) for layer in self._layers]
        self._norm = self._norm.to(device)

    def own_logits(self, ids: Tensor) -> Tensor | None:
        """Return None: the only code of this model is this."""
        del ids
        return None

    @property
    def goes_on(self) -> bool:
        """Whether tokens can be read after others, of which some were dropped."""
        return True

    def new_past(self, n_tokens: int) -> LlamaPast:
        """Return an empty past with room for `n_tokens`."""
        return LlamaPast(self._shape, n_tokens, self._embedding)

    def hidden_states(self, ids: Tensor, wanted: Tensor) -> Tensor:
        """Read token ids (B, T); return the final hidden states (R, D) of `wanted`."""
        return self._side_by_side(ids, wanted, ())

    def begun_hidden_states(
        self, texts: Sequence[tuple[Tensor, int]]
    ) -> tuple[Tensor, list[LlamaPast]]:
        """Read texts (ids, n) side by side; return (Σn, D), and what was read of each."""
        lengths = [len(ids) for ids, _ in texts]
        ids = pad_sequence([ids for ids, _ in texts], batch_first=True)  # (B, T)
        wanted = [
            torch.arange(row * ids.shape[1] + length - n, row * ids.shape[1] + length)
            for row, ((_, n), length) in enumerate(zip(texts, lengths, strict=True))
        ]
        pasts = [self.new_past(length) for length in lengths]
        known = list(zip(pasts, lengths, strict=True))
        return self._side_by_side(ids, torch.cat(wanted).to(ids.device), known), pasts

    def _side_by_side(
        self, ids: Tensor, wanted: Tensor, known: Sequence[tuple[LlamaPast, int]]
    ) -> Tensor:
        """Read (B, T) from the beginning; `known` takes in the first tokens of each row."""
        n_texts, length = ids.shape
        turns = self._turns_of(0, length).repeat(n_texts, 1)

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            q, k, v = (x.view(n_texts, length, *x.shape[1:]).transpose(1, 2) for x in (q, k, v))
            for row, (past, n) in enumerate(known):
                past.begin(layer, k[row, :, :n], v[row, :, :n])
            return self._attention(q, k, v, mask=None)

        hidden = self._run(ids.reshape(-1), turns, attend, wanted)
        for past, n in known:
            past.advance(n)
        return hidden

    def more_hidden_states(self, ids: Tensor, past: Past, n_wanted: int) -> Tensor:
        """Read ids (T,) after `past` and append them; return (n_wanted, D), those of the last."""
        past = cast("LlamaPast", past)
        n_before, n_new = past.n_tokens, len(ids)
        past.make_room(n_new)
        turns = self._turns_of(n_before, n_before + n_new)
        mask = None
        if n_before > 0 and n_new > 1:
            mask = torch.ones(n_new, n_before + n_new, dtype=torch.bool, device=ids.device)
            mask = torch.zeros_like(mask, dtype=self._embedding.dtype).masked_fill_(
                ~mask.tril_(n_before), float("-inf")
            )

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            q, k, v = (x[None].transpose(1, 2) for x in (q, k, v))
            k, v = past.extended(layer, k, v)
            return self._attention(q, k, v, mask=mask)

        wanted = torch.arange(n_new - n_wanted, n_new, device=ids.device)
        hidden = self._run(ids, turns, attend, wanted)
        past.advance(n_new)
        return hidden

    def branch_hidden_states(
        self, branches: Sequence[tuple[int, Tensor]], pasts: Sequence[Past]
    ) -> Tensor:
        """Read each branch (n, ids) after the first `n` tokens of its past; return (ΣT, D).

        All are read at once, in one row; where they attend, masks keep them apart.
        """
        ids = torch.cat([ids for _, ids in branches])
        places = torch.cat([torch.arange(n, n + len(ids)) for n, ids in branches])
        turns = self._turns_of(0, int(places.max()) + 1)[places.to(ids.device)]
        parts = [
            (part, cast("LlamaPast", pasts[part.first_branch]))
            for part in blocks(branches, pasts, like=self._embedding)
        ]

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            q, k, v = (x[None].transpose(1, 2) for x in (q, k, v))
            mixed = [
                self._attention(
                    part.queries(q),
                    part.behind(past.keys[layer, None], k),
                    part.behind(past.values[layer, None], v),
                    mask=part.mask,
                )[: part.end - part.start]
                for part, past in parts
            ]
            return torch.cat(mixed)

        return self._run(ids, turns, attend, torch.arange(len(ids), device=ids.device))

    def _run(
        self,
        ids: Tensor,
        turns: Tensor,
        attend: Callable[[int, Tensor, Tensor, Tensor], Tensor],
        wanted: Tensor,
    ) -> Tensor:
        n = len(ids)
        x = self._filled(functional.embedding(ids, self._embedding))  # (N, D), N ≥ n
        for idx, layer in enumerate(self._layers):
            q, k, v = self._turned(layer.qkv(self._normed(x))[:n], turns)
            mixed = attend(idx, q, k, v)  # (n, n_heads · head_dim)
            if idx == len(self._layers) - 1:
                mixed, x = mixed[wanted], self._filled(x[wanted])
            x = layer.o.plus(self._filled(mixed), x)
            y = self._normed(x)
            x = layer.down.plus(layer.up.times(y, layer.gate.silu(y)), x)
        x = x[: len(wanted)]
        return functional.rms_norm(x, x.shape[-1:], self._norm, self._shape.norm_eps)

    def _filled(self, x: Tensor) -> Tensor:
        """Fill (n, D) with rows of zeros where products come in few sizes."""
        if not needs_row_counts(x.device, x.dtype):
            return x
        return filled(x, row_count(len(x)))

    def _normed(self, x: Tensor) -> Tensor:
        """Return x / rms(x), computed in fp32 (Zhang & Sennrich 2019), without the gain."""
        if x.is_cuda:
            return functional.rms_norm(x, x.shape[-1:], None, self._shape.norm_eps)
        norm = cast("Any", torch.linalg.vector_norm)
        size = cast("Tensor", norm(x, dim=-1, keepdim=True, dtype=torch.float32))
        scale = size.square_().div_(x.shape[-1]).add_(self._shape.norm_eps).rsqrt_()
        return torch.mul(x, scale, out=torch.empty_like(x))

    def _turned(self, qkv: Tensor, turns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Split (N, …) into q, k, v (N, heads, head_dim); turn q and k by their positions."""
        shape = self._shape
        heads = qkv.view(len(qkv), -1, shape.head_dim)
        n_turned = shape.n_heads + shape.n_kv_heads
        pairs = heads[:, :n_turned].float().view(len(qkv), n_turned, -1, 2)
        turned = torch.view_as_real(torch.view_as_complex(pairs) * turns[:, None])
        qk = turned.flatten(-2).to(qkv.dtype)
        return qk[:, : shape.n_heads], qk[:, shape.n_heads :], heads[:, n_turned:]

    def _attention(self, q: Tensor, k: Tensor, v: Tensor, *, mask: Tensor | None) -> Tensor:
        """Attend (B, heads, T, head_dim), causally unless a mask says how; return (B·T, …)."""
        n_queries = q.shape[2]
        is_causal = mask is None and n_queries > 1
        if is_causal and not q.is_cuda:
            q, k, v = (_lengthened(x) for x in (q, k, v))
        mixed = functional.scaled_dot_product_attention(
            q,
            k,
            v,
            attn_mask=mask,
            is_causal=is_causal,
            enable_gqa=self._shape.n_kv_heads != self._shape.n_heads,
        )
        return mixed[:, :, :n_queries].transpose(1, 2).flatten(2).flatten(0, 1)

    def _turns_of(self, start: int, end: int) -> Tensor:
        """Return e^(i · position · frequency) (T, head_dim / 2) (RoFormer, Su et al. 2021)."""
        if len(self._turns) < end or self._turns.device != self._embedding.device:
            n, size = max(end, 2 * len(self._turns)), self._shape.head_dim
            exponents = torch.arange(0, size, 2, dtype=torch.int64).float() / size
            frequencies = 1.0 / self._shape.rope_theta**exponents
            angles = torch.outer(torch.arange(n).float(), frequencies)
            turns = torch.polar(torch.ones_like(angles), angles)
            self._turns = turns.to(self._embedding.device)
        return self._turns[start:end]


def _lengthened(x: Tensor) -> Tensor:
    """Fill (B, heads, T, head_dim) with zeros at the end, where causal attention never looks.

    On the CPU, attention over 205 tokens takes 1.9 times as long as over 224.
    """
    missing = -x.shape[2] % FULL_LENGTHS
    return functional.pad(x, (0, 0, 0, missing)) if missing else x
