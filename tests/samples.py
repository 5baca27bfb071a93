"""Real and made-up documents, a few thousand characters each, that random edits start from."""

import lzma
from pathlib import Path
from typing import Final

import ppl_engine
from tests.texts import NASTY

_ROOT: Final = Path(ppl_engine.__file__).parents[1]

_WIKITEXT: Final = lzma.decompress(
    (_ROOT / "tests" / "data" / "wikitext2-test.raw.xz").read_bytes()
).decode("utf-8")

_MARKUP: Final = (
    "---\ntitle: A page\n---\n\n# Reading\n\nThe quick brown fox reads `the manual`. It does not "
    "skip a page,\nnot even page 42; see https://example.org/a_(b).\n\n"
    "- one item\n- another *item*\n  that goes on\n\n  and on\n\n1. first\n2. second\n\n"
    "> A quote\n> of **two** lines\n\nPlain words here, again.\n\n"
    "```py\nx = {'a': 1}\n\ny = f(x)\n```\n\nUnderlined words\n===\n\n"
    "| a cell | b |\n|---|---|\n| c | `d` |\n\n<div>\nmarkup\n</div>\n\n"
    "<!-- a comment\n\non -->\n\n"
    "Words [link](target) and {expressions} and <code>x</code> of src/main.py.\n\n"
    "## Über naïve\n\nemoji 😀, 漢字かな。交じり文、and the rest of the text."
    "\r\n\r\nWindows lines\r\n"
)

SAMPLES: Final = {
    "markup": _MARKUP,
    "markup twice": _MARKUP[4:] + "\n" + _MARKUP,
    "prose": _WIKITEXT[20_000:26_000],
    "code": (_ROOT / "ppl_engine" / "text" / "markdown.py").read_text(encoding="utf-8")[:5000],
    "nasty": "\n\n".join(NASTY) + "\nand then some words. " + " ".join(NASTY),
    "spaces": ("word" + " " * 90 + "\n" * 20) * 12,
    "one word": "abc" * 700,
    "one line": "The quick brown fox reads. It does not. " * 60,
    "ideographs": "漢字かな交じり文、テスト。한국어 텍스트 ภาษาไทย\n" * 40,
    "empty": "",
}
