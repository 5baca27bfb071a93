"""Where in a Markdown text an error may be planted: a reading of its own, more cautious than ours.

What it can not be sure of is no prose: then nothing is planted there, and nothing is lost.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

MASK: Final = "\0"

_FENCE: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})")
_FRONT_MATTER: Final = re.compile(r"\A---\n(?:.*\n)*?---\n")
_NO_PROSE_LINE: Final = re.compile(
    r"[ \t]*(?:#|<|\||\[|!|@|\$|:|\{|%|\\|\?\?\?|={3,}|-{3,}|> *\[|\*\*|__)|[ ]{4}|\t|.*\|.*\|"
)
_UNDERLINE: Final = re.compile(r"[ \t]*(?:=+|-+)[ \t]*")
_PREFIX: Final = re.compile(r"[ \t]*(?:(?:[-*+>]|\d+[.)])[ \t]+)+")
_INLINE: Final = (
    re.compile(r"(`+)[^`\n]+\1"),
    re.compile(r"!?\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]\n]*\])?"),
    re.compile(r"<[^<>\n]*>|\{[^{}\n]*\}|\$[^$\n]*\$|&[#\w]+;"),
    re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)[^*_\n]+?(?<=\S)\1(?![\w*])"),
    re.compile(r"\"[^\"\n]*\"|“[^“”\n]*”|(?<!\w)'[^'\n]*'(?!\w)|‘[^‘’\n]*’(?!\w)"),
    re.compile(r"\S*(?:://|www\.|@)\S*"),
)
_TOKEN: Final = re.compile(r"[^\s\0]+")
_WORD_TOKEN: Final = re.compile(r"\(?[A-Za-z]+(?:['’][a-z]{1,2})?\)?[,.;:!?]*")
_SENTENCE_END: Final = re.compile(r"[.!?][)]?$")
_NEW_BLOCK: Final = re.compile(r"\n[ \t]*\n|\n\0+[ \t]+\Z")
_SENTENCE: Final = re.compile(r"(?:(?<=^)|(?<=[.!?] ))[A-Z][^\0\n.!?]{25,200}[.!?](?=\s|$)", re.M)
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_LEAST_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A text of which all but the prose is masked; offsets are those of the text."""

    text: str

    prose: str
    """Without code, headings, links, tables, markup, quotations; numbers and names are there."""

    words: str
    """Without names, numbers and identifiers as well: plain words and what separates them."""

    @property
    def n_words(self) -> int:
        """How many words of prose there are."""
        return len(_WORD.findall(self.prose))

    def sentences(self) -> list[re.Match[str]]:
        """Return sentences that stand on one line and hold prose alone."""
        return list(_SENTENCE.finditer(self.prose))


def read(text: str) -> Reading:
    """Mask what is not prose."""
    prose = _masked_inline(_masked_blocks(text))
    return Reading(text, prose, _without_names(prose))


def blocks(text: str) -> list[str]:
    """Cut a text at empty lines outside of fences; joined with nothing between they are it."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in text.splitlines(keepends=True):
        fence = _fence_after(fence, line)
        found[-1].append(line)
        if not fence and not line.strip():
            found.append([])
    return ["".join(lines) for lines in found if lines]


def _fence_after(fence: str, line: str) -> str:
    """Return the mark that ends the fence that is open after this line, empty where none is."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) else fence


def _masked_blocks(text: str) -> str:
    front = _FRONT_MATTER.match(text)
    n_front = front.end() if front else 0
    parts = [_blank(text[:n_front])]
    parts += [_masked_block(block) for block in blocks(text[n_front:])]
    return "".join(parts)


def _masked_block(block: str) -> str:
    lines = block.splitlines(keepends=True)
    marks = list(accumulate(lines, _fence_after, initial=""))
    kept: list[str] = []
    for idx, line in enumerate(lines):
        following = lines[idx + 1] if idx + 1 < len(lines) else ""
        is_heading = _UNDERLINE.fullmatch(following.rstrip("\n")) is not None
        in_fence = marks[idx] or marks[idx + 1]
        if in_fence or is_heading or _NO_PROSE_LINE.match(line):
            kept.append(_blank(line))
        else:
            prefix = _PREFIX.match(line)
            n_prefix = len(prefix[0].rstrip()) if prefix else 0
            kept.append(MASK * n_prefix + line[n_prefix:])
    masked = "".join(kept)
    is_running = len(_WORD.findall(masked)) >= _LEAST_WORDS and re.search(r"[.!?:]\)?\s", masked)
    return masked if is_running else _blank(block)


def _masked_inline(text: str) -> str:
    for pattern in _INLINE:
        text = pattern.sub(lambda match: _blank(match[0]), text)
    return text


def _without_names(prose: str) -> str:
    """Mask tokens that are no plain words; a capital is plain only where a sentence begins."""
    parts: list[str] = []
    end, before = 0, "."
    for token in _TOKEN.finditer(prose):
        gap = prose[end : token.start()]
        begins = bool(not parts or _NEW_BLOCK.search(gap) or _SENTENCE_END.search(before))
        plain = _WORD_TOKEN.fullmatch(token[0]) and not _is_glued(prose, token)
        is_name = re.search(r"[A-Z]", token[0][1:] if begins else token[0]) and token[0] != "I"
        parts += [gap, token[0] if plain and not is_name else MASK * len(token[0])]
        end, before = token.end(), token[0]
    return "".join([*parts, prose[end:]])


def _is_glued(prose: str, token: re.Match[str]) -> bool:
    """Whether a token touches what was masked, such as a link or code."""
    before = prose[max(0, token.start() - 1) : token.start()]
    return MASK in (before, prose[token.end() : token.end() + 1])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", MASK, text)
