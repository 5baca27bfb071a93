"""The whole page, as a stream: memory holds one document at a time, and a row of each.

The overview stands before the documents and needs all of them, so these are written to a file in
between. Every script and style is named by its digest in the policy of the page, which allows
nothing else: no network, no image, no script that a text might bring along.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final, TextIO

from ppl_engine.report import palette
from ppl_engine.report.comparison import overall_comparison
from ppl_engine.report.document import document_html
from ppl_engine.report.markup import escaped
from ppl_engine.report.overview import distribution, heading, table
from ppl_engine.report.values import About, Reported, Row

_PIECE_LENGTH: Final = 2**16


def page_html(
    documents: Iterable[Reported], spool: TextIO, about: Callable[[], About]
) -> Iterator[str]:
    """Yield the page in pieces, which hold no lone surrogates.

    `spool` is an empty file to write to and read from. `about` is asked when all documents are
    through. What the documents raise is raised here before anything is yielded.
    """
    rows: list[Row] = []
    for number, document in enumerate(documents, start=1):
        rows.append(Row.of(document, f"d{number}"))
        spool.writelines(document_html(document, rows[-1], number))
    said = about()
    yield _head(said.title)
    yield from heading(said, rows)
    yield "<main>\n"
    yield from table(rows)
    yield from distribution(rows)
    yield from overall_comparison(rows, said.model)
    yield '<section aria-labelledby="documents"><h2 id="documents">Documents</h2>\n'
    yield _READING
    spool.seek(0)
    while piece := spool.read(_PIECE_LENGTH):
        yield piece
    yield "</section>\n</main>\n"
    yield f"<script>{_script()}</script>\n</body>\n</html>\n"


_READING: Final = (
    '<p class="hint reading">The surprisal of a word is −log<sub>2</sub> of the probability that '
    "the model gave it before reading it: 10 bits are one chance in about a thousand. "
    "A surprising word is not an error; it is a place worth a glance. "
    '<span class="scripted">Point at a word, tap it, or go from word to word with the arrow keys '
    "(with Shift to the next hot one) to see its numbers.</span></p>\n"
)


@cache
def _static(name: str) -> str:
    return (files("ppl_engine.report") / "static" / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    return "\n".join((_static("uPlot.min.css"), palette.css(), _static("report.css")))


@cache
def _script() -> str:
    return "\n".join((_static("uPlot.iife.min.js"), _static("report.js")))


def _digest(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _head(title: str) -> str:
    policy = (
        f"default-src 'none'; script-src {_digest(_script())}; style-src {_digest(_style())}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(title)}</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
    )
