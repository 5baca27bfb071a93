"""Random edits as people and programs make them."""

import random
from collections.abc import Iterator
from typing import Final

PIECES: Final = (
    *("a", " ", "\n", "\n\n", "\r\n", "\r", "\t", "    ", " " * 70, "\n" * 40, "a" * 300),
    *(".", ". The", "word ", " another word", "don't", "(x)", "Hello there. ", "e.g. this"),
    *("😀", "👩\u200d👩\u200d👧", "é", "e\u0301", "漢字。", "\u200d", "\ud800", "\0", "\ufeff"),
    *("# Head\n", "\n## Head\n\n", "\n- item\n", "\n1. item\n", "> quote\n", "===\n", "---\n"),
    *("\n---\n", "+++\n", "\n```\n", "`", "``", "~~~\n", "| a | b |\n|---|---|\n", "$$", "*", "**"),
    *("<!--", "-->", "<div>\n", "</div>\n\n", "<script>", "<code>", "</code>", "_", "{", "}"),
    *(
        "[a](b)",
        "[a]: b\n",
        "https://x.org/a_b",
        "a@b.org",
        "src/main.py",
        ":::note\n",
        "!!! tip\n",
    ),
    *("import a\n", "x = {'a': 1}  # why\n", "def f(x):\n    return x\n"),
)


def edited(text: str, rng: random.Random, pieces: tuple[str, ...] = PIECES) -> str:
    """Insert, delete, replace, paste, move or repeat something somewhere."""
    at = rng.randint(0, len(text))
    end = min(len(text), at + rng.choice((0, 0, 1, 2, 5, 30, 300)))
    kind = rng.random()
    if kind < 0.6:
        middle = rng.choice(pieces)
    elif kind < 0.8:
        middle = ""
        end = min(len(text), at + rng.choice((1, 1, 2, 8, 60, 400)))
    elif kind < 0.9:
        low = rng.randint(0, len(text))
        middle = text[low : low + rng.choice((10, 100, 1000))]
    else:
        middle = "".join(rng.choices(pieces, k=6))
    return text[:at] + middle + text[end:]


def versions(text: str, n_edits: int, seed: int) -> Iterator[str]:
    """Yield the text after each of some random edits; one in ten is taken back."""
    rng = random.Random(seed)
    before = text
    for _ in range(n_edits):
        text, before = (before, text) if rng.random() < 0.1 else (edited(text, rng), text)
        yield text
