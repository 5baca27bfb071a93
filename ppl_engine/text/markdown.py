"""The prose of Markdown and MDX, by their grammar.

The block grammar says where paragraphs, headings and table cells are; the inline grammar, run over
each of them, says what in them is code, math, a tag or an address. Both count in UTF-8 bytes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ppl_engine.text.html import html_stretches
from ppl_engine.text.reading import Reading, Stretch, gaps, in_code_points, utf8

_BLOCKS: Final = Language(cast("object", tree_sitter_markdown.language()))
_INLINES: Final = Language(cast("object", tree_sitter_markdown.inline_language()))
_PROSE_BLOCKS: Final = frozenset({"inline", "pipe_table_cell", "html_block"})
_ADMONITION: Final = re.compile(rb"[!?]{3}\+?[ \t]+[\w-]")
_WITHIN_BLOCKS: Final = frozenset({"inline", "block_continuation"})
_BODY_LINE: Final = re.compile(rb"(?:    |\t)?(?P<line>[^\n]*\n?)")
_MOST_NESTED: Final = 8
_SECTIONS: Final = frozenset({"document", "section"})
_FIRST_BLOCKS: Final = frozenset({"paragraph", "atx_heading", "setext_heading"})
_METADATA: Final = frozenset({"minus_metadata", "plus_metadata"})
# Metadata or a byte order mark, but only where a document begins.
_SPECIAL_AT_THE_TOP: Final = (b"-", b"+", b"\xef\xbb\xbf")
_METADATA_FENCES: Final = (b"---", b"+++")
_NOT_PROSE: Final = Query(
    _INLINES,
    """[
      (code_span) (latex_block) (html_tag) (uri_autolink) (email_autolink)
      (link_destination) (link_title) (link_label)
      (entity_reference) (numeric_character_reference)
    ] @not_prose""",
)

# The notations of dialects that the grammar takes for words; every repetition is bounded.
_NOTATIONS: Final = (
    r"\[\^[^\]\s]{1,99}\]:?",  # a footnote's label
    r"\[![A-Za-z]{1,32}\]",  # the kind of an alert
    r"^[ \t>]{0,99}:::+[ \t]{0,9}[\w-]{0,99}",  # the fence of a directive
    r"^[ \t>]{0,99}(?:!!!|\?\?\?\+?)[ \t]{1,9}[\w-]{1,99}",  # the head of an admonition
    r"\{[{%#.:][^{}\n]{0,200}\}\}?",  # attributes and templates
    r"(?<=\s)#{1,6}[ \t]{0,99}$",  # the closing marker of a heading
    r"(?<!\w):[a-z0-9_+-]{1,40}:(?!\w)",  # an emoji by name
    r"<(?P<tag>code|kbd|samp|tt|var)>[^<]{0,300}</(?P=tag)>",
)
_EXPRESSION: Final = r"\{[^{}]{0,500}\}"

MARKDOWN_NOTATIONS: Final = re.compile("|".join(_NOTATIONS), re.MULTILINE)
"""What in a Markdown document is not prose although it stands in a paragraph."""

MDX_NOTATIONS: Final = re.compile("|".join((*_NOTATIONS, _EXPRESSION)), re.MULTILINE)
"""The same for MDX: JavaScript in braces too."""

_MDX_MODULE: Final = re.compile(rb"(?:import|export)[\s{*]")

# A run of these characters may open or close something. What the inline grammar does with the open
# ones grows faster than the text, and thousands of them overflow its stack, so that a longer text
# is parsed in pieces of as much weight as ordinary paragraphs never have.
_OPENERS: Final = re.compile(rb"(?P<emphasis>[*_~]+)|[\[!`$<(]+")
_EMPHASIS_WEIGHT: Final = 8
_MOST_WEIGHT: Final = 512

_MATH: Final = re.compile(rb"\$\$(?s:.)*|\$(?![\s$])[^$]*(?<!\s)\$")


def markdown_prose(text: str) -> Reading:
    """Read a Markdown document."""
    source = utf8(text)
    return _reading(source, _Blocks.of(source))


def mdx_prose(text: str) -> Reading:
    """Read an MDX document: imports and exports are no prose either."""
    source = utf8(text)
    blocks = _Blocks.of(source)
    prose = [
        block
        for block in blocks.prose
        if block.type != "html_block" and not _MDX_MODULE.match(source, block.start_byte)
    ]
    return _reading(source, replace(blocks, prose=prose))


def _reading(source: bytes, blocks: "_Blocks") -> Reading:
    spans = in_code_points(source, _stretches(source, blocks, 0))
    starts = in_code_points(source, ((start, start) for start in blocks.starts))
    return Reading(spans, [start.start for start in starts])


def _stretches(source: bytes, blocks: "_Blocks", depth: int) -> Iterator[Stretch]:
    parser = Parser(_INLINES)
    for block in blocks.prose:
        if block.type == "html_block":
            content, markers = _content(source, block)
            yield from _between(markers, html_stretches(bytes(content)), block.start_byte)
        elif block.type == "indented_code_block":
            content, markers = _content(source, block)
            yield from _between(markers, _body_prose(content, depth), block.start_byte)
        else:
            yield from _block_prose(source, block, parser)


def _between(markers: list[Stretch], stretches: Iterator[Stretch], base: int) -> Iterator[Stretch]:
    """Yield what markers of lines leave of stretches of a block that begins at `base`."""
    idx = 0
    for low, high in stretches:
        while idx < len(markers) and markers[idx][1] <= low:
            idx += 1
        last = bisect_left(markers, (high, high), lo=idx)
        for start, end in gaps(markers[idx:last], low, high):
            yield base + start, base + end


def _body_prose(content: bytearray, depth: int) -> Iterator[Stretch]:
    """Read the body of an admonition, which to the grammar is code, as a document."""
    if depth == _MOST_NESTED:
        return
    lines = [m for m in _BODY_LINE.finditer(content) if m.end() > m.start()]
    body = b"".join(line["line"] for line in lines)
    position = idx = 0  # where line `idx` begins in the body
    for low, high in _stretches(body, _Blocks.of(body), depth + 1):
        start = low
        while start < high:
            while position + len(lines[idx]["line"]) <= start:
                position += len(lines[idx]["line"])
                idx += 1
            shift = lines[idx].start("line") - position
            end = min(high, position + len(lines[idx]["line"]))
            yield shift + start, shift + end
            start = end


@dataclass(frozen=True, slots=True)
class _Blocks:
    prose: list[Node]
    """The nodes that hold running text, in order."""

    starts: list[int]
    """The bytes at which lines of `Reading.starts` begin."""

    @classmethod
    def of(cls, source: bytes) -> "_Blocks":
        cursor = Parser(_BLOCKS).parse(source).walk()
        prose: list[Node] = []
        starts: list[int] = []
        has_metadata = is_admonition = False
        depth = 0  # in what is no section
        while True:
            node = cast("Node", cursor.node)
            has_metadata |= node.type in _METADATA
            if depth == 0 and node.type in _FIRST_BLOCKS:
                starts.extend(_line_start(source, node.start_byte))
            if node.type == "paragraph":
                is_admonition = _ADMONITION.match(source, node.start_byte) is not None
            elif node.type not in _WITHIN_BLOCKS and node.type != "indented_code_block":
                is_admonition = False
            if node.type in _PROSE_BLOCKS or (is_admonition and node.type == "indented_code_block"):
                prose.append(node)
            elif cursor.goto_first_child():
                depth += node.type not in _SECTIONS
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    is_open = source.startswith(_METADATA_FENCES) and not has_metadata
                    return cls(prose, [] if is_open else starts)
                depth -= cast("Node", cursor.node).type not in _SECTIONS


def _line_start(source: bytes, at: int) -> list[int]:
    """Return where the line of a block begins, if an empty line stands before it."""
    start = source.rfind(b"\n", 0, at) + 1
    before = source.rfind(b"\n", 0, max(0, start - 1)) + 1
    is_alone = not source[start:at].strip(b" ") and not source[before:start].strip()
    is_ordinary = not source.startswith(_SPECIAL_AT_THE_TOP, at)
    return [start] if start > 0 and is_alone and is_ordinary else []


def _block_prose(source: bytes, block: Node, parser: Parser) -> Iterator[Stretch]:
    """Yield what is left of a block without the markers of its lines and what is not prose."""
    base = block.start_byte
    content, holes = _content(source, block)
    for start, end in _pieces(content):
        piece = content[start:end]
        holes.extend((start + low, start + high) for low, high in _not_prose(piece, parser))
    for low, high in gaps(sorted(holes), 0, len(content)):
        yield base + low, base + high


def _content(source: bytes, block: Node) -> tuple[bytearray, list[Stretch]]:
    """Return a block with the markers of its lines blank, and where they are in it."""
    base = block.start_byte
    content = bytearray(source[base : block.end_byte])
    holes: list[Stretch] = []
    for child in block.named_children:
        if child.type == "block_continuation" and child.start_byte < child.end_byte:
            start, end = child.start_byte - base, child.end_byte - base
            holes.append((start, end))
            # To other grammars, the marker of a quote or a list is blank.
            content[start:end] = b" " * (end - start)
    return content, holes


def _pieces(content: bytearray) -> Iterator[Stretch]:
    """Cut what is too much for the inline grammar at once, where possible between two lines."""
    start = weight = 0
    for opener in _OPENERS.finditer(content):
        weight += _EMPHASIS_WEIGHT if opener["emphasis"] else len(opener[0])
        if weight <= _MOST_WEIGHT:
            continue
        cut = content.rfind(b"\n", start, opener.start()) + 1 or opener.start()
        if start < cut:
            yield start, cut
        start, weight = cut, 0
    yield start, len(content)


def _not_prose(piece: bytearray, parser: Parser) -> Iterator[Stretch]:
    """Yield code, math, tags and addresses."""
    while True:
        nodes = QueryCursor(_NOT_PROSE).captures(parser.parse(bytes(piece)).root_node)
        found = [(n.start_byte, n.end_byte) for n in nodes.get("not_prose", [])]
        prices = [start for start, end in found if _is_price(piece, start, end)]
        if not prices:
            yield from found
            return
        for start in prices:
            piece[start] = ord("S")


def _is_price(piece: bytearray, start: int, end: int) -> bool:
    """Tell the `$5 and $` in `$5 and $10` from math, as Pandoc does."""
    if piece[start] != ord("$"):
        return False
    return piece[end : end + 1].isdigit() or not _MATH.fullmatch(piece, start, end)
