"""The headings of HTML: `h1` to `h6`."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from tree_sitter import Node

from ppl_engine.text.grammars import grammar, nodes, parsed
from ppl_engine.text.html import without_open_comment
from ppl_engine.text.outline.heading import Found, Heading, headings, on_one_line, text_of
from ppl_engine.text.reading import utf8

_HEADING: Final = re.compile(rb"h([1-6])", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[^<>]*>")
_LEAVES: Final = frozenset(
    {"text", "start_tag", "end_tag", "self_closing_tag", "comment", "script_element"}
)


def html_headings(text: str) -> list[Heading]:
    """Return the headings of an HTML document; none where its grammar is missing."""
    source = utf8(text)
    return headings(source, _found(source))


def _found(source: bytes) -> Iterator[Found]:
    known = grammar("html")
    tree = parsed(known, without_open_comment(source)) if known else None
    if tree is None:
        return

    def is_leaf(node: Node) -> bool:
        return node.type in _LEAVES or _level(node, source) > 0

    for node in nodes(tree, is_leaf):
        if level := _level(node, source):
            title = _TAG.sub(b"", text_of(node, source)).decode()
            yield Found(on_one_line(unescape(title)), level, node.start_byte, node.end_byte)


def _level(node: Node, source: bytes) -> int:
    """Return the level of a heading, 0 for anything else."""
    if node.type != "element":
        return 0
    start = node.child(0)
    name = start.named_child(0) if start else None
    found = _HEADING.fullmatch(text_of(name, source)) if name else None
    return int(found[1]) if found else 0
