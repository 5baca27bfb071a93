"""The prose of reStructuredText, by its grammar.

The grammar leaves the content of directives alone: where a directive is known to hold text, its
content is read as a document of its own. It knows no tables; their cells are read as text.
"""

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from ppl_engine.text.grammars import grammar, nodes, parsed
from ppl_engine.text.reading import Reading, Stretch, gaps, in_code_points, utf8

_PROSE: Final = frozenset({"paragraph", "title", "term", "line"})
_NOT_PROSE: Final = frozenset(
    {
        *("comment", "doctest_block", "literal_block", "target", "substitution_definition"),
        *("options", "field_name", "label", "name", "classifier"),
    }
)
_INLINE: Final = frozenset(
    {
        *("literal", "role", "footnote_reference", "citation_reference", "label"),
        *("substitution_reference", "inline_target", "standalone_hyperlink", "classifier"),
        *("literal_block", "doctest_block", "target", "comment", "directive"),
    }
)
_WITH_TEXT: Final = frozenset({"reference", "interpreted_text"})
_ADMONITIONS: Final = frozenset(
    (
        b"admonition attention caution danger error hint important note tip warning seealso todo "
        b"versionadded versionchanged versionremoved deprecated deprecated-removed topic sidebar "
        b"rubric epigraph highlights pull-quote compound centered"
    ).split()
)
_CONTENT_ONLY: Final = frozenset(
    (
        b"container class figure list-table table only glossary tab tab-set tab-item dropdown "
        b"function method class attribute data exception option envvar module describe object "
        b"grid grid-item card details hlist"
    ).split()
)
_OF_A_DOMAIN: Final = re.compile(rb"(?:py|c|cpp|js|rst|std):[\w-]+")
_NAMES: Final = re.compile(
    rb":?(?:(?:r|v)?type|author|authors|date|version|revision|status|copyright|contact|orphan|"
    rb"organization|address|tocdepth|nocomments|nosearch)\b"
)
_TITLE: Final = re.compile(rb"`(?P<text>[^`<]*?)\s*(?P<rest><[^<>`]*>)?`(?:_{0,2})")
_TITLED_ROLES: Final = (b":ref:", b":doc:", b":term:", b":any:", b":numref:", b":abbr:")
_OPTIONS: Final = re.compile(rb"(?:[ \t]*:[\w-]+:(?:[ \t][^\n]*)?(?:\n|\Z))+")
# What stands on both sides of so many empty lines is read apart: the grammar looks ahead over all
# of them from each.
_GAP: Final = re.compile(rb"\n(?:[ \t]*+\n){99,}")
_TABLE: Final = re.compile(
    rb"^[ \t]*(?:\+[-=+]{3,}\+|=+(?:[ ]+=+)+|(?P<row>\|[^\n]*\|))[ \t\r]*$", re.MULTILINE
)
_BORDERS: Final = bytes.maketrans(b"|", b" ")
_MOST_NESTED: Final = 8

NOTATIONS: Final = re.compile(
    r"(?<!\w)\|[^|\s][^|\n]{0,80}\|_{0,2}|``[^`\n]{1,300}``|(?<!\w):[\w:+.-]{1,60}:`[^`\n]{1,300}`"
    r"|^[ \t]*(?:\+[-=+]{3,500}\+|=+(?:[ ]+=+){1,99})[ \t]*$|(?<!\S)\|(?!\S)"
    r"|\[[#*\w-]{1,40}\]_(?!\w)|(?<![\w_`])\w{1,80}_{1,2}(?!\w)"
    r"|^[ \t]*[-/]{1,2}\w[\w-]{0,60}(?:[ =]<?[A-Z]\w*>?)?(?:,[ ]-{1,2}\w[\w-]{0,60})*(?=  )"
    r"|::(?=[ \t]*$)",
    re.MULTILINE,
)
"""What is no prose where the grammar failed to see it, or where tables hide it."""


def rst_prose(text: str) -> Reading:
    """Read a reStructuredText document."""
    source = _TABLE.sub(_without_borders, utf8(text))
    found = (
        (start + low, start + high)
        for start, end in gaps((gap.span() for gap in _GAP.finditer(source)), 0, len(source))
        for low, high in _document(source[start:end], 0)
    )
    return Reading(in_code_points(source, found), [])


def _without_borders(line: re.Match[bytes]) -> bytes:
    # Then the cells are quotes to the grammar, which otherwise loses its way in tables.
    return line[0].translate(_BORDERS) if line["row"] else b" " * len(line[0])


def _document(source: bytes, depth: int) -> Iterator[Stretch]:
    found = grammar("restructuredtext")
    tree = parsed(found, source) if found else None
    if tree is None:
        return
    for node in nodes(tree, _is_leaf):
        if node.type in _PROSE:
            yield from gaps(_holes(node), node.start_byte, node.end_byte)
        elif node.type == "directive" and depth < _MOST_NESTED:
            for part, start in _directive_parts(node, source):
                for low, high in _document(part, depth + 1):
                    yield start + low, start + high


def _is_leaf(node: Node) -> bool:
    if node.type in _PROSE or node.type in _NOT_PROSE or node.type == "directive":
        return True
    names = node.named_children[:1] if node.type == "field" else []
    return any(_NAMES.match(_text(name)) for name in names)


def _holes(block: Node) -> list[Stretch]:
    """Return what in a paragraph is no prose, in order."""
    holes: list[Stretch] = []
    pending = list(reversed(block.named_children))
    while pending:
        node = pending.pop()
        if node.type in _WITH_TEXT:
            holes.extend(_around_the_title(node))
        elif node.type in _INLINE:
            holes.append((node.start_byte, node.end_byte))
        else:
            pending.extend(reversed(node.named_children))
    return holes


def _around_the_title(node: Node) -> list[Stretch]:
    """Return what of a reference or a role is no prose: all but a title that was given to it."""
    content, start = _text(node), node.start_byte
    is_role = node.type == "interpreted_text"
    match = _TITLE.search(content)
    is_titled = match is not None and (
        (match["rest"] is not None and content.startswith(_TITLED_ROLES))
        if is_role
        else match.start() == 0
    )
    if match is None or not is_titled:
        return [(start, node.end_byte)]
    return [(start, start + match.start("text")), (start + match.end("text"), node.end_byte)]


def _directive_parts(node: Node, source: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield what of a directive holds text, each with where it begins."""
    kinds = {child.type: child for child in node.named_children}
    kind = _text(kinds["type"]) if "type" in kinds else b""
    body = kinds.get("body")
    has_content = kind in _CONTENT_ONLY or _OF_A_DOMAIN.fullmatch(kind) is not None
    if body is None or not (kind in _ADMONITIONS or has_content):
        return
    for part in body.named_children:
        if part.type == "content":
            # With its indentation it is a quote, in which all kinds of blocks may stand.
            start = source.rfind(b"\n", 0, part.start_byte) + 1
            options = _OPTIONS.match(source, start, part.end_byte)
            if options and source[kinds["type"].end_byte : start].count(b"\n") == 1:
                start = options.end()
            yield source[start : part.end_byte], start
        elif part.type == "arguments" and kind in _ADMONITIONS:
            yield source[part.start_byte : part.end_byte], part.start_byte


def _text(node: Node) -> bytes:
    return node.text or b""
