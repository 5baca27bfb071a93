"""The titles of reStructuredText: their level is that of the first title underlined alike."""

from collections.abc import Iterator

from tree_sitter import Node

from ppl_engine.text.grammars import grammar, nodes, parsed
from ppl_engine.text.outline.heading import Found, Heading, headings, on_one_line, text_of
from ppl_engine.text.reading import utf8


def rst_headings(text: str) -> list[Heading]:
    """Return the titles of a reStructuredText document; none where its grammar is missing."""
    source = utf8(text)
    return headings(source, _found(source))


def _found(source: bytes) -> Iterator[Found]:
    known = grammar("restructuredtext")
    tree = parsed(known, source) if known else None
    if tree is None:
        return
    styles: list[tuple[bytes, bool]] = []
    for node in nodes(tree, lambda node: node.type != "document"):
        titles = [child for child in node.named_children if child.type == "title"]
        if node.type == "section" and titles:
            style = _style(node, titles[0], source)
            if style not in styles:
                styles.append(style)
            title = on_one_line(text_of(titles[0], source))
            yield Found(title, styles.index(style) + 1, node.start_byte, node.end_byte)


def _style(section: Node, title: Node, source: bytes) -> tuple[bytes, bool]:
    """Return the character that a title is underlined with, and whether it is overlined too."""
    under = text_of(section, source).rstrip()[-1:]
    return under, section.start_byte < title.start_byte and section.start_point != title.start_point
