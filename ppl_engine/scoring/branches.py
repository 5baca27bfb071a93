"""Other ways in which a window could go on: what an alternative is scored by.

    ids       BOS a b c d e f g
    branch        3  ⟶  X d e             reads BOS a b, then X d e
    branch            5  ⟶  Y f           reads BOS a b c d, then Y f

What a branch costs is the reading of its own few tokens: the window is read once for all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class Branch:
    """Leaves a window after its first `n_shared` ids and goes on with `ids`, one at least."""

    n_shared: int
    ids: Ints

    def window(self, ids: Ints) -> Window:
        """Return the window that says the same by itself: what is shared of `ids`, then this.

        Raises ValueError if that is more than there is, or if nothing follows it.
        """
        if not 0 <= self.n_shared <= len(ids) or len(self.ids) == 0:
            raise ValueError(f"a branch of {len(self.ids)} tokens at {self.n_shared} of {len(ids)}")
        return Window(np.concatenate([ids[: self.n_shared], self.ids]), self.n_shared)


def branches_as_windows(
    score_windows: Callable[[Sequence[Window]], Iterable[Sequence[tuple[int, WindowScores]]]],
    windows: Sequence[Ints],
    branches: Sequence[Sequence[Branch]],
) -> list[list[Floats]]:
    """Score the branches of each window, each from its beginning, which any scorer can."""
    found: dict[int, WindowScores] = {}
    every = [
        branch.window(ids) for ids, own in zip(windows, branches, strict=True) for branch in own
    ]
    for batch in score_windows(every):
        found.update(batch)
    logprobs = iter(found[idx].logprob for idx in range(len(every)))
    return [[next(logprobs) for _ in own] for own in branches]
