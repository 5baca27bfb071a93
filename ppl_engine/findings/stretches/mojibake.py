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


def begins_mojibake(codes: NDArray[np.uint32], places: NDArray[np.int64]) -> Mask:
    """Return for some characters of a text, all given as code points, whether a sign begins there.

    In ASCII none does.
    """
    last = len(codes) - 1

    def after(n: int) -> NDArray[np.uint32]:
        # Behind the end the last character is looked at again, which continues nothing it begins.
        return np.minimum(codes[np.minimum(places + n, last)], _N_LOW - 1)

    here, second, third = after(0), after(1), after(2)
    of_two = _BEGINS_TWO[here] & _CONTINUES[second]
    of_three = (here == _PUNCTUATION) & _SECOND_OF_PUNCTUATION[second] & _CONTINUES[third]
    return of_two | of_three | (here == _REPLACEMENT)
