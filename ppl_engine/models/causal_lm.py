"""A causal language model on torch, as a `Scorer`."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ppl_engine.errors import NotEnoughMemoryError, NumericsError
from ppl_engine.models.body import Past
from ppl_engine.models.branching import Reading, batches, n_shared_by
from ppl_engine.models.head import Head
from ppl_engine.models.kept import KeptWindows
from ppl_engine.models.memory import is_out_of_memory
from ppl_engine.models.rows import (
    RowTable,
    side_by_side,
    window_scores,
)
from ppl_engine.models.window_reader import CausalParts, WindowReader
from ppl_engine.scoring.branches import Branch, branches_as_windows
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window

logger = logging.getLogger(__name__)

T = TypeVar("T")

_STEP_TOKENS: Final = {"cpu": 1024, "mps": 4096, "cuda": 16384}
"""Tokens read in one forward pass: large enough to keep the device busy, short enough to cancel."""

_FEW_WINDOWS: Final = 4
"""So many windows at once are somebody typing: each is read alone, and kept to go on from."""

_KEPT_BYTES: Final = {"cpu": 96 * 2**20, "mps": 256 * 2**20, "cuda": 1024 * 2**20}


class CausalLM:
    """Scores windows of token ids with a model that lives on one device."""

    def __init__(self, parts: CausalParts, info: ModelInfo, bos_id: int | None) -> None:
        self._info = info
        self._bos_id = bos_id
        self._step_tokens = _STEP_TOKENS[info.device]
        kept = KeptWindows(_KEPT_BYTES[info.device])
        self._reader = WindowReader(parts, kept, info.context)

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

    @property
    def added_tokens(self) -> tuple[Ints, Ints]:
        """What the tokenizer itself puts before and after a text, and `encode` does not."""
        return self._parts.tokenizer.added_tokens

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of each window, as many at a time as fit into one forward pass.

        Few windows are read one after the other, each from where it differs from one kept. In
        `exact` precision nothing is reused, so that scores do not depend on what came before even
        in their last bits. A window may hold one id more than the context: the last is scored then
        but not read.
        """
        goes_on = len(windows) <= _FEW_WINDOWS and self._goes_on and self._fit(windows)
        alone = goes_on or self._info.precision == "exact"
        one_by_one = [[k] for k in range(len(windows))]
        batches = one_by_one if alone else side_by_side(windows, self._step_tokens)
        read = self._each_gone_on if goes_on else self._reader.read
        for found in self._in_batches(batches, lambda batch: read([windows[k] for k in batch])):
            yield [(idx, self._window_scores(table, windows[idx])) for idx, table in found]

    def score_trunks(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of windows, and keep what was read of a batch for its branches.

        Those that have something in common with a window that is kept are read from there; the
        others side by side, as many as may be kept without dropping all others.
        """
        if not self._goes_on or not self._fit(windows):
            yield from self.score_windows(windows)
            return
        kept = [k for k, window in enumerate(windows) if self._kept.has_like(window.ids)]
        new = sorted({*range(len(windows))} - {*kept})
        batches = [
            *([k] for k in kept),
            *([new[k] for k in few] for few in self._to_begin([windows[k] for k in new])),
        ]

        def read(batch: list[int]) -> list[RowTable]:
            chosen = [windows[k] for k in batch]
            if len(chosen) == 1:
                return self._each_gone_on(chosen)
            return [begun.table for begun in self._reader.begin(chosen)]

        for found in self._in_batches(batches, read):
            yield [(idx, self._window_scores(table, windows[idx])) for idx, table in found]

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        """Return the `n` most probable next tokens for each final hidden state (rows, width)."""
        ids, logprobs = self._with_head(lambda head: head.predict(self._rows(hidden), n))
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

    def log_probabilities(self, hidden: NDArray[np.float32]) -> Floats:
        """Return (rows, vocabulary): ln p of every next token, in nats. Ask for few rows."""
        return self._with_head(
            lambda head: torch.log_softmax(head.logits(self._rows(hidden)), dim=-1).cpu().numpy()
        )

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        """Return for each branch of each window ln p of each of its ids, in nats.

        A window is read once, and not at all if it is kept; then the branches, those of many
        windows at once. In `exact` precision, and with a body that can not go on, each is read by
        itself.
        """
        if not self._goes_on:
            return branches_as_windows(self.score_windows, windows, branches)
        readings = [
            Reading.of(branch.window(ids), trunk)
            for trunk, (ids, own) in enumerate(zip(windows, branches, strict=True))
            for branch in own
        ]
        rows = [np.empty(0, np.float32) for _ in readings]
        pasts: dict[int, Past] = {}

        def read(batch: list[int]) -> list[Floats]:
            own = [readings[idx] for idx in batch]
            before = {reading.trunk: pasts.get(reading.trunk) for reading in own}
            pasts.clear()  # where memory runs out none is held any more
            known = {
                trunk: self._reader.past_of(windows[trunk][: n_shared_by(trunk, readings)])
                if past is None
                else past
                for trunk, past in before.items()
            }
            found = self._reader.read_branches(own, [known[reading.trunk] for reading in own])
            pasts.update(known)
            return found

        for found in self._in_batches(batches(readings, self._step_tokens), read):
            for idx, part in found:
                self._check_numbers(part)
                rows[idx] = part
        logprobs = iter(
            reading.logprobs(part) for reading, part in zip(readings, rows, strict=True)
        )
        return [[next(logprobs) for _ in own] for own in branches]

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        """Return ln p of some next tokens, for each final hidden state (rows, width), in nats."""
        sizes = [len(ids) for ids in token_ids]
        rows = torch.from_numpy(np.repeat(np.arange(len(sizes)), sizes))
        wanted = torch.from_numpy(np.concatenate([np.empty(0, np.int64), *token_ids]))
        found = self._with_head(
            lambda head: head.logprobs(
                self._rows(hidden), rows.to(head.device), wanted.to(head.device)
            )
        )
        return np.split(found.cpu().numpy(), np.cumsum(sizes)[:-1]) if sizes else []

    def _in_batches(
        self, pending: Sequence[list[int]], read: Callable[[list[int]], Sequence[T]]
    ) -> Iterator[list[tuple[int, T]]]:
        """Yield what is read of each batch of indices, of fewer at once if memory runs out."""
        waiting = list(pending[::-1])
        while waiting:
            batch = waiting.pop()
            had_kept = len(self._kept) > 0
            try:
                found = read(batch)
            except (RuntimeError, MemoryError) as exc:
                if not is_out_of_memory(exc):
                    raise
                waiting += self._after_out_of_memory(batch, had_kept=had_kept)
                continue
            yield list(zip(batch, found, strict=True))

    def _fit(self, windows: Sequence[Window]) -> bool:
        return all(len(window.ids) <= self._info.context for window in windows)

    def _to_begin(self, windows: Sequence[Window]) -> list[list[int]]:
        """Put windows together as many of which can be read, and then kept, at once."""
        longest = max((len(window.ids) for window in windows), default=1)
        n_bytes = self._parts.body.new_past(longest).n_bytes
        if n_bytes == 0:  # not known before it is read
            return [[k] for k in range(len(windows))]
        most_kept = self._kept.max_bytes // 2 * longest // n_bytes
        return side_by_side(windows, min(self._step_tokens, most_kept))

    def _rows(self, hidden: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(hidden).to(self._parts.head.device)

    @torch.inference_mode()
    def _with_head(self, work: Callable[[Head], T]) -> T:
        """Return what `work` makes with the head, tried again where memory runs out."""
        try:
            return work(self._parts.head)
        except (RuntimeError, MemoryError) as exc:
            if not is_out_of_memory(exc):
                raise
            self._after_out_of_memory([0], had_kept=len(self._kept) > 0)
            return work(self._parts.head)

    @property
    def _parts(self) -> CausalParts:
        return self._reader.parts

    @property
    def _kept(self) -> KeptWindows:
        return self._reader.kept

    @property
    def _goes_on(self) -> bool:
        return self._parts.body.goes_on and self._info.precision != "exact"

    def _each_gone_on(self, windows: Sequence[Window]) -> list[RowTable]:
        return [self._reader.go_on(window).table for window in windows]

    def _window_scores(self, table: RowTable, window: Window) -> WindowScores:
        self._check_numbers(table.logprob)
        return window_scores(table, window)

    def _check_numbers(self, logprob: Floats) -> None:
        if np.isnan(logprob).any():
            self._kept.clear()
            raise NumericsError(
                f"{self._info.name} gives no numbers in {self._info.precision} for a part of the "
                "text; choose the precision bf16 or exact."
            )

    def _after_out_of_memory(self, batch: list[int], *, had_kept: bool) -> list[list[int]]:
        """Forget what is kept, halve the batch, or move a single window's model to the CPU."""
        self._kept.clear()
        if self._parts.head.device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) > 1:
            self._step_tokens = max(1, self._step_tokens // 2)
            half = len(batch) // 2
            return [batch[half:], batch[:half]]
        if had_kept:
            return [batch]
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
        self._parts.body.to(cpu)
        parts = replace(self._parts, head=self._parts.head.to(cpu))
        notices = (*self._info.notices, notice)
        self._info = replace(self._info, device="cpu", notices=notices)
        self._step_tokens = _STEP_TOKENS["cpu"]
        self._reader = WindowReader(parts, KeptWindows(_KEPT_BYTES["cpu"]), self._info.context)
