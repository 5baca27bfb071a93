"""What of the branches of windows is read, and how many at once.

A branch is read from the last token that it shares, whose row predicts its first id, up to its last
id but one. So nothing is asked of the window but keys and values of the tokens before:

    shared    BOS a b        past    BOS a
    branch    X d e          read    b X d
                             says    X d e
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ppl_engine.models.rows import first_row
from ppl_engine.scoring.scores import Floats, Ints
from ppl_engine.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read for one branch."""

    trunk: int
    """Which window it leaves."""

    n_before: int
    """How many tokens of the window come before what is read."""

    ids: Ints  # (T,)
    targets: Ints  # (T,) what each row predicts
    n_unpredicted: int
    """Ids that nothing predicts: the first of a branch that shares nothing."""

    @classmethod
    def of(cls, window: Window, trunk: int) -> "Reading":
        """Say what has to be read for the window that a branch is by itself."""
        first = first_row(window)
        n_unpredicted = 1 if window.n_context == 0 else 0
        return cls(trunk, first, window.ids[first:-1], window.ids[first + 1 :], n_unpredicted)

    def logprobs(self, rows: Floats) -> Floats:
        """Return ln p of all ids of the branch, given that of the targets (T,)."""
        return np.concatenate([np.full(self.n_unpredicted, np.nan, np.float32), rows])


def n_shared_by(trunk: int, readings: Sequence[Reading]) -> int:
    """Return how much of a window has to be read for all that leave it."""
    return max(reading.n_before for reading in readings if reading.trunk == trunk)


def batches(readings: Sequence[Reading], most_tokens: int) -> list[list[int]]:
    """Put readings that leave a window at like places together, as many as are read at once.

    Those for which nothing is read are in no batch.
    """
    order = sorted(
        range(len(readings)), key=lambda idx: (readings[idx].trunk, readings[idx].n_before)
    )
    found: list[list[int]] = []
    n_tokens = most_tokens
    for idx in order:
        n_more = len(readings[idx].ids)
        if n_more == 0:
            continue
        if n_tokens + n_more <= most_tokens:
            found[-1].append(idx)
            n_tokens += n_more
        else:
            found.append([idx])
            n_tokens = n_more
    return found


def tensors(
    readings: Sequence[Reading], device: torch.device
) -> tuple[list[tuple[int, Tensor]], Tensor]:
    """Return what a body reads, (n_before, ids) of each, and all targets (ΣT,)."""
    ids = torch.from_numpy(np.concatenate([reading.ids for reading in readings])).to(device)
    parts = torch.split(ids, [len(reading.ids) for reading in readings])
    targets = torch.from_numpy(np.concatenate([reading.targets for reading in readings]))
    return (
        [(reading.n_before, part) for reading, part in zip(readings, parts, strict=True)],
        targets.to(device),
    )
