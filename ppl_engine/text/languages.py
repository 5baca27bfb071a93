"""The formats of documents, by the language ids of editors and by the suffixes of files."""

from typing import Final

LANGUAGES: Final = ("plaintext", "markdown", "mdx")
"""The language ids that are told apart; any other is read as plain text."""

_BY_SUFFIX: Final = {
    ".text": "plaintext",
    ".txt": "plaintext",
    ".markdown": "markdown",
    ".md": "markdown",
    ".mdown": "markdown",
    ".mdx": "mdx",
}

DOCUMENT_SUFFIXES: Final = frozenset(_BY_SUFFIX)
"""The suffixes by which a file is known to be a document."""


def language_of(path_suffix: str) -> str:
    """Return the language id for the suffix of a file's name, its dot included."""
    return _BY_SUFFIX.get(path_suffix.lower(), "plaintext")
