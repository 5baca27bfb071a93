"""What is read of a text with its sources: a block, some of the text before it, some passages.

    BOS  passages that fit …  ¶¶  text before  ^^^^ block ^^^^            ^ targets, scored

Blocks begin at multiples of their length within a segment, so that an edit moves those of its own
segment only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ppl_engine.grounding.library import Library
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints, TokenScores
from ppl_engine.scoring.windows import Window

BETWEEN: Final = "\n\n"
"""What stands between passages, and between them and the text."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is read at once, in tokens."""

    block: int = 128
    before: int = 64
    passage: int = 128
    """The most that a passage may have."""

    window: int = 2048
    """The most that is read at once: attention to more costs more than it says."""

    @classmethod
    def for_context(cls, context: int) -> "Sizes":
        """Return sizes that fit: the better part of a short window belongs to passages."""
        sizes = cls()
        window = min(context, sizes.window)
        return cls(
            block=max(1, min(sizes.block, window // 4)),
            before=min(sizes.before, window // 8),
            passage=max(2, min(sizes.passage, window // 6)),
            window=window,
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens `[first, end)` of a text."""

    first: int
    end: int


def blocks(segment_starts: Ints, n_tokens: int, longest: int) -> Iterator[Block]:
    """Yield the blocks of a text, in order."""
    edges = [*segment_starts.tolist(), n_tokens]
    for low, high in pairwise(edges):
        for first in range(low, high, longest):
            yield Block(first, min(high, first + longest))


@dataclass(frozen=True, slots=True)
class Windows:
    """Makes the windows in which blocks of one text are read."""

    text: str
    tokens: TokenScores
    library: Library
    scorer: Scorer
    sizes: Sizes

    def of(self, block: Block) -> Window:
        """Return the window in which a block is read with the passages that fit it best."""
        tokens, scorer = self.tokens, self.scorer
        first = max(0, block.first - self.sizes.before)
        own = tokens.ids[first : block.end]
        bos = np.array([] if scorer.bos_id is None else [scorer.bos_id], dtype=np.int64)
        between = scorer.encode(BETWEEN).ids
        query = self.text[int(tokens.starts[first]) : int(tokens.ends[block.end - 1])]
        room = self.sizes.window - len(bos) - len(own)
        fitting = self.library.fitting(query, room, len(between))
        passages = self.library.joined(fitting, between)
        return Window(
            ids=np.concatenate([bos, passages, own]),
            n_context=len(bos) + len(passages) + block.first - first,
        )
