"""Predictions as rows: what is kept of each, and which target each belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, cast

import numpy as np
import torch
from torch import Tensor

from ppl_engine.models.head import RowScores
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class RowTable:
    """What is kept of R predictions, on the CPU; arrays of one length."""

    logprob: Floats
    entropy: Floats
    rank: Ints
    top_logprob: Floats
    boundary: Floats
    hidden: Floats  # (R, D)

    @classmethod
    def of(cls, scored: RowScores, hidden: Tensor) -> "RowTable":
        """Bring scores and the hidden states (R, D) that they come from to the CPU."""
        return cls(
            scored.logprob.cpu().numpy(),
            scored.entropy.cpu().numpy(),
            scored.rank.cpu().numpy(),
            scored.top_logprob.cpu().numpy(),
            scored.boundary.cpu().numpy(),
            hidden.cpu().float().numpy(),
        )

    @property
    def n_bytes(self) -> int:
        """Memory taken by the arrays."""
        return sum(cast("Floats", getattr(self, name)).nbytes for name in _ARRAYS)

    def slice(self, start: int, end: int) -> "RowTable":
        """Return rows `[start, end)`."""
        return RowTable(**{name: getattr(self, name)[start:end] for name in _ARRAYS})

    def followed_by(self, other: "RowTable") -> "RowTable":
        """Return these rows and then the others."""
        return RowTable(
            **{
                name: np.concatenate([getattr(self, name), getattr(other, name)])
                for name in _ARRAYS
            }
        )


_ARRAYS: Final = tuple(field.name for field in fields(RowTable))


def first_row(window: Window) -> int:
    """Return the first position whose prediction is wanted: that of the first target, if any."""
    return max(0, window.n_context - 1)


def n_rows(window: Window) -> int:
    """Return how many predictions of a window are wanted; the last tells how words end."""
    return len(window.ids) - first_row(window)


def targets(window: Window, start: int) -> Tensor:
    """Return what the rows from `start` on predict; the last predicts what is not there."""
    return torch.from_numpy(np.append(window.ids[start + 1 :], 0))


def side_by_side(windows: Sequence[Window], n_tokens: int) -> list[list[int]]:
    """Put windows of like length together, up to `n_tokens` with what fills them up."""
    order = sorted(range(len(windows)), key=lambda idx: len(windows[idx].ids))
    batches: list[list[int]] = []
    for idx in order:
        n_padded = len(windows[idx].ids)
        if batches and (len(batches[-1]) + 1) * n_padded <= n_tokens:
            batches[-1].append(idx)
        else:
            batches.append([idx])
    return batches


def padded(windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Stack windows (B, T), filled on the right, where a causal model never looks.

    Returns them and the places (R,) in the stack of the rows that are wanted.
    """
    longest = max(len(w.ids) for w in windows)
    ids = np.zeros((len(windows), longest), dtype=np.int64)
    for row, w in zip(ids, windows, strict=True):
        row[: len(w.ids)] = w.ids
    wanted = [
        np.arange(b * longest + first_row(w), b * longest + len(w.ids))
        for b, w in enumerate(windows)
    ]
    return torch.from_numpy(ids), torch.from_numpy(np.concatenate(wanted))


def window_scores(rows: RowTable, window: Window) -> WindowScores:
    """Give each target the row that predicts it; the row after the last tells how words end.

    That row is missing where the last target did not fit into the context.
    """
    unpredicted = 1 if window.n_context == 0 else 0
    predicted = rows.slice(0, window.n_targets - unpredicted)
    boundary_after = np.full(window.n_targets, np.nan, dtype=np.float32)
    after = rows.boundary[1 - unpredicted :]
    boundary_after[: len(after)] = after
    return WindowScores(
        logprob=_with_gap(predicted.logprob, unpredicted),
        entropy=_with_gap(predicted.entropy, unpredicted),
        rank=np.concatenate([np.zeros(unpredicted, dtype=np.int64), predicted.rank]),
        top_logprob=_with_gap(predicted.top_logprob, unpredicted),
        boundary_before=_with_gap(predicted.boundary, unpredicted),
        boundary_after=boundary_after,
        hidden=np.concatenate(
            [np.zeros((unpredicted, rows.hidden.shape[1]), np.float32), predicted.hidden]
        ),
    )


def _with_gap(values: Floats, n_missing: int) -> Floats:
    return np.concatenate([np.full(n_missing, np.nan, dtype=np.float32), values])
