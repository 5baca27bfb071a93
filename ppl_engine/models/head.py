"""From final hidden states to what is kept of each prediction.

The logits of a chunk of rows are the largest thing in memory: a [tokens × vocabulary] tensor never
exists. Everything is computed in fp32 from the same chunk: bf16 log-probabilities would be off by
up to 0.126 nat. Rank counts the greater logits, which costs one pass where sorting costs many.
"""

from dataclasses import dataclass, replace
from typing import Final, cast

import torch
from torch import Tensor

_CHUNK_BYTES: Final = 64 * 2**20
_CACHE_BYTES: Final = 2 * 2**20
_SMALLEST: Final = torch.finfo(torch.float32).tiny


@dataclass(frozen=True, slots=True)
class RowScores:
    """What one final hidden state predicts, for each of R rows; float32 but for the rank."""

    logprob: Tensor  # (R,) of the target, in nats
    entropy: Tensor  # (R,) nats
    rank: Tensor  # (R,) int64
    top_logprob: Tensor  # (R,) nats
    boundary: Tensor  # (R,) −ln P(boundary token)


@dataclass(frozen=True, slots=True)
class Head:
    """The last linear layer of a model with what its family does to the logits."""

    weight: Tensor  # (V, D)
    bias: Tensor | None  # (V,)
    scale: float
    """Factor on the logits (Cohere, Granite)."""

    softcap: float | None
    """Logits are softcap · tanh(logits / softcap) where the family wants it (Gemma)."""

    is_boundary: Tensor  # (V,) float32, 1.0 for tokens that begin a word or end the text

    def to(self, device: torch.device) -> "Head":
        """Return the same head on a device."""
        weight = head_weight(self.weight.to(device))
        bias = None if self.bias is None else self.bias.to(device)
        return replace(self, weight=weight, bias=bias, is_boundary=self.is_boundary.to(device))

    @property
    def chunk_rows(self) -> int:
        """How many rows are looked at together."""
        return max(16, min(2048, _CHUNK_BYTES // (4 * self.weight.shape[0])))

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the float32 logits (R, V) of hidden states (R, D)."""
        logits = _float32_product(hidden, self.weight)
        if self.bias is not None:
            logits = logits + self.bias
        if self.scale != 1.0:
            logits = logits * self.scale
        if self.softcap is not None:
            logits = self.softcap * torch.tanh(logits / self.softcap)
        return logits

    def score(self, hidden: Tensor, targets: Tensor) -> RowScores:
        """Score `targets` (R,) against what `hidden` (R, D) predicts, chunk by chunk."""
        parts: list[RowScores] = []
        for k in range(0, len(hidden), self.chunk_rows):
            logits = self.logits(hidden[k : k + self.chunk_rows])  # (R, V)
            chunk = targets[k : k + self.chunk_rows]
            rows = self._rows_in_cache
            parts += [
                self._score_logits(logits[j : j + rows], chunk[j : j + rows])
                for j in range(0, len(logits), rows)
            ]
        return RowScores(
            *(
                torch.cat([getattr(part, name) for part in parts])
                for name in ("logprob", "entropy", "rank", "top_logprob", "boundary")
            )
        )

    def predict(self, hidden: Tensor, n: int) -> tuple[Tensor, Tensor]:
        """Return (token ids, logprobs), both (R, n), of the most probable next tokens."""
        rows = self.chunk_rows
        parts = [
            torch.log_softmax(self.logits(hidden[k : k + rows]), dim=-1).topk(
                min(n, self.weight.shape[0]), dim=-1
            )
            for k in range(0, len(hidden), rows)
        ]
        indices = torch.cat([part.indices for part in parts])
        return indices, torch.cat([part.values for part in parts])

    @property
    def _rows_in_cache(self) -> int:
        """How many rows of logits to go over at a time.

        Seven passes over what stays in a CPU's cache take a third of the time of seven passes over
        what does not. A GPU wants few, large kernels.
        """
        if self.weight.device.type != "cpu":
            return self.chunk_rows
        return max(4, _CACHE_BYTES // (4 * self.weight.shape[0]))

    def _score_logits(self, logits: Tensor, targets: Tensor) -> RowScores:
        target_logit = logits.gather(1, targets[:, None])  # (R, 1)
        rank = (logits > target_logit).sum(dim=1) + 1
        top_logit = logits.amax(dim=1, keepdim=True)
        shifted = logits.sub_(top_logit)  # at most 0, so exp can not overflow
        probability = shifted.exp()
        total = probability.sum(dim=1)
        log_total = total.log()
        mean_shifted = cast("Tensor", torch.linalg.vecdot(probability, shifted)) / total
        boundary = (probability @ self.is_boundary) / total
        return RowScores(
            logprob=(target_logit - top_logit).squeeze(1) - log_total,
            entropy=(log_total - mean_shifted).clamp_(min=0.0),
            rank=rank,
            top_logprob=-log_total,
            boundary=-boundary.clamp_(_SMALLEST, 1.0).log(),
        )


def head_weight(weight: Tensor) -> Tensor:
    """Return the weight in a form that gives float32 products: as it is on CUDA, else float32."""
    return weight if weight.is_cuda else weight.float()


def _float32_product(hidden: Tensor, weight: Tensor) -> Tensor:
    """Multiply (R, D) by (V, D)ᵀ with float32 accumulation and a float32 result."""
    if weight.dtype == torch.float32:
        return hidden.float() @ weight.T
    return torch.mm(hidden.to(weight.dtype), weight.T, out_dtype=torch.float32)
