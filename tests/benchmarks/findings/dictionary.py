"""Which words there are: hunspell's American English, and whatever the documents say themselves."""

import subprocess
from collections.abc import Callable, Iterable
from functools import cache


def dictionary(vocabulary: frozenset[str]) -> Callable[[str], bool]:
    """Return a question: is this a word? Raises FileNotFoundError without hunspell."""
    process = subprocess.Popen(
        ["hunspell", "-a", "-d", "en_US", "-i", "utf-8"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, of = process.stdin, process.stdout
    of.readline()

    @cache
    def is_word(word: str) -> bool:
        if word.lower() in vocabulary:
            return True
        to.write(f"^{word}\n")
        to.flush()
        verdicts = list(_until_empty(iter(of.readline, "")))
        return all(verdict[0] in "*+-" for verdict in verdicts)

    return is_word


def _until_empty(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if not line.strip():
            return
        yield line
