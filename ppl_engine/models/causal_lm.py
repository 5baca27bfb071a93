"""A causal language model on torch and transformers, as a `Scorer`."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel

from ppl_engine.errors import NotEnoughMemoryError, NumericsError
from ppl_engine.models.head import Head, RowScores
from ppl_engine.models.tokenizer import TextTokenizer
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window

logger = logging.getLogger(__name__)

_STEP_TOKENS: Final = {"cpu": 1024, "mps": 4096, "cuda": 16384}
"""Tokens read in one forward pass: large enough to keep the device busy, short enough to cancel."""


_OUT_OF_MEMORY_SIGNS: Final = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "ALLOC_FAILED",
)


@dataclass(frozen=True, slots=True)
class CausalParts:
    """A model taken apart: the body runs as transformers wrote it, the head is ours."""

    model: PreTrainedModel
    head: Head
    tokenizer: TextTokenizer


def final_hidden_states(model: PreTrainedModel, ids: Tensor) -> Tensor:
    """Run the body: token ids (B, T) to final hidden states (B, T, D)."""
    return cast("Tensor", model.base_model(input_ids=ids, use_cache=False).last_hidden_state)


class CausalLM:
    """Scores windows of token ids with a model that lives on one device."""

    def __init__(self, parts: CausalParts, info: ModelInfo, bos_id: int | None) -> None:
        self._parts = parts
        self._info = info
        self._bos_id = bos_id
        self._step_tokens = _STEP_TOKENS[info.device]

    @property
    def model(self) -> ModelInfo:
        """What to say of this model."""
        return self._info

    @property
    def bos_id(self) -> int | None:
        """The token at the head of every window, if any."""
        return self._bos_id

    def encode(self, text: str) -> Encoding:
        """Cut any `str` into tokens with exact places."""
        return self._parts.tokenizer.encode(text)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of each window, as many at a time as fit into one forward pass."""
        pending = self._batches(windows)[::-1]
        while pending:
            batch = pending.pop()
            try:
                scores = self._score_batch([windows[idx] for idx in batch])
            except (RuntimeError, MemoryError) as exc:
                if not is_out_of_memory(exc):
                    raise
                pending += self._after_out_of_memory(batch)
                continue
            yield list(zip(batch, scores, strict=True))

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        """Return the `n` most probable next tokens for each final hidden state (rows, width)."""
        try:
            return self._predict(hidden, n)
        except (RuntimeError, MemoryError) as exc:
            if not is_out_of_memory(exc):
                raise
            self._after_out_of_memory([0])
            return self._predict(hidden, n)

    @torch.inference_mode()
    def _predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        rows = torch.from_numpy(hidden).to(self._parts.head.weight.device)
        ids, logprobs = self._parts.head.predict(rows, n)
        rows_of_ids = cast("list[list[int]]", ids.tolist())
        rows_of_logprobs = cast("list[list[float]]", logprobs.tolist())
        text_of = self._parts.tokenizer.text_of
        return [
            [
                Prediction(token, text_of(token), logprob)
                for token, logprob in zip(*row, strict=True)
            ]
            for row in zip(rows_of_ids, rows_of_logprobs, strict=True)
        ]

    def _batches(self, windows: Sequence[Window]) -> list[list[int]]:
        """Put windows of like length together; in `exact` precision each stays alone."""
        if self._info.precision == "exact":
            return [[idx] for idx in range(len(windows))]
        order = sorted(range(len(windows)), key=lambda idx: len(windows[idx].ids))
        batches: list[list[int]] = []
        for idx in order:
            n_padded = len(windows[idx].ids)
            if batches and (len(batches[-1]) + 1) * n_padded <= self._step_tokens:
                batches[-1].append(idx)
            else:
                batches.append([idx])
        return batches

    @torch.inference_mode()
    def _score_batch(self, windows: Sequence[Window]) -> list[WindowScores]:
        head = self._parts.head
        ids = _padded(windows).to(head.weight.device)  # (B, T)
        hidden = final_hidden_states(self._parts.model, ids)  # (B, T, D)
        rows = torch.cat(
            [hidden[b, _first_row(w) : len(w.ids)] for b, w in enumerate(windows)]
        ).float()
        targets = torch.cat([_targets(w) for w in windows]).to(rows.device)
        scored = head.score(rows, targets)
        if scored.logprob.isnan().any():
            raise NumericsError(
                f"{self._info.name} gives no numbers in {self._info.precision} for a part of the "
                "text; choose the precision bf16 or exact."
            )
        table = _Rows.of(scored, rows)
        ends = np.cumsum([len(w.ids) - _first_row(w) for w in windows])
        return [
            _window_scores(table.slice(end - len(w.ids) + _first_row(w), end), w)
            for w, end in zip(windows, ends.tolist(), strict=True)
        ]

    def _after_out_of_memory(self, batch: list[int]) -> list[list[int]]:
        """Halve the batch; a single window that does not fit moves the model to the CPU."""
        if self._parts.head.weight.is_cuda:
            torch.cuda.empty_cache()
        if len(batch) > 1:
            self._step_tokens = max(1, self._step_tokens // 2)
            half = len(batch) // 2
            return [batch[half:], batch[:half]]
        if self._info.device == "cpu":
            raise NotEnoughMemoryError(
                "There is not enough memory to score even one passage with "
                f"{self._info.name}; choose a smaller model or close other programs."
            )
        self._move_to_cpu()
        return [batch]

    def _move_to_cpu(self) -> None:
        notice = f"The {self._info.device} device ran out of memory; scoring goes on on the CPU."
        logger.warning(notice)
        cpu = torch.device("cpu")
        self._parts.model.to(cpu)  # pyright: ignore[reportArgumentType] - see loading
        self._parts = replace(self._parts, head=self._parts.head.to(cpu))
        notices = (*self._info.notices, notice)
        self._info = replace(self._info, device="cpu", notices=notices)
        self._step_tokens = _STEP_TOKENS["cpu"]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is kept of R predictions, on the CPU."""

    logprob: NDArray[np.float32]
    entropy: NDArray[np.float32]
    rank: NDArray[np.int64]
    top_logprob: NDArray[np.float32]
    boundary: NDArray[np.float32]
    hidden: NDArray[np.float32]

    @classmethod
    def of(cls, scored: RowScores, hidden: Tensor) -> "_Rows":
        return cls(
            scored.logprob.cpu().numpy(),
            scored.entropy.cpu().numpy(),
            scored.rank.cpu().numpy(),
            scored.top_logprob.cpu().numpy(),
            scored.boundary.cpu().numpy(),
            hidden.cpu().numpy(),
        )

    def slice(self, start: int, end: int) -> "_Rows":
        return _Rows(
            self.logprob[start:end],
            self.entropy[start:end],
            self.rank[start:end],
            self.top_logprob[start:end],
            self.boundary[start:end],
            self.hidden[start:end],
        )


def _first_row(window: Window) -> int:
    """Return the first position whose prediction is wanted: that of the first target, if any."""
    return max(0, window.n_context - 1)


def _targets(window: Window) -> Tensor:
    """Return what the rows from `_first_row` on predict; the last predicts what is not there."""
    return torch.from_numpy(np.append(window.ids[_first_row(window) + 1 :], 0))


def _padded(windows: Sequence[Window]) -> Tensor:
    """Stack windows (B, T), filled on the right, where a causal model never looks."""
    longest = max(len(w.ids) for w in windows)
    ids = np.zeros((len(windows), longest), dtype=np.int64)
    for row, w in zip(ids, windows, strict=True):
        row[: len(w.ids)] = w.ids
    return torch.from_numpy(ids)


def _window_scores(rows: _Rows, window: Window) -> WindowScores:
    """Give each target the row that predicts it; the row after the last tells how words end."""
    unpredicted = 1 if window.n_context == 0 else 0
    return WindowScores(
        logprob=_with_gap(rows.logprob[:-1], unpredicted),
        entropy=_with_gap(rows.entropy[:-1], unpredicted),
        rank=np.concatenate([np.zeros(unpredicted, dtype=np.int64), rows.rank[:-1]]),
        top_logprob=_with_gap(rows.top_logprob[:-1], unpredicted),
        boundary_before=_with_gap(rows.boundary[:-1], unpredicted),
        boundary_after=rows.boundary[0 if unpredicted else 1 :],
        hidden=np.concatenate(
            [np.zeros((unpredicted, rows.hidden.shape[1]), np.float32), rows.hidden[:-1]]
        ),
    )


def _with_gap(values: NDArray[np.float32], n_missing: int) -> NDArray[np.float32]:
    return np.concatenate([np.full(n_missing, np.nan, dtype=np.float32), values])


def is_out_of_memory(exc: BaseException) -> bool:
    """Tell lack of memory from other errors: but on CUDA torch raises plain RuntimeErrors."""
    return isinstance(exc, (torch.OutOfMemoryError, MemoryError)) or any(
        sign in str(exc) for sign in _OUT_OF_MEMORY_SIGNS
    )
