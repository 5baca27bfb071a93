"""The prose of Markdown and MDX, by their grammar.

The block grammar says where paragraphs, headings and table cells are; the inline grammar, run over
each of them, says what in them is code, math, a tag or an address. Both count in UTF-8 bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ppl_engine.text.reading import Reading, Stretch, gaps, in_code_points, utf8

_BLOCKS: Final = Language(cast("object", tree_sitter_markdown.language()))
_INLINES: Final = Language(cast("object", tree_sitter_markdown.inline_language()))
_PROSE_BLOCKS: Final = frozenset({"inline", "pipe_table_cell"})
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
    prose = [b for b in blocks.prose if not _MDX_MODULE.match(source, b.start_byte)]
    return _reading(source, replace(blocks, prose=prose))


def _reading(source: bytes, blocks: "_Blocks") -> Reading:
    parser = Parser(_INLINES)
    found = (stretch for block in blocks.prose for stretch in _block_prose(source, block, parser))
    spans = in_code_points(source, found)
    starts = in_code_points(source, ((start, start) for start in blocks.starts))
    return Reading(spans, [start.start for start in starts])


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
        has_metadata = False
        depth = 0  # in what is no section
        while True:
            node = cast("Node", cursor.node)
            has_metadata |= node.type in _METADATA
            if depth == 0 and node.type in _FIRST_BLOCKS:
                starts.extend(_line_start(source, node.start_byte))
            if node.type in _PROSE_BLOCKS:
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
    content = bytearray(source[base : block.end_byte])
    holes: list[Stretch] = []
    for child in block.named_children:
        if child.type == "block_continuation" and child.start_byte < child.end_byte:
            start, end = child.start_byte - base, child.end_byte - base
            holes.append((start, end))
            # To the inline grammar, the marker of a quote or a list is blank.
            content[start:end] = b" " * (end - start)
    for start, end in _pieces(content):
        piece = content[start:end]
        holes.extend((start + low, start + high) for low, high in _not_prose(piece, parser))
    for low, high in gaps(sorted(holes), 0, len(content)):
        yield base + low, base + high


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
