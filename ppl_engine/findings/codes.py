"""The kinds of findings by their stable names, each with a page in docs/findings."""

from typing import Final

HOME: Final = "https://github.com/ppl-lsp/ppl-lsp"
"""Where the project is, with the pages that findings link to."""

DOCS: Final = f"{HOME}/blob/main/docs"

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


def page_of(code: str) -> str:
    """Return the address of the page of a kind of finding."""
    return f"{DOCS}/findings/{code}.md"
