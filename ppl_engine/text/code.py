"""Comments and docstrings of programs, by the grammars of their languages.

The rest of a program is context: names, statements, texts shown to users.
"""

import re
from typing import Final

from tree_sitter import Node, Tree

from ppl_engine.text.comments import comment_prose
from ppl_engine.text.grammars import grammar, nodes, parsed
from ppl_engine.text.reading import Reading, in_code_points, utf8

COMMENTS: Final = frozenset(
    {"comment", "line_comment", "block_comment", "multiline_comment", "marginalia"}
)
# Old line ends are none to some grammars, and what has no end to its lines is no program: a line
# this long was made by a program, and the repair of broken ones costs more than all the rest.
_OLD_LINE_END: Final = re.compile(r"\r(?!\n)")
_LONG_LINE: Final = re.compile(r"[^\n]{4096,}")
_MOST_BYTES: Final = 1 << 19


def program_prose(language: str, text: str) -> Reading:
    """Read the comments of a program; there are none where its grammar is not installed."""
    source = _source(text)
    tree = _tree(language, source)
    if tree is None:
        return Reading([], [])
    places: list[tuple[int, int]] = []
    for node in nodes(tree, lambda node: node.type in COMMENTS):
        is_prose = node.type in COMMENTS or (language == "python" and is_docstring(node))
        # A shebang, where a grammar takes it for a comment.
        is_for_the_system = node.start_byte == 0 and source.startswith(b"#!")
        if is_prose and not is_for_the_system:
            places.append((node.start_byte, node.end_byte))
    return Reading(list(comment_prose(text, in_code_points(source, places))), [])


def program_tree(language: str, text: str) -> Tree | None:
    """Return the syntax tree of a program, whose offsets are those of the text in UTF-8.

    There is none where its grammar is not installed, or where it is no program to the grammar.
    """
    return _tree(language, _source(text))


def is_readable(language: str) -> bool:
    """Whether the grammar of a programming language is installed."""
    return grammar(language) is not None


def is_docstring(node: Node) -> bool:
    """Whether a string of Python stands alone: it documents what it stands in, or nothing."""
    if node.type != "string" or node.parent is None or node.parent.type != "expression_statement":
        return False
    is_alone = node.parent.child_count == 1
    return is_alone and not any(child.type == "interpolation" for child in node.children)


def _source(text: str) -> bytes:
    lines = _OLD_LINE_END.sub("\n", text)
    return utf8(_LONG_LINE.sub(lambda line: " " * len(line[0]), lines))


def _tree(language: str, source: bytes) -> Tree | None:
    found = grammar(language)
    return None if found is None or len(source) > _MOST_BYTES else parsed(found, source)
