"""Causal attention for training: torch's fused kernel on a GPU, our own products on a CPU.

On a CPU the backward pass of the fused kernel takes longer than all matrices of a small model
together. Here rows are taken in blocks, each against the keys up to its end, so that most of what
the mask would hide is never computed; the products and the softmax are the processor's fast ones.
"""

from typing import Any, Final, cast

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own convention

_BLOCK: Final = 128


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return softmax(q kᵀ / √d) v under a causal mask; all are (B, heads, T, d)."""
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    q, k, v = (x.flatten(0, 1).contiguous() for x in (q * q.shape[-1] ** -0.5, k, v))
    return cast("Tensor", _blockwise(q, k, v)[0])


@torch.library.custom_op("ppl::causal_attention", mutates_args=())
def _blockwise(q: Tensor, k: Tensor, v: Tensor) -> list[Tensor]:
    """Return the attended values (N, T, d) and the probabilities of each block of rows."""
    mask = _above_diagonal(q)
    out = torch.empty_like(q)
    probabilities: list[Tensor] = []
    for start, end in _blocks(q.shape[1]):
        scores = q[:, start:end] @ k[:, :end].transpose(1, 2)  # (N, block, end)
        scores[:, :, start:] += mask[: end - start, : end - start]
        probabilities.append(torch.softmax(scores, dim=-1))
        out[:, start:end] = probabilities[-1] @ v[:, :end]
    return [out, *probabilities]


@_blockwise.register_fake
def _(q: Tensor, k: Tensor, v: Tensor) -> list[Tensor]:
    del k, v
    blocks = [q.new_empty(q.shape[0], end - start, end) for start, end in _blocks(q.shape[1])]
    return [torch.empty_like(q), *blocks]


@torch.library.custom_op("ppl::causal_attention_backward", mutates_args=())
def _blockwise_backward(
    by_out: Tensor, q: Tensor, k: Tensor, v: Tensor, probabilities: list[Tensor]
) -> list[Tensor]:
    by_q = torch.empty_like(q)
    by_k = torch.zeros(k.shape, dtype=torch.float32, device=k.device)
    by_v = torch.zeros(v.shape, dtype=torch.float32, device=v.device)
    for (start, end), p in zip(_blocks(q.shape[1]), probabilities, strict=True):
        by_p = by_out[:, start:end] @ v[:, :end].transpose(1, 2)
        by_scores = torch.ops.aten._softmax_backward_data(by_p, p, -1, p.dtype)  # noqa: SLF001
        by_q[:, start:end] = by_scores @ k[:, :end]
        by_k[:, :end] += by_scores.transpose(1, 2) @ q[:, start:end]
        by_v[:, :end] += p.transpose(1, 2) @ by_out[:, start:end]
    return [by_q, by_k.to(k.dtype), by_v.to(v.dtype)]


@_blockwise_backward.register_fake
def _(by_out: Tensor, q: Tensor, k: Tensor, v: Tensor, probabilities: list[Tensor]) -> list[Tensor]:
    del by_out, probabilities
    return [torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)]


def _keep(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor], output: list[Tensor]) -> None:
    ctx.save_for_backward(*inputs, *output[1:])


def _backward(ctx: Any, by_outputs: list[Tensor]) -> tuple[Tensor, ...]:
    q, k, v, *probabilities = cast("tuple[Tensor, ...]", ctx.saved_tensors)
    by_out = by_outputs[0].contiguous()
    return tuple(_blockwise_backward(by_out, q, k, v, probabilities))


_blockwise.register_autograd(_backward, setup_context=_keep)


def _blocks(length: int) -> list[tuple[int, int]]:
    return [(start, min(start + _BLOCK, length)) for start in range(0, length, _BLOCK)]


def _above_diagonal(like: Tensor) -> Tensor:
    hidden = torch.full((_BLOCK, _BLOCK), float("-inf"), dtype=like.dtype, device=like.device)
    return hidden.triu(1)
