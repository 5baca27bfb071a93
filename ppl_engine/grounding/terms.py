"""Words, identifiers and numbers as they are compared between a text and its sources. Pure."""

from collections.abc import Iterator
from typing import Final

import regex

from ppl_engine.text.spans import Span

_WORD: Final = regex.compile(r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*+")
_PART: Final = regex.compile(
    r"\p{Lu}++(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]++|[\p{Lo}\p{Lm}\p{Lt}]++|\p{N}++"
)
_NUMBER: Final = regex.compile(r"\p{Nd}++(?:[.,_]\p{Nd}++)*+")
_MARK: Final = regex.compile("[.,_]")
_THOUSANDS: Final = regex.compile(r"\p{Nd}{1,3}(?:[,_]\p{Nd}{3})++(?:\.\p{Nd}++)?")
_POSSESSIVE: Final = regex.compile(r"['’]s?\Z")
_APOSTROPHE: Final = regex.compile("['’]")
_NUMBERS: Final = "zero one two three four five six seven eight nine ten eleven twelve"
_DIGITS_OF: Final = {name: str(value) for value, name in enumerate(_NUMBERS.split())}
_NAME_OF: Final = {digits: name for name, digits in _DIGITS_OF.items()}
_ENDINGS: Final = ("s", "es", "d", "ed", "ing")
_SHORTEST_STEM: Final = 3


def terms(text: str) -> Iterator[str]:
    """Yield every word, after case folding, and the parts of those that are put together.

    `readTimeout_s` is `readtimeout_s`, `read`, `timeout` and `s`.
    """
    for match in _WORD.finditer(text):
        word = match[0]
        yield word.casefold()
        yield from parts(word)


def parts(word: str) -> list[str]:
    """Return what an identifier is put together from; nothing for a word that is one piece."""
    found = _PART.findall(word)
    return [part.casefold() for part in found] if len(found) > 1 or "_" in word else []


def number_at(text: str, start: int, end: int) -> Span | None:
    """Return the place of the number that holds the word `[start, end)`; None where it is none.

    A number may have points, commas and underscores between its digits.
    """
    if not text[start:end].isdecimal():
        return None
    low = start
    while low > 1 and text[low - 1] in ".,_" and text[low - 2].isdecimal():
        low -= 2
        while low and text[low - 1].isdecimal():
            low -= 1
    match = _NUMBER.match(text, low)
    return Span(start, end) if match is None else Span(*match.span())


def value_of(number: str) -> str:
    """Return a number as it is compared: without marks between thousands and idle zeros."""
    plain = regex.sub("[,_]", "", number) if _THOUSANDS.fullmatch(number) else number
    whole, point, decimals = plain.partition(".")
    whole = whole.lstrip("0") or "0"
    # Of a version such as 3.10 zeros at the end count, and of others only whether there is a rest.
    return whole if not decimals.strip("0") else f"{whole}{point}{decimals}"


class Vocabulary:
    """All words and numbers that some texts hold."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._numbers: set[str] = set()

    def add(self, text: str) -> None:
        """Take in what a text holds."""
        self._words.update(terms(text))
        for match in _NUMBER.finditer(text):
            number = match[0]
            self._numbers.add(value_of(number))
            # Versions that this one begins with, and the numbers of a list without spaces.
            self._numbers.update(value_of(part) for part in _MARK.split(number))
            marks = [mark.start() for mark in _MARK.finditer(number)][:3]
            self._numbers.update(value_of(number[:mark]) for mark in marks)

    def holds_number(self, number: str) -> bool:
        """Whether a number is one of theirs, whatever marks are between its digits, or spelled."""
        value = value_of(number)
        return value in self._numbers or _NAME_OF.get(value) in self._words

    def holds_word(self, word: str) -> bool:
        """Whether a word is one of theirs whatever its case, or the same with another ending."""
        folded = _POSSESSIVE.sub("", word.casefold())
        if folded in self._words or _DIGITS_OF.get(folded) in self._numbers:
            return True
        pieces = _APOSTROPHE.split(folded)
        if len(pieces) > 1:
            return all(piece in self._words for piece in pieces)
        return folded.isalpha() and any(form in self._words for form in _forms(folded))


def _forms(word: str) -> Iterator[str]:
    """Yield English forms of a word: `copies` and `copied` of `copy`, `stored` of `store`."""
    stems = {word}
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            stems |= {stem, f"{stem}e"}
            stems |= {f"{stem[:-1]}y"} if stem[-1] == "i" else set()
            stems |= {stem[:-1]} if stem[-1] == stem[-2] else set()
    for stem in stems:
        yield stem
        yield from (f"{stem}{ending}" for ending in _ENDINGS)
        yield f"{stem.removesuffix('e')}ing"
        if stem[-1] == "y":
            yield from (f"{stem[:-1]}ies", f"{stem[:-1]}ied")
