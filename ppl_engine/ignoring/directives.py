"""What the comments of a text say to us: `ppl: off`, `ppl: on`, `ppl: ignore-next`, `ppl: words`.

What follows ` -- ` is a reason, for people.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from ppl_engine.findings.codes import CODES
from ppl_engine.ignoring.comments import Comment, comments
from ppl_engine.ignoring.dictionary import Dictionary
from ppl_engine.text.blocks import paragraphs
from ppl_engine.text.languages import PROGRAMS, known_language
from ppl_engine.text.spans import Span

INSTRUCTIONS: Final = ("off", "on", "ignore-next", "words")

_ALL: Final = ""
"""Stands for every code."""

_REASON: Final = "--"
_N_SHOWN: Final = 40
_LONGEST_BLOCK: Final = 20_000
"""In characters, so that a text without empty lines is not gone over again and again."""

_BLANK_LINE: Final = re.compile(r"(?:\r\n|\r|\n)[ \t]{0,200}(?=[\r\n])")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """A comment that says something to us that we do not understand."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Directives:
    """What the comments of one text come to."""

    silenced: Mapping[str, tuple[Span, ...]] = field(default_factory=dict[str, "tuple[Span, ...]"])
    """Where nothing is to be found of a code, or, under the empty string, of any: disjoint."""

    words: tuple[str, ...] = ()
    dictionary: Dictionary = field(default_factory=Dictionary)
    """Of these words."""

    problems: tuple[Problem, ...] = ()

    def silence(self, code: str, span: Span) -> bool:
        """Whether findings of a code are not wanted somewhere in a span."""
        return _touches(self.silenced.get(_ALL, ()), span) or _touches(
            self.silenced.get(code, ()), span
        )


def directives(text: str, language: str) -> Directives:
    """Read the comments of a text; `language` is an LSP language id."""
    reading = _Reading(text, known_language(language))
    for comment in comments(text, language):
        reading.take(comment)
    return reading.end()


class _Reading:
    """Goes through the comments of a text in their order."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._block = Span(0, 0)
        self._since: dict[str, int] = {}
        self._silenced: dict[str, list[Span]] = {}
        self._words: list[str] = []
        self._problems: list[Problem] = []

    def take(self, comment: Comment) -> None:
        """Do what a comment says."""
        parts = comment.content.replace(",", " ").split()
        if _REASON in parts:
            parts = parts[: parts.index(_REASON)]
        instruction, arguments = (parts[0].lower(), parts[1:]) if parts else ("", [])
        match instruction:
            case "off":
                for code in self._codes(comment, arguments):
                    self._since.setdefault(code, comment.span.start)
            case "on":
                for code in self._codes(comment, arguments):
                    self._switch_on(code, comment.span.end)
            case "ignore-next":
                end = self._end_of_block(comment.span.end)
                for code in self._codes(comment, arguments):
                    self._silence(code, Span(comment.span.start, end))
            case "words" if arguments:
                self._words += arguments
            case _:
                self._doubt(comment, instruction)

    def end(self) -> Directives:
        """Return what was read; what is still off is off to the end."""
        for code in tuple(self._since):
            self._switch_on(code, len(self._text))
        return Directives(
            {code: _merged(spans) for code, spans in self._silenced.items()},
            tuple(self._words),
            Dictionary.of(self._words),
            tuple(self._problems),
        )

    def _codes(self, comment: Comment, arguments: Iterable[str]) -> list[str]:
        """Return the codes that are named; all, if none is."""
        named = list(arguments)
        for name in named:
            if name not in CODES:
                self._report(comment, f"“{name}” is no kind of finding", name, CODES)
        return [name for name in named if name in CODES] if named else [_ALL]

    def _switch_on(self, code: str, at: int) -> None:
        # A bare `on` ends every `off` before it.
        for off in tuple(self._since) if code == _ALL else (code,):
            if off in self._since:
                self._silence(off, Span(self._since.pop(off), at))

    def _silence(self, code: str, span: Span) -> None:
        self._silenced.setdefault(code, []).append(span)

    def _doubt(self, comment: Comment, instruction: str) -> None:
        if instruction == "words":
            self._problems.append(Problem(comment.span, "“ppl: words” is followed by no words."))
        elif not instruction:
            self._report(comment, "“ppl:” is followed by nothing", instruction, INSTRUCTIONS)
        # A number belongs to a sentence about perplexity.
        elif instruction.replace("-", "").isalpha():
            says = f"“ppl: {instruction[:_N_SHOWN]}” is no instruction"
            self._report(comment, says, instruction, INSTRUCTIONS)

    def _report(self, comment: Comment, says: str, name: str, known: tuple[str, ...]) -> None:
        near = get_close_matches(name[:_N_SHOWN], known, n=1)
        instead = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(known)}."
        self._problems.append(Problem(comment.span, f"{says}; {instead}"))

    def _end_of_block(self, offset: int) -> int:
        """Return the end of the block that goes on after an offset, or begins next."""
        while offset < len(self._text) and self._text[offset].isspace():
            offset += 1
        if offset not in self._block:
            last = min(len(self._text), offset + _LONGEST_BLOCK)
            found = _BLANK_LINE.search(self._text, offset, last)
            near = self._text[offset : found.start() if found else last]
            is_program = self._language in PROGRAMS
            length = _first_of_program(near) if is_program else _first_paragraph(near)
            self._block = Span(offset, offset + length)
        return self._block.end


def _first_paragraph(text: str) -> int:
    """Return how long the first paragraph, heading or list item is."""
    return paragraphs(text)[0].end if text else 0


def _first_of_program(text: str) -> int:
    """Return where a line without a letter ends, as between the paragraphs of a comment."""
    ends = (m.end() for m in _LINE.finditer(text) if not any(map(str.isalnum, m[0])))
    return next(ends, len(text))


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _touches(spans: tuple[Span, ...], span: Span) -> bool:
    idx = bisect_right(spans, span.start, key=lambda one: one.end)
    return idx < len(spans) and spans[idx].start < max(span.end, span.start + 1)
