"""Surprisal as five bands of heat, the same everywhere it is drawn."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BAND_EDGES_BITS: Final = (9.0, 13.0, 18.0, 24.0, 32.0)
"""The least surprisal of a word in bands 1 to 5; below the first it is calm: band 0."""


def bands(surprisal_bits: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the band of each word, 0 (calm) to 5; unscored words (NaN) are calm."""
    return np.digitize(np.nan_to_num(surprisal_bits, nan=0.0), BAND_EDGES_BITS)
