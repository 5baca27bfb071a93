"""The headings of Markdown and MDX, but those in quotes and lists: these divide no document."""

import re
from collections.abc import Iterator
from typing import Final, cast

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser

from ppl_engine.text.grammars import nodes
from ppl_engine.text.outline.heading import Found, Heading, headings, on_one_line
from ppl_engine.text.reading import utf8

_BLOCKS: Final = Language(cast("object", tree_sitter_markdown.language()))
_CONTAINERS: Final = frozenset({"document", "section"})
_HEADINGS: Final = frozenset({"atx_heading", "setext_heading"})
_MARKER: Final = re.compile(r"(?:atx_h|setext_h)([1-6])_")
_CLOSING: Final = re.compile(r"(?:^|[ \t])#+[ \t]*\Z")


def markdown_headings(text: str) -> list[Heading]:
    """Return the headings of a Markdown document."""
    source = utf8(text)
    return headings(source, _found(source))


def _found(source: bytes) -> Iterator[Found]:
    # To the grammar, a line without an end is no heading.
    tree = Parser(_BLOCKS).parse(source + b"\n")
    for node in nodes(tree, lambda node: node.type not in _CONTAINERS):
        if node.type in _HEADINGS:
            start = source.rfind(b"\n", 0, node.start_byte) + 1
            yield Found(_title(node), _level(node), start, min(node.end_byte, len(source)))


def _level(heading: Node) -> int:
    markers = (_MARKER.match(child.type) for child in heading.children)
    return next((int(marker[1]) for marker in markers if marker), 1)


def _title(heading: Node) -> str:
    inlines = [
        inline
        for child in heading.children
        for inline in (child, *child.children)
        if inline.type == "inline"
    ]
    title = on_one_line(b" ".join(inline.text or b"" for inline in inlines))
    return _CLOSING.sub("", title) if heading.type == "atx_heading" else title
