"""How English words take their regular endings, by spelling alone."""

from collections.abc import Callable, Iterator
from typing import Final

_VOWELS: Final = frozenset("aeiou")
_HISSING: Final = ("s", "x", "z", "ch", "sh")
_PREFIXES: Final = ("un", "re", "non", "pre", "sub", "multi", "auto", "co", "de", "mis", "over")
_SHORTEST_STEM: Final = 4
_LEAST: Final = 2


def is_regular(word: str, is_listed: Callable[[str], bool]) -> bool:
    """Whether a lower-case word is a regular derivation of a listed one: “resendable”."""
    if _ends_regularly(word, is_listed):
        return True
    for prefix in _PREFIXES:
        stem = word.removeprefix(prefix)
        if stem != word and len(stem) > _SHORTEST_STEM:
            return is_listed(stem) or _ends_regularly(stem, is_listed)
    return False


def regular_forms(stem: str) -> tuple[str, ...]:
    """Return what could be the plural, past, -ing form and adverb of a word; most are none."""
    return tuple(
        dict.fromkeys(
            (plural(stem), *_with_ending(stem, "ed"), *_with_ending(stem, "ing"), adverb(stem))
        )
    )


def possible_stems(word: str) -> Iterator[str]:
    """Yield what a word could be a regular form of; most are no words."""
    for ending in ("s", "es", "ed", "ing", "ly", "d"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _LEAST:
            continue
        yield stem
        if ending in {"ed", "ing"}:
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]
        if ending in {"es", "ed", "ly"} and stem.endswith("i"):
            yield stem[:-1] + "y"
        if ending == "ly":
            yield stem + "le"


def plural(stem: str) -> str:
    """Return the regular plural of a noun, or the third person of a verb."""
    if stem.endswith(_HISSING):
        return stem + "es"
    if stem.endswith("y") and stem[-2:-1] not in _VOWELS:
        return stem[:-1] + "ies"
    return stem + "s"


def adverb(stem: str) -> str:
    """Return the regular adverb of an adjective."""
    if stem.endswith("le"):
        return stem[:-1] + "y"
    if stem.endswith("y"):
        return stem[:-1] + "ily"
    if stem.endswith("ic"):
        return stem + "ally"
    if stem.endswith("ue"):
        return stem[:-1] + "ly"
    return stem + "ly"


def _with_ending(stem: str, ending: str) -> tuple[str, ...]:
    """Return the spellings that the stem may have before -ed, -ing, -er or -able."""
    if stem.endswith("ee") and ending != "ing":
        return (stem + ending.removeprefix("e"),)
    if stem.endswith("e") and not stem.endswith(("ee", "oe", "ye")):
        return (stem[:-1] + ending,)
    if stem.endswith("y") and stem[-2:-1] not in _VOWELS and ending == "ed":
        return (stem[:-1] + "ied",)
    if _may_double(stem):
        return (stem + ending, stem + stem[-1] + ending)
    return (stem + ending,)


def _may_double(stem: str) -> bool:
    """Whether the last letter is one that a stressed syllable doubles: “occurred”, “listened”."""
    last, vowel, before = stem[-1:], stem[-2:-1], stem[-3:-2]
    return last not in {"", *_VOWELS, *"wxyh"} and vowel in _VOWELS and before not in _VOWELS


def _ends_regularly(word: str, is_listed: Callable[[str], bool]) -> bool:
    """Whether the word is a listed one with an ending that is spelt by rule.

    Where the rule depends on the stress of the stem, no spelling is taken for regular: the list
    has the right one.
    """
    for ending in ("s", "ed", "ing", "er", "ers", "able", "ly"):
        if not word.endswith(ending):
            continue
        for stem in _stems_before(word, ending):
            if len(stem) < _SHORTEST_STEM or not is_listed(stem):
                continue
            if ending == "s":
                right = plural(stem) == word
            elif ending == "ly":
                right = adverb(stem) == word
            else:
                right = not _may_double(stem) and word in _with_ending(stem, ending)
            if right:
                return True
    return False


def _stems_before(word: str, ending: str) -> Iterator[str]:
    bare = word.removesuffix(ending)
    yield bare
    yield bare + "e"
    if bare.endswith("i"):
        yield bare[:-1] + "y"
    if bare.endswith("ie"):
        yield bare[:-2] + "y"
    if ending == "s" and bare.endswith("e"):
        yield bare[:-1]
    if ending == "ly":
        yield bare + "le"
        yield bare.removesuffix("al")
