"""The tokens that a tokenizer itself puts around a text, which other programs read along."""

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints


@runtime_checkable
class AddsTokens(Protocol):
    """A scorer whose tokenizer puts tokens of its own around a text."""

    @property
    def added_tokens(self) -> tuple[Ints, Ints]:
        """What stands before a text and after it."""
        ...


def added_tokens(scorer: Scorer) -> tuple[Ints, Ints]:
    """Return what the tokenizer of a scorer puts before and after a text, if anything."""
    nothing = np.empty(0, dtype=np.int64)
    return scorer.added_tokens if isinstance(scorer, AddsTokens) else (nothing, nothing)


def with_added_tokens(encoding: Encoding, scorer: Scorer, *, end: bool = True) -> Encoding:
    """Return the encoding with what the tokenizer puts around a text; that takes no place in it."""
    before, after = added_tokens(scorer)
    after = after if end else after[:0]
    if not len(before) and not len(after):
        return encoding
    last = int(encoding.ends[-1]) if len(encoding.ends) else 0
    zeros, lasts = np.zeros_like(before), np.full_like(after, last)
    no, yes = np.zeros(len(before), np.bool_), np.ones(len(after), np.bool_)
    return replace(
        encoding,
        ids=np.concatenate([before, encoding.ids, after]),
        starts=np.concatenate([zeros, encoding.starts, lasts]),
        ends=np.concatenate([zeros, encoding.ends, lasts]),
        begins_word=np.concatenate([no, encoding.begins_word, yes]),
    )
