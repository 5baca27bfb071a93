"""Offsets as lines and columns; lines end at LF, CR LF and CR, as in the protocol of editors."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.spans import Span

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Position:
    """A place as editors count it: both from 0, the character in UTF-16 code units."""

    line: int
    character: int


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = [match.span() for match in _LINE_END.finditer(text)]
        self._starts = [0, *(after for _, after in ends)]
        self._ends = [*(before for before, _ in ends), len(text)]

    def line_at(self, offset: int) -> int:
        """Return the index of the line that holds the code point at `offset`."""
        return bisect_right(self._starts, offset) - 1

    def span(self, line: int) -> Span:
        """Return the place of a line without its end."""
        return Span(self._starts[line], self._ends[line])

    def column(self, offset: int) -> int:
        """Return how many code points precede `offset` on its line."""
        return offset - self._starts[self.line_at(offset)]

    def position(self, offset: int) -> Position:
        """Return the place of `offset` as an editor counts it."""
        line = self.line_at(offset)
        before = self._text[self._starts[line] : offset]
        if before.isascii():
            return Position(line, len(before))
        return Position(line, len(before.encode("utf-16-le", errors="surrogatepass")) // 2)
