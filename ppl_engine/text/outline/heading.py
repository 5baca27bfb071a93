"""What an outline is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tree_sitter import Node

from ppl_engine.text.reading import in_code_points
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, or a docstring with the name of what it documents."""

    title: str
    """On one line; empty where nothing is named: a heading without text, a module's docstring."""

    level: int
    """1 for the outermost."""

    span: Span
    """The heading from the start of its line, the docstring as a whole."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a text that is spoken of as a whole."""

    title: str
    """That of its heading; empty where there is none."""

    level: int
    """1 for the outermost, 0 for what no heading precedes."""

    span: Span


class Found(NamedTuple):
    """A heading as a grammar finds it, in UTF-8 bytes."""

    title: str
    level: int
    start: int
    end: int


def text_of(node: Node, source: bytes) -> bytes:
    """Return what a node covers; asked for it, a node of a tree read in chunks is slow."""
    return source[node.start_byte : node.end_byte]


def headings(source: bytes, found: Iterable[Found]) -> list[Heading]:
    """Convert what was found, in order and disjoint."""
    table = list(found)
    spans = in_code_points(source, ((one.start, one.end) for one in table))
    return [Heading(one.title, one.level, span) for one, span in zip(table, spans, strict=True)]


def on_one_line(title: bytes | str) -> str:
    """Return a title with single spaces."""
    text = title if isinstance(title, str) else title.decode()
    return " ".join(text.split())
