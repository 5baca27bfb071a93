"""Tokens as far as a person can see them: those that split a character, taken together."""

from dataclasses import dataclass

import numpy as np

from ppl_engine.scoring.scores import Floats, Ints, TokenScores


@dataclass(frozen=True, slots=True)
class Pieces:
    """Stretches that tile the text, each of one token or of those that share a character."""

    starts: Ints
    ends: Ints
    first_token: Ints
    n_tokens: Ints
    logprob: Floats
    """Summed over the tokens; NaN if one of them is unscored."""

    entropy: Floats
    """At the first token."""

    rank: Ints
    """Of the first token."""

    def __len__(self) -> int:
        return len(self.starts)


def character_pieces(scores: TokenScores) -> Pieces:
    """Merge the tokens that split a character with each other."""
    n = len(scores)
    if n == 0:
        nothing = np.zeros(0, dtype=np.int64)
        no_floats = np.zeros(0, dtype=np.float32)
        return Pieces(nothing, nothing, nothing, nothing, no_floats, no_floats, nothing)
    # A token of no width, as some tokenizers put at the front, goes with what follows it.
    begins = scores.ends[:-1] <= scores.starts[1:]
    begins &= scores.starts[:-1] < scores.ends[:-1]
    first = np.concatenate([[0], np.flatnonzero(begins) + 1])
    last = np.append(first[1:], n) - 1
    return Pieces(
        starts=scores.starts[first],
        ends=scores.ends[last],
        first_token=first,
        n_tokens=last - first + 1,
        logprob=np.add.reduceat(scores.logprob, first),
        entropy=scores.entropy[first],
        rank=scores.rank[first],
    )
