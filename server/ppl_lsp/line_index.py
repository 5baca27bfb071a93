r"""Offsets in a text to and from positions on its lines, in the unit a client counts in.

An offset counts code points of a `str`. A position is a line and a character on it, counted in
code units of a `PositionEncoding`. Lines end at `\n`, `\r\n` and `\r` and nowhere else: form
feeds and U+2028 are characters like any other, as they are for editors.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from ppl_engine.text.spans import Span

_LINE_END: Final = re.compile(r"\r\n?|\n")
_CHUNK: Final = 256


class PositionEncoding(StrEnum):
    """The unit of a character in a position; the values are the protocol's."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class LinePosition:
    """A line and a character on it, both counted from 0."""

    line: int
    character: int


@dataclass(frozen=True)
class LineIndex:
    """The lines of one text, ready to convert in both directions.

    Tables are made when first asked for: the starts of the lines, and the code units before every
    256th code point. A conversion looks into the tables and reads one such chunk at most, so that a
    megabyte on one line costs no more than a short one.
    """

    text: str
    encoding: PositionEncoding = PositionEncoding.UTF16

    def position(self, offset: int) -> LinePosition:
        """Return where `offset` is; offsets outside the text count as its nearest end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        offset = min(offset, self._ends[line])
        return LinePosition(line, self._units(offset) - self._units(start))

    def offset(self, position: LinePosition) -> int:
        """Return the offset at a position, as the protocol defines it beyond the end of a line.

        A character past the end of its line means the end of that line, a line past the last one
        the end of the text, and a character inside a code point the beginning of that code point.
        """
        if position.line < 0:
            return 0
        if len(self._starts) <= position.line:
            return len(self.text)
        start, end = self._starts[position.line], self._ends[position.line]
        if position.character <= 0:
            return start
        return min(end, self._offset_of_units(self._units(start) + position.character))

    def parts(self, span: Span) -> Iterator[Span]:
        """Yield what of a span is on each line, without the ends of lines; nothing empty."""
        start = span.start
        while start < span.end:
            line = bisect_right(self._starts, start) - 1
            end = min(span.end, self._ends[line])
            if start < end:
                yield Span(start, end)
            if line + 1 == len(self._starts):
                return
            start = self._starts[line + 1]

    @property
    def n_lines(self) -> int:
        """The number of lines; an empty text has one."""
        return len(self._starts)

    @cached_property
    def _terminators(self) -> list[tuple[int, int]]:
        return [match.span() for match in _LINE_END.finditer(self.text)]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end for _, end in self._terminators)]

    @cached_property
    def _ends(self) -> list[int]:
        """Where each line ends, its terminator not counted."""
        return [*(start for start, _ in self._terminators), len(self.text)]

    @cached_property
    def _is_narrow(self) -> bool:
        """Whether every code point is one code unit."""
        return self.encoding is PositionEncoding.UTF32 or self.text.isascii()

    @cached_property
    def _checkpoints(self) -> list[int]:
        """The code units before each chunk of the text."""
        return list(self._running_totals())

    def _running_totals(self) -> Iterator[int]:
        total = 0
        yield total
        for start in range(0, len(self.text), _CHUNK):
            total += self._n_units(self.text[start : start + _CHUNK])
            yield total

    def _units(self, offset: int) -> int:
        """Count the code units before an offset of the text."""
        if self._is_narrow:
            return offset
        chunk = offset // _CHUNK
        return self._checkpoints[chunk] + self._n_units(self.text[chunk * _CHUNK : offset])

    def _offset_of_units(self, n_units: int) -> int:
        """Return the code point that holds the code unit `n_units` of the text."""
        if self._is_narrow:
            return n_units
        chunk = bisect_right(self._checkpoints, n_units) - 1
        offset, units = chunk * _CHUNK, self._checkpoints[chunk]
        for character in self.text[offset : offset + _CHUNK]:
            units += self._n_units(character)
            if n_units < units:
                break
            offset += 1
        return offset

    def _n_units(self, text: str) -> int:
        """Count the code units of a short text; an unpaired surrogate counts like any character."""
        if self.encoding is PositionEncoding.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
