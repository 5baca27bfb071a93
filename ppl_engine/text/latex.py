r"""The prose of LaTeX.

No grammar of it is to be had as a package, so this reads tokens as TeX does by default: comments,
commands, groups, mathematics and environments. It does not expand macros and knows no changed
category codes: of a command that it has not heard of, the name and bracketed arguments are no
prose, and what stands in braces is.
"""

import re
from collections.abc import Iterator
from typing import Final

from ppl_engine.text.reading import Reading, Stretch, gaps
from ppl_engine.text.spans import Span

_TOKEN: Final = re.compile(
    r"(?P<comment>%[^\r\n]*)|(?P<display>\$\$)|(?P<math>\$)|\\(?P<open>[\[(])"
    r"|\\(?P<edge>begin|end)[ \t]*\{(?P<name>[^{}\r\n]{0,80})\}"
    r"|\\verb\*?(?P<bar>[^\w\s*])[^\r\n]{0,400}?(?P=bar)"
    r"|\\(?P<command>[A-Za-z@]+)\*?|\\(?P<sign>.)|(?P<other>[{}~&^_])|(?P<symbol>[`']{2})",
    re.DOTALL,
)
_OPTION: Final = re.compile(r"[ \t]*(?:\r\n|\r|\n)?[ \t]*\[[^\[\]]{0,500}\]")
_GROUP: Final = re.compile(r"[ \t]*(?:\{[^{}]{0,500}(?:\{[^{}]{0,300}\}[^{}]{0,300}){0,9}\})")
_MOST_OPTIONS: Final = 4
_LONGEST: Final = 10_000  # of what is opened and closed

# How many arguments in braces are no prose; of all others, none.
_ARGUMENTS: Final = {
    name: n
    for n, names in {
        1: "label ref eqref pageref autoref cref Cref nameref cite citep citet citealp autocite "
        "textcite parencite footcite nocite input include includegraphics usepackage documentclass "
        "bibliography bibliographystyle url path texttt code lstinline mintinline pagestyle "
        "thispagestyle vspace hspace vskip color textcolor colorbox fontsize newcounter "
        "setcounter addtocounter stepcounter RequirePackage graphicspath hyperref href ensuremath "
        "index glossaries gls Gls glspl SI si num qty unit ce addbibresource hypersetup geometry "
        "usetikzlibrary pgfplotsset tikzset lstset lstinputlisting makeatletter value the cmidrule "
        "cline bibitem hyphenation captionsetup subfile import rule date author email",
        2: "newcommand renewcommand providecommand setlength addtolength newtheorem "
        "DeclareMathOperator newacronym definecolor multicolumn multirow inputminted "
        "setkeys titleformat fontfamily",
        3: "newenvironment renewenvironment newglossaryentry",
    }.items()
    for name in names.split()
}
_NOT_PROSE: Final = frozenset(
    [
        "equation",
        "align",
        "gather",
        "multline",
        "eqnarray",
        "displaymath",
        "math",
        "alignat",
        "flalign",
        "split",
        "cases",
        "array",
        "verbatim",
        "Verbatim",
        "lstlisting",
        "minted",
        "alltt",
        "comment",
        "tikzpicture",
        "pgfpicture",
        "axis",
        "algorithmic",
        "algorithm2e",
        "filecontents",
        "thebibliography",
        "matrix",
        "pmatrix",
        "bmatrix",
        "dmath",
        "code",
        "tabbing",
    ]
)
_WITH_ARGUMENT: Final = frozenset(
    [
        "tabular",
        "tabularx",
        "tabulary",
        "longtable",
        "minipage",
        "wrapfigure",
        "multicols",
        "array",
        "subfigure",
        "adjustbox",
    ]
)
_DOCUMENT: Final = re.compile(r"^[^%\n]{0,200}\\begin\{document\}", re.MULTILINE)
_END: Final = re.compile(r"\\end\{document\}")


def latex_prose(text: str) -> Reading:
    """Read a LaTeX document, or a part of one."""
    start, last = _body(text)
    return Reading([Span(*s) for s in gaps(_holes(text), start, last)], [])


def tokens(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield what is no prose in the body of a document: how it begins, and where it ends."""
    position, last = _body(text)
    while token := _TOKEN.search(text, position, last):
        position = max(_end(text, token, last), token.end())
        yield token, position


def after_group(text: str, start: int) -> Stretch:
    """Return where the group in braces begins and ends that stands at `start`; none is empty."""
    group = _GROUP.match(text, start)
    return (start, group.end()) if group else (start, start)


def _body(text: str) -> Stretch:
    begin = _DOCUMENT.search(text)
    start = begin.end() if begin else 0
    end = _END.search(text, start)
    return start, end.start() if end else len(text)


def _holes(text: str) -> Iterator[Stretch]:
    return ((token.start(), end) for token, end in tokens(text))


def _end(text: str, token: re.Match[str], last: int) -> int:
    """Return where that ends which is no prose and begins with a token."""
    end = token.end()
    if token["math"] or token["display"]:
        mark = token["math"] or token["display"]
        return _after(text, mark, end, last)
    if token["open"]:
        return _after(text, "\\" + {"[": "]", "(": ")"}[token["open"]], end, last)
    if token["edge"] == "begin":
        name = token["name"].removesuffix("*")
        if name in _NOT_PROSE:
            return _after(text, f"\\end{{{token['name']}}}", end, last)
        return _after_arguments(text, end, last, int(name in _WITH_ARGUMENT))
    if token["command"]:
        return _after_arguments(text, end, last, _ARGUMENTS.get(token["command"], 0))
    return end


def _after(text: str, mark: str, start: int, last: int) -> int:
    """Return the end of the next `mark`; where there is none, nothing was opened."""
    found = text.find(mark, start, min(last, start + _LONGEST))
    return start if found < 0 else found + len(mark)


def _after_arguments(text: str, end: int, last: int, n_groups: int) -> int:
    for n_read in range(n_groups + 1):
        for _ in range(_MOST_OPTIONS):
            if option := _OPTION.match(text, end, last):
                end = option.end()
        group = _GROUP.match(text, end, last) if n_read < n_groups else None
        if group is None:
            break
        end = group.end()
    return end
