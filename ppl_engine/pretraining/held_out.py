"""Nothing that the model is judged by may be in what it learns from.

Paragraphs are compared by a digest of their letters and digits alone, so that markup, spacing and
WikiText's way of setting punctuation apart hide nothing.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

import regex

_SEPARATOR: Final = regex.compile(r"(\n[ \t]*\n\s*)")
_NOT_COMPARED: Final = regex.compile(r"[^\p{L}\p{N}]+")
_SHORTEST: Final = 60
"""Letters and digits below which a paragraph is a commonplace (a heading, a licence line)."""


def paragraph_digest(paragraph: str) -> bytes | None:
    """Return a digest of what a paragraph says, or None where it is too short to tell."""
    letters = _NOT_COMPARED.sub("", paragraph).casefold()
    if len(letters) < _SHORTEST:
        return None
    return blake2b(letters.encode(errors="replace"), digest_size=12).digest()


def held_out_digests(texts: Iterable[str]) -> frozenset[bytes]:
    """Return the digests of all paragraphs, and of all single lines, of texts held out."""
    found: set[bytes] = set()
    for text in texts:
        pieces = (*_SEPARATOR.split(text), *text.split("\n"))
        found.update(d for piece in pieces if (d := paragraph_digest(piece)) is not None)
    return frozenset(found)


def without_held_out(text: str, held_out: frozenset[bytes]) -> tuple[str, int]:
    """Return the text without paragraphs held out, and how many were taken out."""
    parts = _SEPARATOR.split(text)
    kept: list[str] = []
    n_removed = 0
    for k in range(0, len(parts), 2):
        if _is_held_out(parts[k], held_out):
            n_removed += 1
            continue
        kept += parts[k : k + 2]
    return "".join(kept), n_removed


def _is_held_out(paragraph: str, held_out: frozenset[bytes]) -> bool:
    return any(paragraph_digest(piece) in held_out for piece in _pieces(paragraph))


def _pieces(paragraph: str) -> Iterator[str]:
    yield paragraph
    if "\n" in paragraph:
        yield from paragraph.split("\n")
