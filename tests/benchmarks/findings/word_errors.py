"""Errors of a word or two: each function proposes what could be done to a text, in any order."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tests.benchmarks.findings.errors import Proposal
from tests.benchmarks.findings.reading import Reading
from tests.benchmarks.findings.word_lists import (
    CONFUSIONS,
    INFINITIVE_BEFORE,
    NOUNS,
    PARTICIPLES,
    PREPOSITIONS,
    VERBS,
)

_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONG_WORD: Final = re.compile(r"\b[a-z]{4,}\b(?!['’])")
_MAY_BE_DOUBLED: Final = ("that", "had", "very", "so", "no", "is")
_SMALL: Final = frozenset(
    {
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "is",
        "and",
        "for",
        "with",
        "on",
        "as",
        "it",
        "can",
        "be",
        "by",
        "from",
        "are",
        "this",
        "or",
        "you",
        "at",
    }
)
# The first letter of these does not tell how they begin when spoken.
_ARTICLE: Final = re.compile(
    r"\b(an?) (?!one|once|eu|hour|hono|heir|ho|u|[b-df-hj-np-tv-z]\b)[a-z]{2,}"
)
_SWAPPED: Final = re.compile(
    r"\b(?:(?:the|a|an|your|our|their|its) (?!both|all|half|such|many|quite|only|most)[a-z]{3,}"
    r"|(?:of|to|in|for|with|from|by|on|at) (?:the|a|an|this|your|our|their|its|these)"
    r"|(?:can|will|must|should|may|could|would) be"
    rf"|to (?:{'|'.join(VERBS)}))\b"
)


def typos(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Slip on the keyboard once in a word."""
    slips: Mapping[str, Callable[[str, random.Random], str]] = {
        "neighbour": _neighbour,
        "transposition": _transposition,
        "omission": lambda word, rng: _without(word, rng.randrange(1, len(word))),
        "doubling": _doubling,
    }
    return [
        Proposal(name, match.start(), match[0], typo, made=typo)
        for match in _LONG_WORD.finditer(reading.words)
        for name, slip in slips.items()
        if (typo := slip(match[0], rng)) != match[0]
    ]


def confusions(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Take a word for another that exists."""
    pattern = _any_of(CONFUSIONS, re.IGNORECASE)
    return [
        Proposal(word, match.start(), match[0], _like(rng.choice(CONFUSIONS[word]), match[0]))
        for match in pattern.finditer(reading.words)
        if (word := match[0].lower().replace("’", "'")) in CONFUSIONS
    ]


def dropped_words(reading: Reading, _: random.Random) -> list[Proposal]:
    """Leave out a small word where the sentence can not be without it."""
    return [
        Proposal(match[2], match.start(), match[0], f"{match[1]} {match[3]}")
        for pattern in _NEEDED
        for match in pattern.finditer(reading.words)
    ]


def doubled_words(reading: Reading, _: random.Random) -> list[Proposal]:
    """Write a word twice: a small one as often as any other."""
    return [
        Proposal(
            "small" if match[0] in _SMALL else "other",
            match.start(),
            match[0],
            f"{match[0]} {match[0]}",
        )
        for match in re.finditer(r"\b[a-z]+\b(?!['’-])", reading.words)
        if match[0] not in _MAY_BE_DOUBLED
    ]


def swapped_words(reading: Reading, _: random.Random) -> list[Proposal]:
    """Exchange two words that can not stand the other way round."""
    proposals: list[Proposal] = []
    for match in _SWAPPED.finditer(reading.words):
        first, second = match[0].split(" ")
        proposals.append(Proposal(first, match.start(), match[0], f"{second} {first}"))
    return proposals


def disagreements(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Inflect a word so that it no longer fits its neighbour."""
    proposals: list[Proposal] = []
    for variety, pattern, inflect in _AGREEMENT:
        for match in pattern.finditer(reading.words):
            before = reading.words[max(0, match.start() - 60) : match.start()]
            if "was" in match[0] and re.search(r"\b(?:if|wish|though)\b", before, re.IGNORECASE):
                continue
            start, end = match.span("word")
            instead = inflect(match["word"], rng)
            proposals.append(Proposal(variety, start, reading.text[start:end], instead))
    return [proposal for proposal in proposals if proposal.damaged != proposal.original]


def articles(reading: Reading, _: random.Random) -> list[Proposal]:
    """Exchange `a` and `an`."""
    return [
        Proposal(match[1], match.start(), match[1], "a" if match[1] == "an" else "an")
        for match in _ARTICLE.finditer(reading.words)
    ]


def prepositions(reading: Reading, rng: random.Random) -> list[Proposal]:
    """Put a preposition where the words beside it ask for another."""
    found = [
        _narrowed(Proposal(match[0], match.start(), match[0], rng.choice(PREPOSITIONS[match[0]])))
        for match in _any_of(PREPOSITIONS).finditer(reading.words)
    ]
    infinitives = _infinitive(r"(?P<word>to) ", rf"(?:{'|'.join(VERBS)})")
    found += [
        Proposal("infinitive", match.start("word"), "to", "for")
        for match in infinitives.finditer(reading.words)
    ]
    return found


def _neighbour(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    row = next(row for row in _KEYBOARD if word[at] in row)
    column = row.index(word[at])
    beside = row[max(0, column - 1) : column] + row[column + 1 : column + 2]
    return word[:at] + rng.choice(beside) + word[at + 1 :]


def _transposition(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _doubling(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + word[at] + word[at:]


def _without(word: str, at: int) -> str:
    return word[:at] + word[at + 1 :]


def _like(word: str, example: str) -> str:
    """Write a word with the capital and the apostrophe of another."""
    word = word.replace("'", "’") if "’" in example else word
    return word[0].upper() + word[1:] if example[0].isupper() else word


def _narrowed(proposal: Proposal) -> Proposal:
    """Leave out the words at both ends that stay as they are."""
    start, old, new = proposal.start, proposal.original.split(" "), proposal.damaged.split(" ")
    while old[0] == new[0]:
        start += len(old[0]) + 1
        old, new = old[1:], new[1:]
    while old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return Proposal(proposal.variety, start, " ".join(old), " ".join(new))


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch")) else "s")


def _any_of(words: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    either = "|".join(map(re.escape, longest_first)).replace("'", "['’]")
    return re.compile(rf"(?<![\w'’-])(?:{either})(?![\w'’-])", flags)


def _infinitive(to: str, verb: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(INFINITIVE_BEFORE)}) {to}{verb}\b")


def _of(forms: Mapping[str, str]) -> Callable[[str, random.Random], str]:
    return lambda word, _: forms[word]


def _either(verb: str, rng: random.Random) -> str:
    return rng.choice(VERBS[verb])


_MODAL: Final = "can|cannot|will|must|should|may|could|would"
_VERB: Final = "|".join(VERBS)
_THIRD: Final = {third: base for base, (third, _) in VERBS.items()}
_PLURALS: Final = {_plural(noun): noun for noun in NOUNS}
_SINGULARS: Final = {noun: plural for plural, noun in _PLURALS.items()}
# Of these the plural is said as well: "the team are".
_COLLECTIVE: Final = ("team", "group", "class", "school", "agency", "number", "set", "organization")
_SINGLE: Final = "|".join(noun for noun in NOUNS if noun not in _COLLECTIVE)
_TO_PLURAL: Final = {"is": "are", "was": "were", "has": "have", "does": "do"}
_TO_SINGULAR: Final = {plural: singular for singular, plural in _TO_PLURAL.items()}

_AGREEMENT: Final[tuple[tuple[str, re.Pattern[str], Callable[[str, random.Random], str]], ...]] = (
    ("verb after modal", re.compile(rf"\b(?:{_MODAL}) (?P<word>{_VERB})\b"), _either),
    ("verb after to", _infinitive("to ", f"(?P<word>{_VERB})"), _either),
    (
        "singular subject",
        re.compile(
            rf"\b(?:[Tt]he|[Tt]his|[Aa]n?|[Ee]ach) (?:{_SINGLE}) (?P<word>is|was|has|does)\b"
        ),
        _of(_TO_PLURAL),
    ),
    ("singular pronoun", re.compile(r"\b[Ii]t (?P<word>is|was|has|does)\b"), _of(_TO_PLURAL)),
    (
        "plural subject",
        re.compile(rf"\b(?:{'|'.join(_PLURALS)}) (?P<word>are|were|have|do)\b"),
        _of(_TO_SINGULAR),
    ),
    (
        "plural pronoun",
        re.compile(r"\b(?:[Tt]hey|[Ww]e|[Yy]ou) (?P<word>are|have|do|were)\b"),
        _of(_TO_SINGULAR),
    ),
    (
        "verb of singular pronoun",
        re.compile(rf"\b[Ii]t (?P<word>{'|'.join(_THIRD)})\b"),
        _of(_THIRD),
    ),
    (
        "verb of plural pronoun",
        re.compile(rf"\b(?:[Tt]hey|[Ww]e|[Yy]ou) (?P<word>{_VERB})\b"),
        lambda word, _: VERBS[word][0],
    ),
    (
        "plural noun",
        re.compile(
            r"\b(?:[Tt]hese|[Tt]hose|many|several|two|three|four|five|various|multiple|few) "
            rf"(?P<word>{'|'.join(_PLURALS)})\b"
        ),
        _of(_PLURALS),
    ),
    (
        "singular noun",
        re.compile(rf"\b(?:an?|each|every|another|[Tt]his) (?P<word>{'|'.join(NOUNS)})\b(?! of)"),
        _of(_SINGULARS),
    ),
    (
        "participle",
        re.compile(rf"\b(?:is|are|be|been|was|were) (?P<word>{'|'.join(PARTICIPLES)})\b"),
        _of(PARTICIPLES),
    ),
)

_NEEDED: Final = tuple(
    re.compile(rf"\b{pattern}\b")
    for pattern in (
        r"(based|depends?|rel(?:y|ies)|focus(?:ed)?) (on) (the|an?|your|which|whether|how)",
        r"(?!all|both|half|outside|inside|off|out)([a-z]+) (of) (the|an?|this|these|your|our|its)",
        r"(lot|number|variety|couple|kind|part) (of) ([a-z]+)",
        rf"({'|'.join(INFINITIVE_BEFORE)}) (to) ({_VERB})",
        rf"({_MODAL}|not|to) (be) ([a-z]+ed|able|available|found|done|made|an?|the|more)",
        rf"(is|with|for|to|into|from|creates?|uses?|contains?|provides?|has|have|using|returns?) "
        rf"(an?) ({'|'.join(NOUNS)})",
        r"(in|at|on|to|of|from|with|for|by) (the) (same|following|rest|end|beginning|fact)",
        r"((?:one|some|each|most|many|part|any) of) (the) ([a-z]+)",
        r"(if|when|where|because) (you|it|they|we) "
        r"(is|are|can|have|has|want|need|will|must|should|would|see|do|does)",
        r"(such) (as) ([a-z]+)",
        r"([Tt]his|[Tt]here|[Ii]t) (is|are) (an?|the|no|not|some|many|also|possible|important)",
        rf"({'|'.join((*NOUNS, *_PLURALS))}) (is|are|was|were) (an?|the)",
    )
)
