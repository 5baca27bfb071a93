"""A causal language model on torch, as a `Scorer`."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ppl_engine.errors import NotEnoughMemoryError, NumericsError
from ppl_engine.models.body import Body, Past
from ppl_engine.models.branching import Reading, batches, tensors
from ppl_engine.models.head import Head
from ppl_engine.models.kept import KeptWindow, KeptWindows
from ppl_engine.models.memory import is_out_of_memory
from ppl_engine.models.rows import (
    RowTable,
    first_row,
    n_rows,
    padded,
    side_by_side,
    targets,
    window_scores,
)
from ppl_engine.models.tokens.tokenizer import TextTokenizer
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


@dataclass(frozen=True, slots=True)
class CausalParts:
    """A model taken apart."""

    body: Body
    head: Head
    tokenizer: TextTokenizer


class CausalLM:
    """Scores windows of token ids with a model that lives on one device."""

    def __init__(self, parts: CausalParts, info: ModelInfo, bos_id: int | None) -> None:
        self._parts = parts
        self._info = info
        self._bos_id = bos_id
        self._step_tokens = _STEP_TOKENS[info.device]
        self._kept = KeptWindows(_KEPT_BYTES[info.device])

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
        fit = all(len(window.ids) <= self._info.context for window in windows)
        goes_on = len(windows) <= _FEW_WINDOWS and self._goes_on and fit
        alone = goes_on or self._info.precision == "exact"
        one_by_one = [[k] for k in range(len(windows))]
        pending = (one_by_one if alone else side_by_side(windows, self._step_tokens))[::-1]
        while pending:
            batch = pending.pop()
            chosen = [windows[idx] for idx in batch]
            n_kept = len(self._kept)
            try:
                tables = [self._go_on(chosen[0]).table] if goes_on else self._read(chosen)
            except (RuntimeError, MemoryError) as exc:
                if not is_out_of_memory(exc):
                    raise
                pending += self._after_out_of_memory(batch, had_kept=n_kept > 0)
                continue
            for table in tables:
                self._check_numbers(table.logprob)
            yield [
                (idx, window_scores(table, w))
                for idx, table, w in zip(batch, tables, chosen, strict=True)
            ]

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

    def score_branches(self, ids: Ints, branches: Sequence[Branch]) -> list[Floats]:
        """Return for each branch of a window ln p of each of its ids, in nats.

        The window is read once, and not at all if it is kept; then the branches after it, many at
        once. In `exact` precision, and with a body that can not go on, each is read by itself.
        """
        if not self._goes_on:
            return branches_as_windows(self.score_windows, ids, branches)
        readings = [Reading.of(branch.window(ids)) for branch in branches]
        rows = [np.empty(0, np.float32) for _ in readings]
        pending = batches(readings, self._step_tokens)[::-1]
        shared = ids[: max((reading.n_before for reading in readings), default=0)]
        past: Past | None = None
        while pending:
            batch = pending.pop()
            had_kept = past is not None or len(self._kept) > 0
            try:
                past = self._past_of(shared) if past is None else past
                found = self._read_branches([readings[idx] for idx in batch], past)
            except (RuntimeError, MemoryError) as exc:
                if not is_out_of_memory(exc):
                    raise
                past = None
                pending += self._after_out_of_memory(batch, had_kept=had_kept)
                continue
            for idx, part in zip(batch, found, strict=True):
                self._check_numbers(part)
                rows[idx] = part
        return [reading.logprobs(part) for reading, part in zip(readings, rows, strict=True)]

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
    def _goes_on(self) -> bool:
        return self._parts.body.goes_on and self._info.precision != "exact"

    @torch.inference_mode()
    def _read(self, windows: Sequence[Window]) -> list[RowTable]:
        """Read windows from their beginnings, side by side."""
        head = self._parts.head
        read = [replace(w, ids=w.ids[: self._info.context]) for w in windows]
        ids, wanted = (tensor.to(head.device) for tensor in padded(read))
        hidden = self._parts.body.hidden_states(ids, wanted)  # (R, D)
        sizes = [n_rows(w) for w in read]
        all_targets = [targets(w, first_row(w))[:n] for w, n in zip(windows, sizes, strict=True)]
        table = self._scored(hidden, torch.cat(all_targets))
        ends = np.cumsum(sizes).tolist()
        return [table.slice(end - n, end) for n, end in zip(sizes, ends, strict=True)]

    @torch.inference_mode()
    def _go_on(self, window: Window) -> KeptWindow:
        """Read a window from where it differs from one that is kept, and keep it."""
        ids, first = window.ids, first_row(window)
        body, device = self._parts.body, self._parts.head.device
        found = self._kept.take(ids)
        known, start, before = None, 0, None  # rows known, first token to read, rows between
        past = found[0].past if found else body.new_past(len(ids))
        if found:
            kept, start = found
            if kept.first_row <= first < start:
                known = kept.table.slice(first - kept.first_row, start - kept.first_row)
                before = torch.from_numpy(known.hidden[-1:])
                known = known.slice(0, start - first - 1)
            else:
                start = min(start, first)
            past.crop(start)
        hidden = torch.empty(0) if before is None else before.to(device)  # (R, D)
        if start < len(ids):
            n_wanted = len(ids) - max(start, first)
            read = body.more_hidden_states(torch.from_numpy(ids[start:]).to(device), past, n_wanted)
            hidden = read if before is None else torch.cat([hidden, read.float()])
        table = self._scored(hidden, targets(window, len(ids) - len(hidden)))
        table = known.followed_by(table) if known else table
        window_kept = KeptWindow(ids, past, first, table)
        self._kept.put(window_kept)
        return window_kept

    def _past_of(self, ids: Ints) -> Past:
        """Return what is known after some ids, to be looked at only; read now if nobody did."""
        if len(ids) == 0:
            return self._parts.body.new_past(0)
        past = self._kept.past_of(ids)
        return self._go_on(Window(ids, len(ids))).past if past is None else past

    @torch.inference_mode()
    def _read_branches(self, readings: Sequence[Reading], past: Past) -> list[Floats]:
        """Return ln p of the targets of each."""
        head = self._parts.head
        branches, wanted = tensors(readings, head.device)
        hidden = self._parts.body.branch_hidden_states(branches, past)  # (R, D)
        rows = torch.arange(len(wanted), device=head.device)
        found = head.logprobs(hidden, rows, wanted).cpu().numpy()
        ends = np.cumsum([len(reading.ids) for reading in readings])
        return np.split(found, ends[:-1])

    def _scored(self, hidden: Tensor, wanted: Tensor) -> RowTable:
        """Score tokens (R,) against what final hidden states (R, D) predict."""
        return RowTable.of(self._parts.head.score(hidden, wanted.to(hidden.device)), hidden)

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
        self._parts = replace(self._parts, head=self._parts.head.to(cpu))
        notices = (*self._info.notices, notice)
        self._info = replace(self._info, device="cpu", notices=notices)
        self._step_tokens = _STEP_TOKENS["cpu"]
        self._kept = KeptWindows(_KEPT_BYTES["cpu"])
