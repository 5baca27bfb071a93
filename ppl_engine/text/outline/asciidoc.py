"""The titles of AsciiDoc: lines that begin with equals signs, outside of delimited blocks."""

import re
from typing import Final

from ppl_engine.text.asciidoc import FENCE, LINE
from ppl_engine.text.outline.heading import Heading, on_one_line
from ppl_engine.text.spans import Span

_TITLE: Final = re.compile(r"(={1,6})[ \t]+(\S[^\r\n]*)")


def asciidoc_headings(text: str) -> list[Heading]:
    """Return the titles of an AsciiDoc document."""
    found: list[Heading] = []
    fence = ""
    for match in LINE.finditer(text):
        line = match[0]
        opened = FENCE.match(line)
        if fence:
            fence = "" if opened and line.strip() == fence else fence
        elif opened:
            fence = "```" if opened[1] == "```" else line.strip()
        elif title := _TITLE.match(line):
            found.append(Heading(on_one_line(title[2]), len(title[1]), Span(*match.span())))
    return found
