"""What the readers of all formats share: what they return, and bytes and code points."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.spans import Span

# NUL ends the input of a grammar early, and a lone surrogate has no UTF-8; both become one
# character that has, so that offsets stay.
_UNREADABLE: Final = re.compile("[\0\ud800-\udfff]")
_CONTINUATION_BYTES: Final = bytes(range(0x80, 0xC0))

Stretch = tuple[int, int]
"""The UTF-8 bytes, or the code points, `[start, end)` of a text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The prose of a document as its grammar finds it."""

    spans: list[Span]
    """The stretches of running text, in order."""

    starts: list[int]
    """Offsets of lines with which the rest of the document could begin as well: nothing is open.

    A text without such places, or of a format in which they can not be told, has none.
    """


def utf8(text: str) -> bytes:
    """Encode a text for a grammar, with as many code points as it has."""
    return _UNREADABLE.sub("\ufffd", text).encode()


def in_code_points(source: bytes, stretches: Iterable[Stretch]) -> list[Span]:
    """Convert ordered stretches of bytes."""
    spans: list[Span] = []
    byte = point = 0
    for low, high in stretches:
        start = point + _n_code_points(source[byte:low])
        point = start + _n_code_points(source[low:high])
        byte = high
        spans.append(Span(start, point))
    return spans


def gaps(holes: Iterable[Stretch], start: int, end: int) -> Iterator[Stretch]:
    """Yield what holes, ordered by where they begin, leave of `[start, end)`."""
    for low, high in holes:
        if start < low:
            yield start, min(low, end)
        start = max(start, high)
    if start < end:
        yield start, end


def _n_code_points(part: bytes) -> int:
    return len(part.translate(None, _CONTINUATION_BYTES))
