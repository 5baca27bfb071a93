"""The prose in the comments and docstrings of programs, whatever the language.

A grammar says where comments are; what stands in them has none. So the rules here are those that
documentation tools share: markers of lines, tags, fields, code in backticks, fences, doctests and
indentation, and what looks like an identifier, a directive to a tool, or a statement that was
commented out. When in doubt, it is not prose.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.reading import Stretch, gaps
from ppl_engine.text.spans import Span

_OPENING: Final = re.compile(
    r"[A-Za-z]{0,2}(?:\"\"\"|''')|/\*[*!]*<?|//+[!<]?|--\[=*\[|--+\|?|#\[\[|=begin\b|<!--"
    r"|[#;%]+[:!|]?|[A-Za-z]{0,2}[\"']|\"+"
)
_CLOSING: Final = re.compile(r"(?:\"\"\"|'''|[\"']|\*+/|\]=*\]|(?<=[\r\n])=end|-->)\s*\Z")
_CONTINUED: Final = re.compile(r"[ \t]*(?:\*+(?![*/\w])[ \t]?)?")
_LINE: Final = re.compile(r"[^\r\n]+")
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")

# The first block of a file is left out as a whole if it is about rights.
_RIGHTS: Final = re.compile(r"\b(?:copyright|licen[sc]ed?|SPDX|all rights reserved)\b|\(c\)", re.I)

# What tools read, and what is said of rights further down.
_DIRECTIVE: Final = re.compile(
    r"!|@?(?:SPDX-|Copyright\b|noqa\b|type: ?ignore|pylint:|pyright:|mypy:|ruff:|flake8:|isort:"
    r"|fmt: |yapf:|nosec\b|pragma\b|(?:file)?(?:en)?coding[:=]|-\*-|vim?:|ex:|eslint|ts-(?:ignore"
    r"|expect-error|nocheck|check)|prettier-|biome-|deno-|tslint:|jshint\b|jslint\b|istanbul |c8 "
    r"|v8 ignore|webpack\w+:|go:\w|\+build\b|nolint|NOLINT|clang-(?:format|tidy)|IWYU\b|swiftlint:"
    r"|swift-format|rubocop:|frozen_string_literal:|shellcheck |hadolint |yamllint |yaml-language-"
    r"|region\b|endregion\b|[#@]__(?:PURE|NO_SIDE)|source(?:Mapping)?URL=|formatter:|language="
    r"|noinspection\b|NOSONAR|cspell:|spell-checker:|codespell:|ppl:|\$Id\b|<(?:reference|auto-))"
    r"|.{0,200}-\*-"
)

_WITH_NAME: Final = (
    "param|tparam|arg|argument|prop|property|throws?|exceptions?|raises|retval|var|typeparam|"
    "template|member|field|fires|emits|event|slot"
)
_WITHOUT_PROSE: Final = (
    "see|link|author|authors|since|version|type|typedef|class|struct|extends|implements|augments|"
    "memberof|module|namespace|name|requires|default|defaultvalue|enum|callback|function|func|"
    "method|constructor|file|ingroup|defgroup|addtogroup|access|alias|license|package|category|"
    "sa|headerfile|union|def|fn|include|import|copyright|borrows|kind|mixes|this|test|dataProvider|"
    "covers|group|uses|used-by|source|api"
)
_NOTATIONS: Final = (
    r"(?P<ticks>`{1,3})[^`]{1,400}(?P=ticks)(?:_{1,2}\b)?",
    r"<(?P<tag>code|pre|c|tt|kbd|samp|example|var)\b[^<>]{0,200}>[^<]{0,4000}</(?P=tag)>",
    r"</?[A-Za-z][^<>]{0,300}>",
    r"\{@\w{1,40}\b[^{}]{0,400}(?:\{[^{}]{0,400}\}[^{}]{0,400}){0,4}\}",
    rf"^[ \t]*[@\\](?:{_WITHOUT_PROSE})\b.*",
    rf"^[ \t]*[@\\](?:{_WITH_NAME})\b(?:\[[\w,]{{1,20}}\])?[ \t]*"
    r"(?:\{[^{}\n]{0,200}\}[ \t]*)?(?:\[[^\[\]\n]{0,200}\]|[\w.$*&<>\\-]+(?:[ \t]+\$\w+)?)?"
    r"(?:[ \t]+-[ \t])?",
    r"[@\\][A-Za-z]\w{0,60}(?:[ \t]*\{[^{}\n]{0,200}\})?",
    r"^[ \t]*:[A-Za-z][^:\r\n]{0,120}:(?=\s)",  # a field
    r":[\w:+.-]{1,60}:(?=`)",  # a role
    r"^[ \t]*-[ \t](?:[Pp]arameter[ \t]+)?\w{1,60}:(?=[ \t])",
    r"^[ \t]*\*{0,2}\w{1,60}(?:[ \t]?\([^()\r\n]{0,120}\))?:(?=\s)",  # an argument and its type
    r"\b(?:TODO|FIXME|XXX|HACK|BUG|NOTE)\b(?:\([^()\r\n]{0,80}\))?:?",
    r"\]\([^()\s]{0,300}\)",
    r"\[[^\[\]\s]{1,200}\](?:_\b)?",
    r"\|[\w-]{1,60}\|_?",
    r"(?<![\w-])--?[A-Za-z][\w-]*(?:=\S{1,200})?",  # an option
    r"(?<![\w$])[$%&]\{?\w+\}?",  # a variable
    r"(?<!\w)\w+(?:(?:\.|::|->|#)\w+)+(?:\(\))?",  # a name with its owner
    r"(?<!\w)\w+\(\)",
    r"(?<!\w)\w+\([^()\s]{0,80}[,=\"'\[\].][^()\r\n]{0,200}\)",
    r"(?<!\w)(?:[^\W_]+_\w*|_+\w+)",
    r"(?<!\w)[a-z][a-z0-9]*(?:[A-Z]\w*)",
    r"(?<!\w)[A-Z]+[a-z0-9]+[A-Z]\w*",
    r"(?<!\w)[A-Za-z]+\d\w*|(?<!\w)\d+[A-Za-z]\w*",
)
NOTATION: Final = re.compile("|".join(_NOTATIONS), re.MULTILINE)
"""What is no prose inside of a sentence about a program."""

_FENCE: Final = re.compile(r"[ \t]*(```+|~~~+)")
_DOCTEST: Final = re.compile(r"[ \t]*(?:>>>|\.\.\.|In \[\d+\]:)(?:[ \t]|$)")
_EXAMPLE: Final = re.compile(r"[ \t]*[@\\](?:example|code|verbatim|dot|msc|startuml|f\[)\b")
_TAG: Final = re.compile(r"[ \t]*[@\\](?:\w+)")
_DIRECTIVE_OF_RST: Final = re.compile(r"[ \t]*\.\.[ \t]+[\w:.-]{1,80}::")
_PROSE_DIRECTIVE: Final = re.compile(
    r"[ \t]*\.\.[ \t]+(?:note|warning|caution|danger|hint|important|tip|attention|error|seealso|"
    r"admonition|versionadded|versionchanged|deprecated|todo)::"
)
_TABLE: Final = re.compile(r"[ \t]*(?:\||\+[-=+]|={2,}[ \t=]*$|-{2,}[ \t-]*$)")
_NUMPY: Final = re.compile(r"[ \t]*\*{0,2}\w[\w, *]{0,80}[ ]:[ ]\S")

# Statements: how they end, how they begin, and signs that no sentence has.
_STATEMENT: Final = re.compile(
    r".*[^.\s][;{}][ \t]*$|[ \t]*[{}()\[\]<>/]+[,;]?[ \t]*$"
    r"|[ \t]*[\w.$\[\]\"']+(?:[ \t]*:[ \t]*\w+)?[ \t]*(?:[-+*/|&%:]|\|\||\?\?)?=(?![=>])[ \t]*\S"
    r"|[ \t]*(?:el)?(?:if|for|while|switch|def|class|fn|func|function|sub|match)\b.*[:{)][ \t]*$"
    r"|[ \t]*(?:#[ \t]*(?:include|define|ifn?def|if|endif|else|undef)\b|import[ \t]+[\w.{*\"']+"
    r"(?:[ \t]+(?:as|from)\b.*)?$|from[ \t]+[\w.]+[ \t]+import\b"
    r"|(?:let|const|var|val|local)[ \t]+\w+[ \t]*[:=]|return\b[ \t]*[\w.()\[\]\"'-]*$|@\w+\(.*\)$)"
    r"|[ \t]*(?:await[ \t]+|return[ \t]+)?[\w.:>$-]+\(.*\)[;,]?[ \t]*$"
    r"|(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b.*\b(?:FROM|INTO|SET|TABLE|INDEX|VIEW)\b"
    r"|[ \t]*[\"']?[\w-]+[\"']?:[ \t]*(?:[\"'\[{].*|[\w./-]*[\w/-])$|[ \t]*-[ \t]\w+:[ \t]*\S+$"
)
_SIGNS: Final = re.compile(r"[=<>{}\[\]();&|+*/\\^%$#@_]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LEAST_SIGNS: Final = 3
_MOST_SIGNS: Final = 0.2
_LONGEST_LINE: Final = 2000


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    """What stands after the marker."""

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


def comment_prose(text: str, comments: Iterable[Span]) -> Iterator[Span]:
    """Yield the prose of ordered, disjoint comments and docstrings."""
    for idx, block in enumerate(_blocks(text, comments)):
        if idx == 0 and _RIGHTS.search("\n".join(line.text for line in block)):
            continue
        yield from _block_prose(block)


def _blocks(text: str, comments: Iterable[Span]) -> Iterator[list[_Line]]:
    """Join the comments of adjacent lines."""
    block: list[_Line] = []
    end, is_trailing = 0, False
    for comment in comments:
        between = text[end : comment.start]
        is_apart = bool(between.strip()) or len(_LINE_ENDS.findall(between)) > 1
        if block and (is_apart or is_trailing):
            yield block
            block = []
        block.extend(_lines(text, comment))
        # What stands after a statement is about that one.
        is_trailing = bool(_LINE_ENDS.split(between)[-1].strip())
        end = comment.end
    if block:
        yield block


def _lines(text: str, comment: Span) -> Iterator[_Line]:
    """Cut a comment into lines without its markers."""
    opening = _OPENING.match(text, comment.start, comment.end)
    start = opening.end() if opening else comment.start
    mark = opening[0] if opening else ""
    closing = None
    if not mark.startswith(("//", "#", ";", "%")) and mark not in {"--", "---", "--|"}:
        closing = _CLOSING.search(text, max(start, comment.end - 80), comment.end)
    last = closing.start() if closing else comment.end
    is_starred = mark.startswith("/*")
    position = start
    while position <= last:
        line_end = _LINE_ENDS.search(text, position, last)
        end = line_end.start() if line_end else last
        if is_starred and position != start:
            continued = _CONTINUED.match(text, position, end)
            marker_end = continued.end() if continued and "*" in continued[0] else position
        else:
            marker_end = position
        yield _Line(marker_end, end, text[marker_end:end])
        if line_end is None:
            return
        position = line_end.end()


def _block_prose(block: list[_Line]) -> Iterator[Span]:
    lines = [line for line in _sentences(block) if len(line.text) <= _LONGEST_LINE]
    # One string, so that a notation may go on over a line.
    content = "\n".join(line.text for line in lines)
    holes = [match.span() for match in NOTATION.finditer(content)]
    position = first = 0
    for line in lines:
        low, high = position, position + len(line.text)
        while first < len(holes) and holes[first][1] <= low:
            first += 1
        inside: list[Stretch] = []
        idx = first
        while idx < len(holes) and holes[idx][0] < high:
            inside.append((max(low, holes[idx][0]), min(high, holes[idx][1])))
            idx += 1
        for start, end in gaps(inside, low, high):
            if _LETTER.search(content, start, end):
                yield Span(line.start + start - low, line.start + end - low)
        position = high + 1


def _sentences(block: list[_Line]) -> Iterator[_Line]:
    """Yield the lines of a block that are neither code nor for tools."""
    kept = list(_without_literals(_without_doctests(_without_fences(block))))
    is_code = [_is_code(line.text) for line in kept]
    n_lines = sum(not line.is_blank for line in kept)
    if 2 * sum(is_code) >= n_lines > 1:  # a stretch of the program that is switched off
        return
    for line, code in zip(kept, is_code, strict=True):
        if not code and not _DIRECTIVE.match(line.text.lstrip()):
            yield line


def _without_fences(block: Iterable[_Line]) -> Iterator[_Line]:
    """Yield the lines that are in no fence and in no example that a tag begins."""
    fence, is_example = "", False
    for line in block:
        found = _FENCE.match(line.text)
        if found and not fence:
            fence = found[1]
        elif fence:
            fence = "" if found and found[1].startswith(fence) else fence
        elif not is_example or _TAG.match(line.text):
            is_example = _EXAMPLE.match(line.text) is not None
            if not is_example:
                yield line


def _without_doctests(block: Iterable[_Line]) -> Iterator[_Line]:
    """Yield the lines that are neither entered into an interpreter nor what it answers."""
    is_doctest = False
    for line in block:
        is_doctest = not line.is_blank and (is_doctest or _DOCTEST.match(line.text) is not None)
        if not is_doctest:
            yield line


def _without_literals(block: Iterable[_Line]) -> Iterator[_Line]:
    """Yield the lines, but empty ones, that are no code by their indentation, and no table."""
    literal: int | None = None  # what is indented more than this is literal
    base, was_blank = 0, True  # the indentation of the paragraph before
    for line in block:
        if line.is_blank:
            was_blank = True
            continue
        if literal is not None and line.indent > literal:
            continue
        literal = None
        if _DIRECTIVE_OF_RST.match(line.text):
            literal = None if _PROSE_DIRECTIVE.match(line.text) else line.indent
        elif was_blank and line.indent >= base + 4 and _is_code_like(line.text):
            continue  # and what follows at this depth
        elif not _TABLE.match(line.text) and not _NUMPY.match(line.text):
            literal = line.indent if line.text.rstrip().endswith("::") else None
            base = line.indent if was_blank else min(base, line.indent)
            was_blank = False
            yield line


def _is_code_like(text: str) -> bool:
    """Whether an indented line is rather code than the second paragraph of a field."""
    content = text.strip()
    return not (content[0].isupper() and content.endswith((".", ":", ",")) and " " in content)


def _is_code(text: str) -> bool:
    """Whether a line looks like a statement that was commented out."""
    content = text.strip()
    if not content or len(text) > _LONGEST_LINE:
        return False
    if _STATEMENT.match(text):
        return True
    plain = NOTATION.sub("", content)
    n_signs = len(_SIGNS.findall(plain))
    return n_signs >= _LEAST_SIGNS and n_signs > _MOST_SIGNS * len("".join(plain.split()))
