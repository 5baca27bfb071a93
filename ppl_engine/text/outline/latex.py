r"""The sectioning commands of LaTeX, `\part` to `\paragraph`."""

import re
from typing import Final

from ppl_engine.text.latex import after_group, tokens
from ppl_engine.text.outline.heading import Heading, on_one_line
from ppl_engine.text.spans import Span

_LEVELS: Final = {
    name: level
    for level, name in enumerate(
        ("part", "chapter", "section", "subsection", "subsubsection", "paragraph"), start=1
    )
}
_MARKUP: Final = re.compile(r"\\(?:label|index)\{[^{}]*\}|\\[A-Za-z@]+\*?[ \t]*|[{}~$]")


def latex_headings(text: str) -> list[Heading]:
    """Return the headings of a LaTeX document, the outermost of those that it has at level 1."""
    found = [
        (_LEVELS[token["command"]], Span(token.start(), end), text[start:end])
        for token, end_of_arguments in tokens(text)
        if token["command"] in _LEVELS
        for start, end in [after_group(text, end_of_arguments)]
    ]
    ranks = sorted({level for level, _, _ in found})
    return [
        Heading(on_one_line(_MARKUP.sub(" ", title)), ranks.index(level) + 1, span)
        for level, span, title in found
    ]
