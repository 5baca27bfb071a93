"""The prose of HTML, by its grammar: what a browser shows as running text.

Tags and their attributes, comments, scripts, styles and code are none. Templates inside are known
by their braces only.
"""

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from ppl_engine.text.grammars import grammar, nodes, parsed
from ppl_engine.text.reading import Reading, Stretch, in_code_points, utf8

_NOT_PROSE: Final = frozenset(
    {
        *(b"code", b"kbd", b"pre", b"samp", b"tt", b"var", b"textarea", b"svg", b"math"),
        *(b"script", b"style", b"object", b"iframe", b"listing", b"xmp", b"plaintext"),
    }
)

NOTATIONS: Final = re.compile(r"\{[{%#][^{}\n]{0,200}[}%#]?\}\}?|<[?%][^<>]{0,400}>")
"""What is no prose although the grammar takes it for text: templates."""


def html_prose(text: str) -> Reading:
    """Read an HTML document, or a part of one."""
    source = utf8(text)
    return Reading(in_code_points(source, html_stretches(source)), [])


def html_stretches(source: bytes) -> Iterator[Stretch]:
    """Yield the bytes of the running text."""
    found = grammar("html")
    tree = parsed(found, without_open_comment(source)) if found else None
    if tree is None:
        return
    for node in nodes(tree, _is_skipped):
        if node.type == "text" and node.parent and not node.parent.is_error:
            yield node.start_byte, node.end_byte


def without_open_comment(source: bytes) -> bytes:
    """Cut off a comment that is never closed: it hides the rest.

    The grammar would look for its end again and again.
    """
    open_comment = source.find(b"<!--", source.rfind(b"-->") + 1)
    return source if open_comment < 0 else source[:open_comment]


def _is_skipped(node: Node) -> bool:
    if node.type in {"text", "start_tag", "end_tag", "self_closing_tag", "comment"}:
        return True
    if node.type not in {"element", "script_element", "style_element"}:
        return False
    names = [name for start in node.children[:1] for name in start.named_children[:1]]
    return any((name.text or b"").lower() in _NOT_PROSE for name in names)
