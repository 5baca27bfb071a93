"""A candidate as tokens, in the place where it would stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.findings.rereading.reading import FOLLOWING_TOKENS, Reading
from ppl_engine.findings.rereading.values import Proposal
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints, TokenScores

_WORD_TOKENS_BEFORE: Final = 3


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate as tokens: `ids` stand in the place of the tokens `[divergence, end)`."""

    proposal: Proposal
    divergence: int
    replaced_end: int
    """After the last token of what is replaced; what follows goes on to `end`."""

    end: int
    ids: Ints


def spelled_out(reading: Reading, proposal: Proposal, scorer: Scorer) -> Option | None:
    """Find the tokens of a candidate and of what follows it; None where that is not possible.

    A few words around it are cut into tokens with and without the candidate. That is trusted as far
    as the tokens without it end like those of the text.
    """
    text, tokens = reading.document.text, reading.document.tokens
    block, span = reading.block, proposal.candidate.span
    first = int(np.searchsorted(tokens.ends, span.start, side="right"))
    after = int(np.searchsorted(tokens.starts, span.end))
    end = _next_word(tokens, min(after + FOLLOWING_TOKENS, block.end), block.end)
    if first <= block.first_row or end < after:
        return None
    low = _word_start(tokens, first - _WORD_TOKENS_BEFORE, block.first_row)
    start, stop = int(tokens.starts[low]), int(tokens.ends[end - 1])
    meant = text[start : span.start] + proposal.candidate.text + text[span.end : stop]
    new = scorer.encode(meant).ids
    old, stands = scorer.encode(text[start:stop]).ids.tolist(), tokens.ids[low:end].tolist()
    n_same = n_leading(old, new.tolist())
    divergence = end - (len(old) - n_same)
    n_trusted = n_leading(old[::-1], stands[::-1])
    if divergence < end - n_trusted or n_same == len(new):
        return None
    if not block.first_row < divergence < block.end:
        return None
    return Option(proposal, divergence, max(after, divergence), end, new[n_same:])


def n_leading(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many ids two short sequences have in common at the beginning."""
    n = 0
    for own, others in zip(one, other, strict=False):
        if own != others:
            break
        n += 1
    return n


def _word_start(tokens: TokenScores, token_idx: int, lowest: int) -> int:
    while token_idx > lowest and not tokens.begins_word[token_idx]:
        token_idx -= 1
    return max(lowest, token_idx)


def _next_word(tokens: TokenScores, token_idx: int, highest: int) -> int:
    while token_idx < highest and not tokens.begins_word[token_idx]:
        token_idx += 1
    return token_idx
