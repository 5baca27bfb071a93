"""What of a program is documented: docstrings, and comments right before what they are about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from tree_sitter import Node, Tree

from ppl_engine.text.code import COMMENTS, is_docstring, program_tree
from ppl_engine.text.outline.heading import Found, Heading, headings, on_one_line, text_of
from ppl_engine.text.reading import utf8

_MOST_WRAPPED: Final = 4
"""How deep a name may be in what is declared: exported, decorated, a template, a pointer."""

_BEFORE_DEFINITIONS: Final = frozenset({"attribute_item", "annotation", "decorator"})
_INNER_FIELDS: Final = ("declarator", "declaration", "definition")


@dataclass(slots=True)
class _Above:
    """A node that is being gone through."""

    name: str
    """What it defines; empty where it is no definition."""

    n_children: int = 0
    """How many of its children were met, without comments."""


@dataclass(slots=True)
class _Block:
    """Comments on adjacent lines, by bytes and rows."""

    start: int
    end: int
    last_row: int

    def is_before(self, node: Node) -> bool:
        """Whether a node begins on the line after."""
        return node.start_point.row == self.last_row + 1


def documented_names(language: str, text: str) -> list[Heading]:
    """Return docstrings, and comments with a definition after them, by the name that is defined."""
    tree = program_tree(language, text)
    if tree is None:
        return []
    source = utf8(text)
    found = _docstrings if language == "python" else _commented
    return headings(source, found(tree, source))


def _docstrings(tree: Tree, source: bytes) -> Iterator[Found]:
    """Yield the strings with which a module, or the body of a definition, begins."""
    for node, above in _walk(tree, source):
        if node.type != "string" or len(above) < 2:  # noqa: PLR2004 - a body and a statement
            continue
        owner = above[-3] if len(above) > 2 else None  # noqa: PLR2004 - what the body is that of
        is_first = above[-2].n_children == 1 and (owner is None or owner.name != "")
        if is_first and is_docstring(node):
            level = sum(one.name != "" for one in above)
            name = owner.name if owner else ""
            yield Found(name, max(1, level), node.start_byte, node.end_byte)


def _commented(tree: Tree, source: bytes) -> Iterator[Found]:
    block: _Block | None = None
    code_row = -1  # where the last bit of the program ends
    for node, above in _walk(tree, source):
        if node.type in COMMENTS:
            block = _grown(block, node) if code_row < node.start_point.row else None
            continue
        if block and node.type in _BEFORE_DEFINITIONS and block.is_before(node):
            block.last_row = node.end_point.row
            continue
        name = _name(node, source) if block and block.is_before(node) else ""
        if block and name:
            level = 1 + sum(one.name != "" for one in above)
            yield Found(name, level, block.start, block.end)
        block = None
        if node.child_count == 0:
            code_row = node.end_point.row


def _grown(block: _Block | None, comment: Node) -> _Block:
    """Add a comment to a block, or begin another."""
    # Some grammars take the end of the line into a comment.
    last_row = comment.end_point.row - (comment.end_point.column == 0)
    start = block.start if block and block.is_before(comment) else comment.start_byte
    return _Block(start, comment.end_byte, last_row)


def _walk(tree: Tree, source: bytes) -> Iterator[tuple[Node, list[_Above]]]:
    """Yield the nodes in the order of the text, each with what is around it.

    What is around is kept, since asking a node for its parent takes as long as finding it.
    """
    cursor = tree.walk()
    above = [_Above("")]
    while True:
        node = cast("Node", cursor.node)
        is_leaf = node.type in COMMENTS or node.type in _BEFORE_DEFINITIONS
        above[-1].n_children += node.type not in COMMENTS
        yield node, above[1:]
        if not is_leaf and cursor.goto_first_child():
            name = node.child_by_field_name("name")
            above.append(_Above(on_one_line(text_of(name, source)) if name else ""))
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.pop()


def _name(node: Node, source: bytes) -> str:
    """Return the name that a declaration gives; empty for what is none."""
    for _ in range(_MOST_WRAPPED):
        if name := node.child_by_field_name("name"):
            return on_one_line(text_of(name, source))
        found = (node.child_by_field_name(field) for field in _INNER_FIELDS)
        inner = next((one for one in found if one), None)
        if inner is None and node.type.endswith("declaration") and node.named_children:
            inner = node.named_children[-1]
        if inner is None:
            return on_one_line(text_of(node, source)) if node.type.endswith("identifier") else ""
        node = inner
    return ""
