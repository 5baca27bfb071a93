"""Grammars that are imported when a text asks for them, and trees of bounded cost."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Final, cast

from tree_sitter import Language, Node, Parser, Tree

from ppl_engine.text.languages import GRAMMARS

_CHUNK_BYTES: Final = 1 << 16
# A parser reports after every hundred steps. Ordinary texts take about three steps a byte; what
# takes many more is nothing that a grammar knows, and every repair makes the next one dearer.
_BYTES_A_REPORT: Final = 4
_LEAST_REPORTS: Final = 1000


@cache
def grammar(language: str) -> Language | None:
    """Return the grammar of one of `GRAMMARS`, or None where it is not installed."""
    module, function = GRAMMARS[language]
    try:
        found = import_module(module)
    except ImportError:
        return None
    return Language(cast("object", getattr(found, function)()))


def parsed(language: Language, source: bytes) -> Tree | None:
    """Parse UTF-8, or return None where that takes far more steps than the size explains."""
    n_left = len(source) // _BYTES_A_REPORT + _LEAST_REPORTS

    def is_too_much(*_: object) -> bool:
        nonlocal n_left
        n_left -= 1
        return n_left < 0

    def chunk(start: int, _: object) -> bytes:
        return source[start : start + _CHUNK_BYTES]

    try:
        return Parser(language).parse(chunk, progress_callback=is_too_much)
    except ValueError:  # how a parser says that it was stopped
        return None


def nodes(tree: Tree, is_leaf: Callable[[Node], bool]) -> Iterator[Node]:
    """Yield the nodes of a tree in the order of the text, but those inside of a leaf.

    A walk rather than a query: queries take more than linear time on broken texts.
    """
    cursor = tree.walk()
    while True:
        node = cast("Node", cursor.node)
        yield node
        if not is_leaf(node) and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
