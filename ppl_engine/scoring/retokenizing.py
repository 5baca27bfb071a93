"""The tokens of a changed text from those of the text before the change.

    old tokens  |..kept..|=check=|~~~~~ dropped ~~~~~|=check=|..kept, moved..|
    encoded              |=check=|~~~~~~ new ~~~~~~|=check=|.                  ^ a look ahead
                         seam    seam              seam    seam

Tokens do not cross seams (`ppl_engine.text.changes`) where the tokenizer says so, so the stretch
between two of them can be encoded alone. That is not taken on trust: it is encoded from one seam
further out on either side, and what comes out between the two must be what was there before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.text.changes import TextChange, between_seams, spliced, spliced_places

_LOOK_AHEAD: Final = 2
"""Characters after a seam by which a tokenizer knows it for one."""


def encode_changed(text: str, scorer: Scorer, previous: Encoding, change: TextChange) -> Encoding:
    """Return `scorer.encode(text)`, given the encoding of the text before the change."""
    if not previous.respects_seams:
        return scorer.encode(text)
    inner = between_seams(change, text)
    outer = between_seams(inner, text)
    found = _encoded_between(text, scorer, outer)
    if found is None or not _agree(previous, found, inner, outer):
        return scorer.encode(text)
    first, last = np.searchsorted(previous.starts, [outer.start, outer.old_end]).tolist()
    return Encoding(
        ids=spliced(previous.ids, first, last, found.ids),
        starts=spliced_places(previous.starts, first, last, found.starts, outer.shift),
        ends=spliced_places(previous.ends, first, last, found.ends, outer.shift),
        begins_word=spliced(previous.begins_word, first, last, found.begins_word),
        exact_spans=True,
        respects_seams=True,
    )


def _encoded_between(text: str, scorer: Scorer, outer: TextChange) -> Encoding | None:
    """Encode the stretch, with places in the whole text; None if a token crosses its end."""
    found = scorer.encode(text[outer.start : outer.new_end + _LOOK_AHEAD])
    length = outer.new_end - outer.start
    n_kept = int(np.searchsorted(found.starts, length))
    has_seam = outer.new_end == len(text) or found.starts[n_kept : n_kept + 1].tolist() == [length]
    if not (has_seam and found.respects_seams):
        return None
    return Encoding(
        ids=found.ids[:n_kept],
        starts=found.starts[:n_kept] + outer.start,
        ends=found.ends[:n_kept] + outer.start,
        begins_word=found.begins_word[:n_kept],
        exact_spans=True,
        respects_seams=True,
    )


def _agree(old: Encoding, new: Encoding, inner: TextChange, outer: TextChange) -> bool:
    """Whether both have the same tokens between the inner and the outer seams."""
    in_front = _same(old, new, (outer.start, inner.start), (outer.start, inner.start))
    behind = (inner.old_end, outer.old_end), (inner.new_end, outer.new_end)
    return in_front and _same(old, new, *behind)


def _same(old: Encoding, new: Encoding, of_old: tuple[int, int], of_new: tuple[int, int]) -> bool:
    one = slice(*np.searchsorted(old.starts, of_old).tolist())
    other = slice(*np.searchsorted(new.starts, of_new).tolist())
    moved = of_new[0] - of_old[0]
    return (
        np.array_equal(old.ids[one], new.ids[other])
        and np.array_equal(old.starts[one] + moved, new.starts[other])
        and np.array_equal(old.ends[one] + moved, new.ends[other])
    )


@dataclass(frozen=True, slots=True)
class TokenChange:
    """The tokens `[start, old_end)` became `[start, new_end)`; those around have the same ids."""

    start: int
    old_end: int
    new_end: int

    @property
    def shift(self) -> int:
        """By how many tokens what follows moved."""
        return self.new_end - self.old_end


def token_change(old: Ints, new: Ints) -> TokenChange:
    """Return the smallest stretch in which two sequences of ids differ."""
    n = min(len(old), len(new))
    start = _n_leading(old[:n] == new[:n])
    n -= start
    n_after = _n_leading((old[len(old) - n :] == new[len(new) - n :])[::-1])
    return TokenChange(start, len(old) - n_after, len(new) - n_after)


def _n_leading(is_equal: np.ndarray) -> int:
    return int(np.argmin(is_equal)) if not is_equal.all() else len(is_equal)
