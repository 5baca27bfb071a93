"""Numbers written wrongly, and passages that are no language or do not end."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

from tests.benchmarks.findings.errors import Proposal
from tests.benchmarks.findings.reading import Reading

_STRETCH: Final = re.compile(r"\b(?:[a-z]+ ){2,7}[a-z]{2,}\b(?!['’-])")
_LONG_STRETCH: Final = re.compile(r"\b[a-z]{6,}(?: [a-z]+){2,9} [a-z]{6,}\b(?!['’-])")
_WORD: Final = re.compile(r"\b[a-z]+\b(?!['’-])")
_MASHED: Final = "asdfghjklasdfjklqwertyuiop"
_ACCENTED: Final = str.maketrans({" ": "\u00a0", "a": "á", "e": "é", "o": "ö"})


def numbers(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Write numbers as nobody does in English."""
    return [
        Proposal(variety, match.start(), match[0], instead)
        for variety, pattern, rewrite in _NUMBERS
        for match in pattern.finditer(reading.prose)
        if (instead := rewrite(match[0], rng)) != match[0]
    ]


def garbled(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Destroy three to eight words, or cut out what is between two words."""
    found = [
        Proposal(variety, match.start(), match[0], instead)
        for match in _STRETCH.finditer(reading.words)
        for variety, garble in _GARBLES.items()
        if (instead := garble(match[0], rng)) != match[0]
    ]
    for match in _LONG_STRETCH.finditer(reading.words):
        words = match[0].split(" ")
        joined = words[0][: rng.randint(3, 5)] + words[-1][rng.randint(2, 4) :]
        found.append(Proposal("cut and joined", match.start(), match[0], joined, made=joined))
    return found


def loops(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Say a sentence, a phrase or a word five to twenty times."""
    sentences = [("sentence", match) for match in reading.sentences()]
    phrases = [("phrase", match) for match in _STRETCH.finditer(reading.words)]
    words = [("word", match) for match in _WORD.finditer(reading.words)]
    return [
        Proposal(variety, match.end(), "", f" {match[0]}" * rng.randint(4, 19))
        for variety, match in [*sentences, *phrases, *words]
    ]


def _mashed(words: str, rng: random.Random) -> str:
    return "".join(" " if letter == " " else rng.choice(_MASHED) for letter in words)


def _mojibake(words: str, _: random.Random) -> str:
    """Read UTF-8 as Windows-1252; as that is seen with letters beyond ASCII, put some there."""
    return words.translate(_ACCENTED).encode().decode("cp1252", errors="replace")


def _utf_16(words: str, _: random.Random) -> str:
    """Read ASCII as UTF-16."""
    data = words.encode()
    return data[: len(data) // 2 * 2].decode("utf-16-le")


def _shuffled(words: str, rng: random.Random) -> str:
    shuffled = (rng.sample(word, len(word)) for word in words.split(" "))
    return " ".join("".join(letters) for letters in shuffled)


_GARBLES: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "keyboard mash": _mashed,
    "mojibake": _mojibake,
    "UTF-16": _utf_16,
    "shuffled letters": _shuffled,
}


def _grouped_wrongly(number: str, rng: random.Random) -> str:
    digits = number.replace(",", "")
    if rng.random() < 0.5:
        return f"{int(digits):,}".replace(",", ".") + ",00"
    lakh = digits[-3:]
    for end in range(len(digits) - 3, 0, -2):
        lakh = f"{digits[max(0, end - 2) : end]},{lakh}"
    return lakh if lakh != number else f"{digits[:-2]},{digits[-2:]}"


_BEFORE: Final = r"(?<![\w.,:/$#%+-])"
_AFTER: Final = r"(?![\w:/%-]|[.,]\d)"
_NUMBERS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str, random.Random], str]], ...]] = (
    ("grouping", re.compile(rf"{_BEFORE}\d{{1,3}}(?:,\d{{3}})+{_AFTER}"), _grouped_wrongly),
    (
        "decimal comma",
        re.compile(rf"{_BEFORE}\d+\.\d+{_AFTER}"),
        lambda number, _: number.replace(".", ","),
    ),
    (
        "grouped year",
        re.compile(rf"{_BEFORE}(?:19|20)\d\d{_AFTER}"),
        lambda number, _: f"{number[0]},{number[1:]}",
    ),
    (
        "percent",
        re.compile(rf"{_BEFORE}\d+%(?!\w)"),
        lambda number, _: f"%{number[:-1]}",
    ),
    (
        "currency",
        re.compile(r"(?<![\w$])\$\d+(?![\w.,])"),
        lambda number, _: f"{number[1:]}$",
    ),
    (
        "ordinal",
        re.compile(rf"{_BEFORE}\d+(?:st|nd|rd|th)(?!\w)"),
        lambda number, _: number[:-2] + ("st" if number.endswith("th") else "th"),
    ),
)
