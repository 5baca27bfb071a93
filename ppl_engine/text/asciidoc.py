"""The prose of AsciiDoc.

No grammar of it is to be had, so this reads lines: it knows delimited blocks, titles, lists, the
inline marks, macros and attributes. It does not know includes, conditions, or substitutions that a
document changes; cells of tables are read as text, whatever their format.
"""

import re
from typing import Final

from ppl_engine.text.reading import Reading
from ppl_engine.text.spans import Span

LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
FENCE: Final = re.compile(r"(-{4,}|\.{4,}|/{4,}|\+{4,}|```)[\w,-]{0,60}[ \t]*\s*\Z")
_CODE_STYLE: Final = re.compile(
    r"\[(?:source|listing|literal|stem|latexmath|asciimath|plantuml|mermaid|graphviz|ditaa|"
    r"subs|pass|%?[a-z]*,?\s*cols)\b"
)
_NOT_PROSE: Final = re.compile(
    r"//(?!/)|:!?[\w-]+!?:|\[[^\]\r\n]*\][ \t]*\s*\Z|(?:include|image|video|audio|toc|ifdef|ifndef|"
    r"ifeval|endif|link)::|<<<\s*\Z|(?:={4,}|\*{4,}|_{4,}|--|\|===|'''|---|\*\*\*)\s*\Z|\+\s*\Z"
)
_INDENTED: Final = re.compile(r"[ \t]+\S")
_TITLE: Final = re.compile(r"=[ \t]")
_LIST: Final = re.compile(r"[ \t]*(?:[*.-]{1,6}|\d{1,9}\.|<\d{1,3}>|[a-z]\.)[ \t]+\S")

NOTATIONS: Final = re.compile(
    r"(?P<mark>`{1,2}|\+{1,3}|\$\$)[^`\n]{1,300}?(?P=mark)"
    r"|<<[^<>\n,]{1,200}(?:,|>>)|>>"
    r"|\{[\w-]{1,80}(?:[:!?][^{}\n]{0,200})?\}"
    r"|(?<!\w)(?:kbd|btn|menu|stem|latexmath|asciimath|pass|icon|image|indexterm2?|anchor|xref)"
    r":[^\s\[\]]{0,200}\[[^\]\n]{0,300}\]"
    r"|(?<!\w)(?:link|mailto|footnote|https?):[^\s\[\]]{0,300}(?=\[)"
    r"|\[\[[^\]\n]{1,200}\]\]|\[[.#%][^\]\n]{1,200}\](?=[#*_`])"
    r"|^={1,6}[ \t]|^[ \t]*(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):|^\.(?=\w)|<\d{1,3}>"
    r"|(?<!\S)(?:\d*[.<^>]*[aehlmsvd]?\|)|::+(?=\s|$)",
    re.MULTILINE,
)
"""What is no prose inside of a line: code, macros but their texts, references and attributes."""


def asciidoc_prose(text: str) -> Reading:
    """Read an AsciiDoc document."""
    spans: list[Span] = []
    fence = ""
    is_code = was_text = is_header = False
    for match in LINE.finditer(text):
        line = match[0]
        content = line.strip()
        found = FENCE.match(line)
        if fence:
            fence = "" if found and content == fence else fence
            is_code = False
        elif found:
            fence = "```" if found[1] == "```" else content
        elif not content:
            is_code = was_text = is_header = False
        elif _CODE_STYLE.match(line):
            is_code, was_text = True, False
        elif is_code or is_header or _NOT_PROSE.match(line):
            pass
        elif was_text or _LIST.match(line) or not _INDENTED.match(line):
            is_header = _TITLE.match(line) is not None
            spans.append(Span(*match.span()))
            was_text = True
    return Reading(spans, [])
