"""What holds for the reader of every format, on texts made of its own notations."""

import random

from ppl_engine.text.changes import text_change
from ppl_engine.text.prose import Prose, changed_prose, prose_of, prose_spans
from tests.edits import edited

LONG = 50_000


def any_text(pieces: tuple[str, ...], rng: random.Random) -> str:
    """Return a text of pieces of a format and of characters that are hard to read."""
    nasty = (
        "\0",
        "\ud800",
        "é",
        "𝄞",
        "\r",
        "\r\n",
        "\n\n",
        "\n",
        "    ",
        "\t",
        " ",
        "word ",
        "\u2028",
    )
    return "".join(rng.choices(pieces + nasty, k=rng.randint(0, 40)))


def check_any_text(language: str, pieces: tuple[str, ...], n_texts: int = 300) -> None:
    """Whatever stands in a text, its prose is ordered, disjoint, within it, and no white space."""
    rng = random.Random(1)
    for _ in range(n_texts):
        text = any_text(pieces, rng)
        end = 0
        for span in prose_spans(text, language):
            assert end <= span.start < span.end <= len(text), repr(text)
            assert span.of(text).strip() == span.of(text)
            end = span.end


def check_edits(language: str, pieces: tuple[str, ...], text: str, n_edits: int = 60) -> None:
    """After each of many edits, the prose is that of reading the whole."""
    rng = random.Random(2)
    prose = prose_of(text, language)
    for _ in range(n_edits):
        new = edited(text, rng, (*pieces, "word ", "\n", "\n\n", "é"))
        found, _ = changed_prose(new, language, prose, text_change(text, new))
        expected = prose_of(new, language)
        for name in Prose.__slots__:
            assert getattr(found, name).tolist() == getattr(expected, name).tolist(), repr(new)
        text, prose = new, found


def check_length(language: str, parts: tuple[str, ...]) -> None:
    """A long text of one thing is read, without an error and without a time that explodes."""
    for part in parts:
        spans = prose_spans(part * (LONG // len(part)), language)
        assert all(span.start < span.end for span in spans), part
