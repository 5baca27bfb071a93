"""What a finding is known by from one version of a text to the next."""

from hashlib import blake2b
from typing import Final

from ppl_engine.findings.finding import Finding
from ppl_engine.text.blocks import sentence_at
from ppl_engine.text.spans import Span

_N_BYTES: Final = 8
_REACH: Final = 1000
"""How far around a finding its sentence is looked for, in characters."""


def fingerprint(finding: Finding, text: str) -> str:
    """Return 16 hexadecimal digits of code, flagged text and the words of the sentence around it.

    Edits in other sentences do not change it; neither do line breaks, punctuation and markup.
    """
    parts = (finding.code, finding.span.of(text), _sentence(text, finding.span))
    words = "\0".join(" ".join(_words(part)) for part in parts)
    encoded = words.encode("utf-8", errors="surrogatepass")
    return blake2b(encoded, digest_size=_N_BYTES).hexdigest()


def _sentence(text: str, span: Span) -> str:
    """Return the sentence in which a finding begins, or what of it is near."""
    low = max(0, span.start - _REACH)
    near = text[low : span.start + _REACH]
    found = sentence_at(near, span.start - low)
    return found.of(near) if found else ""


def _words(text: str) -> list[str]:
    """Return the words without marks; a text of marks alone stands for itself."""
    letters = "".join(character if character.isalnum() else " " for character in text)
    return letters.casefold().split() or text.split()
