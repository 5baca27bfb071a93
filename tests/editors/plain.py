"""A document as the protocol describes it: slow, and obviously right."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final

_LINE_END: Final = re.compile("\r\n|\n|\r")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Plain:
    """One version of a document, and how its positions count."""

    uri: str
    version: int
    text: str
    encoding: str

    def position(self, offset: int) -> dict[str, int]:
        """Return the line and the character, in units of the encoding, of an offset."""
        ends = [match.end() for match in _LINE_END.finditer(self.text) if match.end() <= offset]
        start = ends[-1] if ends else 0
        return {"line": len(ends), "character": self._units(self.text[start:offset])}

    def offset(self, position: dict[str, int]) -> int:
        """Return the offset of a position; one that is not there counts as the end of its line."""
        starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        if position["line"] >= len(starts):
            return len(self.text)
        at = starts[position["line"]]
        units = 0
        while at < len(self.text) and units < position["character"] and self.text[at] not in "\r\n":
            units += self._units(self.text[at])
            at += 1
        return at

    def range(self, start: int, end: int) -> dict[str, Any]:
        return {"start": self.position(start), "end": self.position(end)}

    def part(self, lsp_range: dict[str, Any]) -> str | None:
        """Return the text of a range; None if it is not the shortest name of a place there is."""
        start, end = self.offset(lsp_range["start"]), self.offset(lsp_range["end"])
        is_there = self.range(start, end) == lsp_range
        return self.text[start:end] if is_there else None

    def edited(self, version: int, changes: list[dict[str, Any]]) -> "Plain":
        after = replace(self, version=version)
        for change in changes:
            text = change["text"]
            if "range" in change:
                start = after.offset(change["range"]["start"])
                end = after.offset(change["range"]["end"])
                text = after.text[:start] + text + after.text[end:]
            after = replace(after, text=text)
        return after

    def hot(self) -> list[tuple[int, int]]:
        """Return the words that the fake engine is surprised at."""
        return [
            match.span() for match in _WORD.finditer(self.text) if match[0].startswith(("zz", "qq"))
        ]

    def hot_ranges(self) -> list[dict[str, Any]]:
        return [self.range(*span) for span in self.hot()]

    def _units(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text.encode())
        return len(text.encode("utf-16-le")) // 2 if self.encoding == "utf-16" else len(text)
