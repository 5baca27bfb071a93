"""Signs that a text was decoded in the wrong way: UTF-8 taken for Windows-1252 or Latin-1.

A character outside of ASCII is then two or more, of which the first is one of a few and the others
stand for bytes that only continue a character: “Ã©” for é, “â€™” for ’, “Ð¸” for и. Where decoding
failed altogether there is U+FFFD. Sequences that writers use, as “É »” in French, are no signs.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_N_LOW: Final = 0x10000
_CONTINUING_BYTES: Final = bytes(range(0x80, 0xC0))


def _is_one_of(characters: str) -> Mask:
    """Return a table that says of each character of the basic plane whether it is one of these."""
    table = np.zeros(_N_LOW, dtype=np.bool_)
    table[[ord(character) for character in characters]] = True
    return table


_BEGINS_TWO: Final = _is_one_of("ÂÃÐÑ")
_CONTINUES: Final = _is_one_of(
    _CONTINUING_BYTES.decode("latin-1") + _CONTINUING_BYTES.decode("cp1252", errors="ignore")
)
_SECOND_OF_PUNCTUATION: Final = _is_one_of("\x80€")
_PUNCTUATION: Final = ord("â")
_REPLACEMENT: Final = 0xFFFD


def begins_mojibake(codes: NDArray[np.uint32]) -> Mask:
    """Return for each character, given as its code point, whether a sign begins with it."""
    low = np.append(np.minimum(codes, _N_LOW - 1), [0, 0])
    here, second, third = low[:-2], low[1:-1], low[2:]
    of_two = _BEGINS_TWO[here] & _CONTINUES[second]
    of_three = (here == _PUNCTUATION) & _SECOND_OF_PUNCTUATION[second] & _CONTINUES[third]
    return of_two | of_three | (here == _REPLACEMENT)
