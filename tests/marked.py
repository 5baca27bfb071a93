"""Expectations that can be read: a text with marks under what is prose."""

import re
from textwrap import dedent

from ppl_engine.text.prose import prose_spans

_MARKS = re.compile(r"[ ~]*~")


def without_marks(marked: str) -> str:
    """Return the text of an expectation."""
    lines = dedent(marked).strip("\n").split("\n")
    return "\n".join(line for line in lines if not _MARKS.fullmatch(line)) + "\n"


def with_marks(text: str, language: str) -> str:
    """Write marks under the prose of a text."""
    inside = {i for s in prose_spans(text, language) for i in range(s.start, s.end)}
    written: list[str] = []
    position = 0
    for line in text.removesuffix("\n").split("\n"):
        places = range(position, position + len(line))
        marks = "".join("~" if place in inside else " " for place in places).rstrip()
        written += [line, marks] if marks else [line]
        position += len(line) + 1
    return "\n".join(written) + "\n"


def check_marks(marked: str, language: str) -> None:
    """Compare the prose that is found with what is marked."""
    expected = dedent(marked).strip("\n") + "\n"
    assert with_marks(without_marks(marked), language) == expected
