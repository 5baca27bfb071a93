"""Words that are right whatever a model thinks of them, and the files that list them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'"})
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_COMMENT: Final = "#"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A set of words.

    An entry in lower case covers the word in any case. One with a capital covers itself and the
    word in capitals: `GitHub` does not excuse `github`. Both cover their possessive.
    """

    any_case: frozenset[str] = frozenset()
    """Case-folded."""

    as_written: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> "Dictionary":
        """Make a dictionary of entries as a person wrote them."""
        entries = {entry for word in words if (entry := _normalized(word))}
        lower = {entry for entry in entries if entry == entry.lower()}
        capitalized = entries - lower
        return cls(
            frozenset(entry.casefold() for entry in lower),
            frozenset(capitalized | {entry.upper() for entry in capitalized}),
        )

    def holds(self, word: str) -> bool:
        """Whether an entry covers a word as it stands in a text."""
        normalized = _normalized(word)
        return any(
            form in self.as_written or form.casefold() in self.any_case
            for form in (normalized, normalized.removesuffix("'s").removesuffix("'S"))
        )


def entries(content: str) -> Iterator[str]:
    """Yield the words of a dictionary file: one a line; lines that begin with `#` are comments."""
    for line in _LINE_END.split(content):
        entry = line.strip()
        if entry and not entry.startswith(_COMMENT):
            yield entry


def with_entry(content: str, word: str) -> str:
    """Return a dictionary file with a word at its end; all else stays as it is."""
    if word in entries(content):
        return content
    found = _LINE_END.search(content)
    line_end = found[0] if found else "\n"
    is_open = content and not content.endswith(("\n", "\r"))
    return f"{content}{line_end if is_open else ''}{word}{line_end}"


def _normalized(word: str) -> str:
    return " ".join(unicodedata.normalize("NFC", word).translate(_APOSTROPHES).split())
