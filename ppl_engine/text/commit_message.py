"""The prose of commit messages, as git reads them.

What git removes is none: comments, and what stands below the scissors. Nor are trailers, and what
is quoted by indentation. Only `#` is known to begin a comment, as long as nobody tells git another.
"""

import re
from typing import Final

from ppl_engine.text import comments
from ppl_engine.text.reading import Reading
from ppl_engine.text.spans import Span

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_SCISSORS: Final = re.compile(r"^# -{20,30} >8 -{20,30}[ \t]*$|^diff --git ", re.MULTILINE)
_COMMENT: Final = "#"
_QUOTED: Final = re.compile(r"[ ]{4}|\t|>|[|+]")
_TRAILER: Final = re.compile(r"[A-Za-z0-9][\w-]{0,60}[ \t]*:[ \t]|\(cherry picked from commit ")
_CONTINUED: Final = re.compile(r"[ \t]+\S")

NOTATIONS: Final = re.compile(
    r"^(?:(?:fixup|squash|amend)![ \t])+|(?<!\w)[0-9a-f]{7,40}(?!\w)|(?<!\w)#\d+|"
    r"^\w{1,20}(?:\([^()\r\n]{0,80}\))?!?:(?=\s)|" + comments.NOTATION.pattern,
    re.MULTILINE,
)
"""What is no prose inside of a line: the kind of a commit, hashes, numbers of issues, names."""


def commit_prose(text: str) -> Reading:
    """Read the message of a commit."""
    scissors = _SCISSORS.search(text)
    last = scissors.start() if scissors else len(text)
    lines = [Span(*m.span()) for m in _LINE.finditer(text, 0, last) if m.end() > m.start()]
    kept = [line for line in lines if not text.startswith(_COMMENT, line.start)]
    n_message = len(kept) - _n_trailers([line.of(text) for line in kept])
    return Reading([line for line in kept[:n_message] if not _QUOTED.match(line.of(text))], [])


def _n_trailers(lines: list[str]) -> int:
    """Count the lines of the last paragraph if they are trailers; the first is never one."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    paragraph = lines[start:end]
    is_trailers = start > 0 and all(
        _TRAILER.match(line) or (idx and _CONTINUED.match(line))
        for idx, line in enumerate(paragraph)
    )
    has_message = any(line.strip() for line in lines[:start])
    return len(lines) - start if is_trailers and has_message else 0
