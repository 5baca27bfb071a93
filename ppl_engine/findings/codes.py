"""The kinds of findings by their stable names, each with a page in docs/findings."""

from typing import Final

CODES: Final = (
    "likely-mistake",
    "surprising-word",
    "surprising-passage",
    "repetition",
    "ungrounded",
)
"""Every code that a finding may have."""

WORD_CODES: Final = frozenset({"likely-mistake", "surprising-word", "ungrounded"})
"""Those that doubt a single word, and are silent about words that a dictionary holds."""
