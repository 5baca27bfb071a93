"""The kinds of findings as tables of rules have them, each with the page that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ppl_engine.findings import mistakes, surprising
from ppl_engine.findings.codes import DOCS, page_of
from ppl_engine.findings.finding import Severity
from ppl_engine.findings.stretches import stretch
from ppl_engine.grounding import ungrounded


@dataclass(frozen=True, slots=True)
class Kind:
    """What is said of a kind of finding by itself."""

    code: str
    severity: Severity
    """Unless a configuration has another."""

    title: str
    about: str
    """The beginning of its page."""

    page: str


def _kind(code: str, severity: Severity, title: str, about: str) -> Kind:
    return Kind(code, severity, title, about, page_of(code))


KINDS: Final[Mapping[str, Kind]] = {
    kind.code: kind
    for kind in (
        _kind(
            "likely-mistake",
            mistakes.SEVERITY,
            "Something else reads better by far",
            "A word for which something else reads so much better that it is probably what was "
            "meant: a slip of spelling, a confusion, a small word missing or too many, a wrong "
            "form. It comes with its proof, in bits, and with its fix.",
        ),
        _kind(
            "surprising-word",
            surprising.SEVERITY,
            "A word where another was firmly expected",
            "A word that is far less probable than its place explains, where the model firmly "
            "expected something else.",
        ),
        _kind(
            "surprising-passage",
            stretch.SEVERITY,
            "A passage unlike the rest of its document",
            "A stretch of prose that is far more surprising than the document it stands in: "
            "pasted garbage, letters from a wrong decoding, keys pressed at random, another "
            "language, words in no order.",
        ),
        _kind(
            "repetition",
            stretch.SEVERITY,
            "Prose that says again what stands before it",
            "Prose that says again what stands before it: a loop of generated text, a list that "
            "repeats its items, a paragraph that was copied.",
        ),
        _kind(
            "ungrounded",
            ungrounded.SEVERITY,
            "A word that its source does not explain",
            "A name, a number or a word that stays surprising although the source of the document "
            "was read before it, and that the source does not hold: an invented parameter, another "
            "default, a wrong name.",
        ),
    )
}

QUALITY_GATE: Final = Kind(
    "quality-gate",
    "warning",
    "A document that does not pass a quality gate",
    "The perplexity or the bits per byte of a document as a whole are above what is let through.",
    f"{DOCS}/ci.md#quality-gates",
)
"""No finding: a document as a whole is above a limit that somebody set."""
