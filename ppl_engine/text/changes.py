"""What changed between two versions of a text, and where a text may be taken apart.

    old text   |.................|~~~~~ old ~~~~~|.......................|
    new text   |.................|~~ new ~~|.......................|
                            start ^   new_end ^        what follows is shifted

A *seam* is a place that no token, word, address or cut crosses, with nothing on one side depending
on what stands further than a few characters away on the other: between an ASCII letter and a space
before another, or between a line end and a letter, a digit or what often begins a block. A layer
that is known for the old text is thus known for the new one but for the stretch between two seams
around the change.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import regex
from numpy.typing import NDArray

SEAM: Final = regex.compile(r"(?<=[A-Za-z])(?= [A-Za-z])|(?<=\n)(?=[#*>|`\-\p{L}\p{N}])")

LOOK_AROUND: Final = 48
"""More characters than anything that respects seams looks ahead or back."""

_FIRST_REACH: Final = 256

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class TextChange:
    """`old[start:old_end]` became `new[start:new_end]`; what stands around it is the same."""

    start: int
    old_end: int
    new_end: int

    @property
    def is_none(self) -> bool:
        """Whether nothing changed."""
        return self.start == self.old_end == self.new_end

    @property
    def shift(self) -> int:
        """By how much what follows moved."""
        return self.new_end - self.old_end


def text_change(old: str, new: str) -> TextChange:
    """Return the smallest stretch in which two texts differ."""
    shorter = min(len(old), len(new))
    start = _n_common_first(old[:shorter], new[:shorter])
    n_after = _n_common_last(old, new, shorter - start)
    return TextChange(start, len(old) - n_after, len(new) - n_after)


def joined(one: TextChange, other: TextChange) -> TextChange:
    """Return the stretch over two that describe the same edit, each widely enough."""
    start, new_end = min(one.start, other.start), max(one.new_end, other.new_end)
    shift = other.shift if one.is_none else one.shift
    return TextChange(start, new_end - shift, new_end)


def between_seams(change: TextChange, new: str) -> TextChange:
    """Widen a change to seams, or the ends of the text, with room for a look around."""
    start = seam_before(new, change.start - LOOK_AROUND)
    new_end = seam_after(new, change.new_end + LOOK_AROUND)
    return TextChange(start, new_end - change.shift, new_end)


def seam_before(text: str, offset: int) -> int:
    """Return the last seam at or before `offset`, or 0."""
    reach = _FIRST_REACH
    while offset > 0:
        low = max(0, offset - reach)
        # A seam is known by the characters beside it, so the search may see two more.
        found = [seam.start() for seam in SEAM.finditer(text, low, offset + 2)]
        seams = [seam for seam in found if seam <= offset]
        if seams or low == 0:
            return max(seams, default=0)
        reach *= 4
    return 0


def seam_after(text: str, offset: int) -> int:
    """Return the first seam at or after `offset`, or the end of the text."""
    found = SEAM.search(text, max(0, offset))
    return found.start() if found else len(text)


def spliced(old: NDArray[T], first: int, last: int, middle: NDArray[T]) -> NDArray[T]:
    """Return `old` with `middle` in the place of `[first, last)`."""
    return np.concatenate([old[:first], middle, old[last:]])


def spliced_places(
    old: NDArray[np.int64], first: int, last: int, middle: NDArray[np.int64], shift: int
) -> NDArray[np.int64]:
    """Return `old` with `middle` in the place of `[first, last)` and the rest moved by `shift`."""
    return np.concatenate([old[:first], middle, old[last:] + shift])


def _n_common_first(one: str, other: str) -> int:
    """Count the equal characters in front of two texts of a length, by halving.

    Slices compare as fast as memory is read, and each step halves them.
    """
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _n_common_last(one: str, other: str, most: int) -> int:
    """Count the equal characters at the ends of two texts, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        ends = slice(len(one) - middle, len(one) - low)
        if one[ends] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
