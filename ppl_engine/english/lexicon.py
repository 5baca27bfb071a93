"""The list of English words that ships with the engine, read from its file."""

import lzma
from functools import cache
from pathlib import Path
from typing import Final

from ppl_engine.findings.correction.lexicon import Lexicon

LEXICON_PATH: Final = Path(__file__).with_name("words.tsv.xz")


@cache
def load_lexicon() -> Lexicon:
    """Return the words of English; they are read once for a process."""
    return Lexicon.of(lzma.decompress(LEXICON_PATH.read_bytes()).decode("utf-8").split("\n"))
