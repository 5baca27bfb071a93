"""From final hidden states to what is kept of each prediction.

The logits of a tile, some rows by a part of the vocabulary, are the largest thing in memory: a
[tokens × vocabulary] tensor never exists. On a CPU a tile stays in the cache while it is gone over.
Logits are fp32: bf16 log-probabilities would be off by up to 0.126 nat. Rank counts the greater
logits, which costs one pass where sorting costs many.

What is kept are sums over the vocabulary, so tiles are simply added up:

    Σ e^z    Σ e^z over boundary tokens    Σ z e^z    max z    number of z > z(target)

without subtracting the maximum first, which is not known before the last tile. In fp32 that is
sound while every row's maximum is within ±60. The few rows where it is not are done again with
what is by then known to be their maximum subtracted.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import torch
from torch import Tensor

from ppl_engine.models.products.row_counts import filled, needs_row_counts, row_count

_TILE_ELEMENTS: Final = {"cpu": 2**18, "mps": 2**24, "cuda": 2**26}
_MOST_ROWS: Final = {"cpu": 512, "mps": 1024, "cuda": 8192}
_FEWEST_COLUMNS: Final = 512
_SMALLEST: Final = torch.finfo(torch.float32).tiny
_SAFE_MAXIMUM: Final = 60.0


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
    from_bf16: bool = False
    """Whether every weight and hidden state is a bf16 number, whatever type it is kept in."""

    def to(self, device: torch.device) -> "Head":
        """Return the same head on a device, in a form that gives float32 products there."""
        weight = self.weight.to(device)
        return replace(
            self,
            weight=weight if weight.is_cuda else weight.float(),
            bias=None if self.bias is None else self.bias.to(device),
            is_boundary=self.is_boundary.to(device),
            from_bf16=self.from_bf16 or self.weight.dtype == torch.bfloat16,
        )

    @property
    def device(self) -> torch.device:
        """Where the head, and with it the model, is."""
        return self.weight.device

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the float32 logits (R, V) of hidden states (R, D)."""
        return self._tile(hidden, 0, len(self.weight))

    def score(self, hidden: Tensor, targets: Tensor) -> RowScores:
        """Score `targets` (R,) against what `hidden` (R, D) predicts, tile by tile."""
        if self.weight.dtype == torch.float32:
            hidden = hidden.float()
        n = _MOST_ROWS[self.device.type]
        parts = [
            self._score_rows(hidden[k : k + n], targets[k : k + n])
            for k in range(0, len(hidden), n)
        ]
        return RowScores(
            *(
                torch.cat([getattr(part, name) for part in parts])
                for name in ("logprob", "entropy", "rank", "top_logprob", "boundary")
            )
        )

    def predict(self, hidden: Tensor, n: int) -> tuple[Tensor, Tensor]:
        """Return (token ids, logprobs), both (R, n), of the most probable next tokens."""
        rows = max(1, _TILE_ELEMENTS["mps"] // len(self.weight))
        parts = [
            torch.log_softmax(self.logits(hidden[k : k + rows]), dim=-1).topk(
                min(n, self.weight.shape[0]), dim=-1
            )
            for k in range(0, len(hidden), rows)
        ]
        indices = torch.cat([part.indices for part in parts])
        return indices, torch.cat([part.values for part in parts])

    def logprobs(self, hidden: Tensor, rows: Tensor, token_ids: Tensor) -> Tensor:
        """Return ln p (P,) of `token_ids` (P,), each by what its row (P,) of `hidden` predicts.

        The sum over the vocabulary is all that is computed of a row of `hidden` (R, D), once for
        all its tokens.
        """
        if self.weight.dtype == torch.float32:
            hidden = hidden.float()
        n = _MOST_ROWS[self.device.type]
        log_totals = [self._log_total(hidden[k : k + n]) for k in range(0, len(hidden), n)]
        logits = [
            self._target_logits(hidden[rows[k : k + n]], token_ids[k : k + n])
            for k in range(0, len(rows), n)
        ]
        if not logits:
            return hidden.new_empty(0, dtype=torch.float32)
        return (torch.cat(logits) - torch.cat(log_totals)[rows]).clamp_(max=0.0)

    def _log_total(self, hidden: Tensor) -> Tensor:
        """Return ln Σ e^z (R,) for rows that fit into one tile."""
        total = torch.zeros(len(hidden), device=hidden.device)
        for tile in self._tiles(hidden):
            total.add_(tile.exp_().sum(dim=1))
        log_total = total.log_()
        unsafe = ~(log_total.abs() <= _SAFE_MAXIMUM)  # NaN is not safe either
        if unsafe.any():
            parts = [tile.logsumexp(dim=1) for tile in self._tiles(hidden[unsafe])]
            log_total[unsafe] = torch.stack(parts).logsumexp(dim=0)
        return log_total

    def _tiles(self, hidden: Tensor) -> Iterator[Tensor]:
        """Yield the logits of rows a part of the vocabulary at a time."""
        width = self._tile_width(len(hidden))
        for start in range(0, len(self.weight), width):
            yield self._tile(hidden, start, start + width)

    def _score_rows(self, hidden: Tensor, targets: Tensor) -> RowScores:
        sums = self._sums(hidden, targets, None)
        unsafe = ~(sums.top.abs() <= _SAFE_MAXIMUM)  # NaN is not safe either
        if unsafe.any():
            again = self._sums(hidden[unsafe], targets[unsafe], sums.top[unsafe])
            sums.put(unsafe, again)
        return sums.scores()

    def _sums(self, hidden: Tensor, targets: Tensor, shift: Tensor | None) -> "_Sums":
        """Add up all tiles for rows that fit into one; `shift` (R,) is subtracted from logits."""
        sums = _Sums.zeros(self._target_logits(hidden, targets), shift)
        width = self._tile_width(len(hidden))
        for start in range(0, len(self.weight), width):
            tile = self._tile(hidden, start, start + width)  # (R, W)
            sums.add(tile, targets - start, self.is_boundary[start : start + width])
        return sums

    def _tile_width(self, n_rows: int) -> int:
        n = _TILE_ELEMENTS[self.device.type] // max(1, self._row_count(n_rows))
        return min(len(self.weight), max(_FEWEST_COLUMNS, n // 64 * 64))

    def _target_logits(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Return (R,): the logits of the targets to within rounding, before any tile is known."""
        products = (hidden.float() * self.weight[targets].float()).sum(dim=1)
        bias = None if self.bias is None else self.bias[targets]
        return self._adjusted(products, bias)

    def _row_count(self, n_rows: int) -> int:
        """Return how many rows a product for `n_rows` has."""
        dtype = torch.bfloat16 if self.from_bf16 else self.weight.dtype
        return row_count(n_rows) if needs_row_counts(self.device, dtype) else n_rows

    def _tile(self, hidden: Tensor, start: int, end: int) -> Tensor:
        n = len(hidden)
        hidden = filled(hidden, self._row_count(n))
        weight = self.weight[start:end]
        bias = None if self.bias is None else self.bias[start:end]
        if weight.dtype != torch.float32:
            product = torch.mm(hidden.to(weight.dtype), weight.T, out_dtype=torch.float32)
        elif self.from_bf16:
            with _bf16_units():
                product = hidden.float() @ weight.T
        else:
            product = hidden.float() @ weight.T
        return self._adjusted(product[:n], bias)

    def _adjusted(self, logits: Tensor, bias: Tensor | None) -> Tensor:
        """Do to fresh logits what the family does, in place."""
        if bias is not None:
            logits.add_(bias)
        if self.scale != 1.0:
            logits.mul_(self.scale)
        if self.softcap is not None:
            logits.div_(self.softcap).tanh_().mul_(self.softcap)
        return logits


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums over the tiles of R rows; the tensors are updated in place."""

    compared: Tensor  # (R, 1) the target's logit, by another summation than that of the tiles
    shift: Tensor | None  # (R, 1)
    target: Tensor  # (R,) the target's logit, less the shift
    top: Tensor  # (R,) the greatest logit, shift or not
    total: Tensor  # (R,) Σ e^z
    boundary: Tensor  # (R,) Σ e^z over boundary tokens
    weighted: Tensor  # (R,) Σ z e^z
    n_greater: Tensor  # (R,) float32, a count; exact below 2^24

    @classmethod
    def zeros(cls, compared: Tensor, shift: Tensor | None) -> "_Sums":
        """Begin with the targets' logits (R,), of which `shift` (R,) is yet to be subtracted."""
        zeros = (torch.zeros_like(compared) for _ in range(5))
        target, total, boundary, weighted, n_greater = zeros
        return cls(
            compared=(compared if shift is None else compared - shift)[:, None],
            shift=None if shift is None else shift[:, None],
            target=target,
            top=torch.full_like(compared, -torch.inf),
            total=total,
            boundary=boundary,
            weighted=weighted,
            n_greater=n_greater,
        )

    def add(self, z: Tensor, column: Tensor, is_boundary: Tensor) -> None:
        """Add a tile (R, W) and overwrite it; `column` (R,) is where in it the targets are."""
        torch.maximum(self.top, z.amax(dim=1), out=self.top)
        if self.shift is not None:
            z.sub_(self.shift)
        here = (column >= 0) & (column < z.shape[1])
        logit = z.gather(1, column.clamp(0, z.shape[1] - 1)[:, None])
        self.target.add_(torch.where(here, logit.squeeze(1), 0.0))
        # The target is not greater than itself, however its two logits were rounded.
        self.n_greater.sub_((here[:, None] & (logit > self.compared)).squeeze(1).float())
        weight = z.exp()
        self.total.add_(weight.sum(dim=1))
        self.boundary.add_(weight @ is_boundary)
        self.weighted.add_(weight.mul_(z).sum(dim=1))
        self.n_greater.add_(z.gt_(self.compared).sum(dim=1))

    def put(self, rows: Tensor, other: "_Sums") -> None:
        """Replace the rows (R,) that are true by those of `other`."""
        for name in ("target", "total", "boundary", "weighted", "n_greater"):
            getattr(self, name)[rows] = getattr(other, name)
        self.top[rows] = 0.0  # what is greatest is now 0: the shift was subtracted

    def scores(self) -> RowScores:
        """Make scores of the sums."""
        log_total = self.total.log()
        share = self.boundary / self.total
        return RowScores(
            logprob=(self.target - log_total).clamp_(max=0.0),
            entropy=(log_total - self.weighted / self.total).clamp_(min=0.0),
            rank=self.n_greater.long() + 1,
            top_logprob=(self.top - log_total).clamp_(max=0.0),
            boundary=-share.clamp_(_SMALLEST, 1.0).log(),
        )


@contextmanager
def _bf16_units() -> Generator[None]:
    """Let float32 products on the CPU run on its bf16 units, which add up in float32.

    They round what they multiply to bf16: with operands that are bf16 numbers anyway, nothing is
    lost. The switch belongs to the process, so it is set around a product only.
    """
    matmul: Any = getattr(torch.backends.mkldnn, "matmul", None)
    if matmul is None:  # torch before 2.9
        yield
        return
    before = matmul.fp32_precision
    matmul.fp32_precision = "bf16"
    try:
        yield
    finally:
        matmul.fp32_precision = before
