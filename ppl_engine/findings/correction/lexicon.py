"""The words of English, with how often they are used."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import regex

from ppl_engine.findings.correction.morphology import is_regular

_HYPHENS = regex.compile(r"[-\u2010\u2011]")
_POSSESSIVE = regex.compile(r"['’]s?$")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz'-")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words in the forms they are used in: “python” is not known where only “Python” is.

    A capital at the beginning, and capitals throughout, are known of every word that is: headings
    and beginnings of sentences have them.
    """

    levels: dict[str, int]
    """Of each form, log2 of how often it was counted."""

    forms: dict[str, list[str]]
    """The forms of a lower-case word that are not in lower case, the commonest first."""

    by_length: dict[int, list[str]]
    """All words in lower case."""

    common: frozenset[str]
    """The words in lower case that are written with `_LETTERS`."""

    uncommon: list[str]
    """The others, a few hundred."""

    n_counted: int
    """About how many words the counts come from."""

    digest: bytes
    """Of all of it."""

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Lexicon":
        """Read lines of a word, a tab and log2 of its count; others are passed over."""
        levels: dict[str, int] = {}
        for line in lines:
            word, tab, level = line.rstrip("\r\n").partition("\t")
            if tab and word and level.isdecimal():
                levels[word] = int(level)
        forms: dict[str, list[str]] = {}
        for word in sorted(levels, key=levels.__getitem__, reverse=True):
            if (lower := word.lower()) != word:
                forms.setdefault(lower, []).append(word)
        by_length: dict[int, list[str]] = {}
        for lower in {word.lower(): None for word in levels}:
            by_length.setdefault(len(lower), []).append(lower)
        every = [word for words in by_length.values() for word in words]
        common = frozenset(word for word in every if not set(word) - _LETTERS)
        uncommon = [word for word in every if word not in common]
        n_counted = sum(1 << level for level in levels.values())
        digest = blake2b("\t".join(levels).encode("utf-8", "surrogatepass"), digest_size=16)
        digest.update(repr(list(levels.values())).encode())
        return cls(levels, forms, by_length, common, uncommon, n_counted, digest.digest())

    def lists(self, word: str) -> bool:
        """Whether the word itself is listed, in this form or in lower case."""
        if word in self.levels:
            return True
        lower = word.lower()
        return _is_written_by_rule(word, lower) and (
            lower in self.levels or (word.isupper() and lower in self.forms)
        )

    def knows(self, word: str) -> bool:
        """Whether this is a word: listed, regularly derived from one, or made of some by hyphens.

        A word in lower case is not known if it is listed with capitals only.
        """
        if self.lists(word):
            return True
        bare = _POSSESSIVE.sub("", word)
        if bare != word:
            return bool(bare) and self.knows(bare)
        lower = word.lower()
        if len(parts := _HYPHENS.split(word)) > 1:
            return all(self.knows(part) for part in parts)
        if not _is_written_by_rule(word, lower):
            return False
        return is_regular(lower, self.levels.__contains__)

    def count(self, word: str) -> int:
        """Return about how often the word was counted, so or in lower case; 0 if never."""
        level = self.levels.get(word)
        if level is None:
            level = self.levels.get(word.lower())
        return 0 if level is None else 1 << level

    def capitalized(self, word: str) -> list[str]:
        """Return the forms of a word that have capitals, the commonest first."""
        return self.forms.get(word.lower(), [])

    def usage_bits(self, word: str) -> float:
        """Return −log2 of the word's share of all words counted; as if seen once if it is not."""
        return math.log2(max(1, self.n_counted) / max(1, self.count(word)))

    def near(self, word: str, distance: int) -> list[str]:
        """Return the words that so many edits or fewer turn into this one, whatever their case.

        An edit adds, takes away or changes a letter or swaps two neighbors; no letter is edited
        twice. Words come in lower case where they are so used, the nearest first, of these the
        commonest; the word itself is not among them.
        """
        lower = word.lower()
        # Nearly all words of a text are looked up with one edit, strings that are no word with two.
        matches = self._one_edit_away(lower) if distance == 1 else self._all_near(lower, distance)
        found: list[tuple[int, int, str]] = []
        for match, n_edits in matches:
            form = match if match in self.levels else self.forms[match][0]
            found.append((n_edits, -self.levels[form], form))
        return [form for _, _, form in sorted(found)]

    def _all_near(self, lower: str, distance: int) -> Iterator[tuple[str, int]]:
        """Yield the words within a distance, with it: all of like length are compared."""
        for length in range(len(lower) - distance, len(lower) + distance + 1):
            yield from _within(lower, self.by_length.get(length, ()), distance)

    def _one_edit_away(self, lower: str) -> Iterator[tuple[str, int]]:
        """Yield the words that an edit makes of this one: all that it makes are looked up.

        As in Norvig, "How to write a spelling corrector" (2007).
        """
        cuts = [(lower[:k], lower[k:]) for k in range(len(lower) + 1)]
        made = [left + right[1:] for left, right in cuts]
        made += [left + right[1::-1] + right[2:] for left, right in cuts]
        made += [left + letter + right[1:] for left, right in cuts for letter in _LETTERS]
        made += [left + letter + right for left, right in cuts for letter in _LETTERS]
        yield from ((word, 1) for word in self.common.intersection(made) if word != lower)
        yield from _within(lower, self.uncommon, 1)


def _within(lower: str, words: Sequence[str], distance: int) -> Iterator[tuple[str, int]]:
    """Yield those of the words that are within a distance, with it, but not the word itself."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - few texts need it
    from rapidfuzz.process import extract  # noqa: PLC0415

    matches = extract(lower, words, scorer=OSA.distance, score_cutoff=distance, limit=None)
    yield from ((match, int(n_edits)) for match, n_edits, _ in matches if n_edits)


def _is_written_by_rule(word: str, lower: str) -> bool:
    """Whether the capitals are those of a heading, of the start of a sentence, or throughout."""
    return word == lower or word == lower[:1].upper() + lower[1:] or word.isupper()
