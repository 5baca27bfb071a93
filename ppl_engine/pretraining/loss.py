"""Cross-entropy over a large vocabulary in bounded memory.

Logits and their gradient live for one chunk of rows at a time, in one buffer; the gradient is
formed while the logits are there, so nothing is kept for the backward pass but two results of the
size of the inputs (the idea of Liger's fused linear cross-entropy, Hsu et al. 2024, arXiv
2410.10989). On a CPU the passes over the logits cost as much as the products: there are two.
"""

from typing import Any, Final, cast

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

CHUNK_ROWS: Final = {"cpu": 2048, "mps": 2048, "cuda": 8192}
_SMALLEST: Final = 1e-30


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        used = weight.to(hidden.dtype)
        n_rows = CHUNK_ROWS[hidden.device.type]
        buffer = hidden.new_empty(min(n_rows, len(hidden)), weight.shape[0])  # (R, V)
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        by_hidden = torch.empty_like(hidden)
        by_weight = torch.zeros(
            weight.shape[::-1], dtype=torch.float32, device=weight.device
        )  # (D, V)
        for k in range(0, len(hidden), n_rows):
            rows = hidden[k : k + n_rows]
            at_target = targets[k : k + n_rows, None]
            logits = torch.mm(rows, used.T, out=buffer[: len(rows)])
            probability = torch.softmax(logits, dim=-1, out=logits)
            of_target = probability.gather(1, at_target)  # (R, 1)
            total -= of_target.float().clamp_(min=_SMALLEST).log().sum()
            # What is left is the gradient of the summed loss by the logits: p − 1[target].
            row_idx = torch.arange(len(rows), device=rows.device)
            probability[row_idx, at_target[:, 0]] = of_target[:, 0] - 1
            by_hidden[k : k + n_rows] = probability @ used
            by_weight += rows.T @ probability
        ctx.save_for_backward(by_hidden, by_weight)
        ctx.n_rows = len(hidden)
        return total / len(hidden)

    @staticmethod
    def backward(ctx: Any, *by_loss: Tensor) -> tuple[Tensor, Tensor, None]:
        by_hidden, by_weight = cast("tuple[Tensor, Tensor]", ctx.saved_tensors)
        factor = by_loss[0] / ctx.n_rows
        return by_hidden * factor.to(by_hidden.dtype), by_weight.T * factor, None


def linear_cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """Return the mean loss in nats of `targets` (N,) given `hidden` (N, D) and a head (V, D).

    Where no gradient is wanted, none is formed. In bf16 the value itself is good to about 0.003 nat
    a row, and without bias.
    """
    if torch.is_grad_enabled():
        return cast("Tensor", _LinearCrossEntropy.apply(hidden, weight, targets))
    used, n_rows = weight.to(hidden.dtype), CHUNK_ROWS[hidden.device.type]
    losses = [
        cross_entropy(
            (hidden[k : k + n_rows] @ used.T).float(), targets[k : k + n_rows], reduction="sum"
        )
        for k in range(0, len(hidden), n_rows)
    ]
    return torch.stack(losses).sum() / len(hidden)
