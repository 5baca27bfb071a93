"""From headings to sections that tile a document."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Final

from ppl_engine.text.languages import PROGRAMS, known_language
from ppl_engine.text.outline import asciidoc, html, latex, markdown, programs, restructuredtext
from ppl_engine.text.outline.heading import Heading, Section
from ppl_engine.text.spans import Span

_FORMATS: Final[Mapping[str, Callable[[str], list[Heading]]]] = {
    "markdown": markdown.markdown_headings,
    "mdx": markdown.markdown_headings,
    "html": html.html_headings,
    "restructuredtext": restructuredtext.rst_headings,
    "asciidoc": asciidoc.asciidoc_headings,
    "latex": latex.latex_headings,
    **{id_: partial(programs.documented_names, id_) for id_ in PROGRAMS},
}


def outline(text: str, language: str) -> tuple[Heading, ...]:
    """Return the headings or docstrings of a text, in order and disjoint.

    `language` is an LSP language id; formats without headings have none.
    """
    found = _FORMATS.get(known_language(language))
    return tuple(found(text)) if found else ()


def sections(text: str, language: str) -> tuple[Section, ...]:
    """Return what a text is divided into: in a document a section goes to the next heading.

    What stands before the first heading is a section too, unless it is empty; so is a document
    without headings. In a program each docstring is one, and statements are in none.
    """
    found = outline(text, language)
    if known_language(language) in PROGRAMS:
        return tuple(Section(one.title, one.level, one.span) for one in found)
    starts = [heading.span.start for heading in found]
    first = starts[0] if starts else len(text)
    before = (Section("", 0, Span(0, first)),) if text[:first].strip() else ()
    ends = [end for _, end in pairwise([*starts, len(text)])]
    return before + tuple(
        Section(heading.title, heading.level, Span(heading.span.start, end))
        for heading, end in zip(found, ends, strict=True)
    )
