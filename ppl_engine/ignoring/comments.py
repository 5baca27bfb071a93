"""Where a document may hold comments for us: what begins and ends them in its format."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.languages import PROGRAMS, known_language
from ppl_engine.text.spans import Span

MARK: Final = "ppl:"

_LONGEST: Final = 1 << 16
"""Of a comment, in characters: a list of words may go on over many lines."""

_N_BEFORE: Final = 1000
"""How much of a line before a comment is looked at, in characters."""

_BLANK: Final = " \t"


@dataclass(frozen=True, slots=True)
class Syntax:
    """One way to write a comment."""

    opening: str
    closing: str = ""
    """Empty where the end of the line closes it."""

    is_alone: bool = False
    """Whether it must begin its line."""

    def around(self, content: str) -> str:
        """Return a comment with this content."""
        return f"{self.opening} {content} {self.closing}".rstrip()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that is addressed to us."""

    span: Span
    content: str
    """What follows the mark."""


_HTML: Final = Syntax("<!--", "-->")
_BLOCK: Final = Syntax("/*", "*/")
_SLASHES: Final = Syntax("//")
_HASH: Final = Syntax("#")
_DASHES: Final = Syntax("--")
_SYNTAX: Final[Mapping[str, tuple[Syntax, ...]]] = {
    "markdown": (_HTML,),
    "mdx": (Syntax("{/*", "*/}"), _HTML),
    "html": (_HTML,),
    "restructuredtext": (Syntax("..", is_alone=True),),
    "asciidoc": (Syntax("//", is_alone=True),),
    "latex": (Syntax("%"),),
    "git-commit": (Syntax("#", is_alone=True),),
    **dict.fromkeys(PROGRAMS, (_SLASHES, _BLOCK)),
    **dict.fromkeys(("python", "ruby", "shellscript", "toml", "yaml"), (_HASH,)),
    "css": (_BLOCK,),
    "lua": (_DASHES,),
    "sql": (_DASHES, _BLOCK),
    "php": (_SLASHES, _HASH, _BLOCK),
}
_FENCE: Final = re.compile(r"(?:\A|(?<=[\r\n]))[ \t>]{0,40}(`{3,}|~{3,})([^\r\n]*)")
_LINE_END: Final = re.compile(r"[\r\n]")


def comment_syntax(language: str) -> tuple[Syntax, ...]:
    """Return the ways to write a comment, the preferred one first; plain text has none."""
    return _SYNTAX.get(known_language(language), ())


def comments(text: str, language: str) -> Iterator[Comment]:
    """Yield the comments that are addressed to us, in order."""
    language = known_language(language)
    ways = comment_syntax(language)
    if not ways or MARK not in text:
        return
    has_fences = language in {"markdown", "mdx"}
    fences = _fences(text) if has_fences else []
    at = text.find(MARK)
    while at >= 0:
        found = next(filter(None, (_comment(text, at, way) for way in ways)), None)
        if found and not (has_fences and _is_code(text, found.span.start, fences)):
            yield found
            at = found.span.end - len(MARK)
        at = text.find(MARK, at + len(MARK))


def _comment(text: str, at: int, way: Syntax) -> Comment | None:
    head = text[max(0, at - _N_BEFORE) : at].rstrip(_BLANK)
    if not head.endswith(way.opening):
        return None
    before = head.removesuffix(way.opening)
    line = before[_after_last_line_end(before) :]
    if not way.closing and line and not line[-1].isspace():
        return None
    if way.is_alone and line.strip():
        return None
    start = max(0, at - _N_BEFORE) + len(before)
    content_start = at + len(MARK)
    if not way.closing:
        found = _LINE_END.search(text, content_start)
        end = found.start() if found else len(text)
        return Comment(Span(start, end), text[content_start : min(end, content_start + _LONGEST)])
    end = text.find(way.closing, content_start, content_start + _LONGEST)
    if end < 0:
        return None
    return Comment(Span(start, end + len(way.closing)), text[content_start:end])


def _is_code(text: str, offset: int, fences: list[Span]) -> bool:
    """Whether a place in Markdown is shown as it stands: in a fence or between backticks."""
    idx = bisect_right(fences, offset, key=lambda fence: fence.start) - 1
    if idx >= 0 and offset in fences[idx]:
        return True
    before = text[max(0, offset - _N_BEFORE) : offset]
    return before.count("`", _after_last_line_end(before)) % 2 == 1


def _fences(text: str) -> list[Span]:
    found: list[Span] = []
    start, fence = 0, ""
    for match in _FENCE.finditer(text):
        marker = match[1]
        if not fence:
            start, fence = match.start(), marker
        elif marker.startswith(fence) and not match[2].strip():
            found.append(Span(start, match.end()))
            fence = ""
    return [*found, Span(start, len(text))] if fence else found


def _after_last_line_end(text: str) -> int:
    return max(text.rfind("\n"), text.rfind("\r")) + 1
