"""What is prose in LaTeX."""

from tests.engine.formats import check_any_text, check_edits, check_length
from tests.marked import check_marks

DOCUMENT = r"""
    \documentclass[11pt]{article}
    \usepackage{amsmath}
    \title{Ignored before}
    \begin{document}
    \section{A heading here}\label{sec:a}
             ~~~~~~~~~~~~~~
    Some \emph{stressed words} and $x^2 + y$ cost \$5, or 10\% of it. % a comment
    ~~~~       ~~~~~~~~~~~~~~  ~~~           ~~~~   ~~~~~~~~   ~~~~~~
    See Section~\ref{sec:b} and \cite[p.~3]{knuth}; use \texttt{code} or \verb|more code|.
    ~~~~~~~~~~~             ~~~                   ~~~~~               ~~                 ~
    \begin{equation}
    x = \text{words}
    \end{equation}
    \begin{itemize}
      \item First thing
            ~~~~~~~~~~~
      \item[label] second thing\footnote{A note.}
                   ~~~~~~~~~~~~          ~~~~~~~
    \end{itemize}
    \[ a = b \] and \(c\) end. \newcommand{\foo}[1]{bar #1}
                ~~~       ~~~~
    \begin{tabular}{ll}
    one & two \\
    ~~~   ~~~
    \end{tabular}
    \href{http://x.org}{the link}
                        ~~~~~~~~
    \begin{verbatim}
    code here
    \end{verbatim}
    Last words.
    ~~~~~~~~~~~
    \end{document}
    after it
"""

PIECES = (
    *(
        "\\begin{",
        "\\end{",
        "equation}",
        "\\[",
        "\\]",
        "\\(",
        "$",
        "$$",
        "{",
        "}",
        "[",
        "]",
        "%",
        "\\",
    ),
    *(
        "\\label{a}",
        "\\newcommand{\\a}[1]{b}",
        "\\verb|a|",
        "\\emph{",
        "\\item",
        "~",
        "&",
        "\\\\",
        "\\cite",
    ),
    *("\\begin{document}", "\\end{document}", "\\begin{verbatim}\nx\n\\end{verbatim}\n"),
)
LONG = ("a", "$", "\\[", "{", "\\cite[", "\\begin{equation}", "%", "\\verb|", "é ", "\\label{{")


def test_text_is_prose_and_markup_is_not() -> None:
    check_marks(DOCUMENT, "latex")


def test_any_text_is_read() -> None:
    check_any_text("latex", PIECES)


def test_edits_are_followed() -> None:
    check_edits("latex", PIECES, DOCUMENT)


def test_a_long_text_of_anything_is_read_in_bounded_time() -> None:
    check_length("latex", LONG)
