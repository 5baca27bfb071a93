"""Letters and spaces gone wrong."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place, like, without_capital
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip, choice_bits
from ppl_engine.findings.correction.word_list import words
from ppl_engine.text.spans import Span

_KEYS: Final = {
    key: (row, column)
    for row, keys in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for column, key in enumerate(keys)
}
_VOWELS: Final = frozenset("aeiouy")
_SHORT: Final = 3
_LEAST_FOR_TWO_EDITS: Final = 6
_MOST: Final = 16
# Parts of a word that was taken apart must be words that people do use: log2 of the count.
_COMMON: Final = 9
_SHORT_WORDS: Final = frozenset(
    words("a as at am an be by do go he if in is it me my no of on or so to up us we")
)


class Edit(Enum):
    """How the letters of one word became those of another."""

    TRANSPOSITION = auto()
    DOUBLING = auto()
    VOWEL = auto()
    KEYBOARD_NEIGHBOR = auto()
    OTHER = auto()
    SEVERAL = auto()


_EDIT_BITS: Final = {
    Edit.TRANSPOSITION: COSTS.transposition,
    Edit.DOUBLING: COSTS.doubling,
    Edit.VOWEL: COSTS.vowel,
    Edit.KEYBOARD_NEIGHBOR: COSTS.keyboard_neighbor,
    Edit.OTHER: 0.0,
    Edit.SEVERAL: COSTS.second_edit,
}


def near_spellings(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the words that one slip of the fingers turns into this one, or two in a long one."""
    is_known = is_known_here(place, lexicon)
    base = COSTS.typo_into_word if is_known else COSTS.typo
    found: list[Candidate] = []
    for form in _near(place.word, lexicon, is_known=is_known):
        written, meant = place.lower, form.lower()
        cost = base + choice_bits(len(meant)) + edit_bits(meant, written)
        text = form if form != meant else place.shaped(form)
        found.append(Candidate(place.span, text, Slip.SPELLING, cost))
    # The sort is stable: of those that cost the same the commonest are kept.
    yield from sorted(found, key=lambda candidate: candidate.cost_bits)[:_MOST]


def taken_apart(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the pairs of words that this one could be without a space: “alot”."""
    if is_known_here(place, lexicon):
        return
    word = place.lower
    cost = COSTS.split + choice_bits(len(word) - 1)
    for cut in range(1, len(word)):
        first, second = word[:cut], word[cut:]
        if all(_may_stand_alone(part, lexicon) for part in (first, second)):
            text = f"{place.shaped(first)} {second}"
            yield Candidate(place.span, text, Slip.SPLIT, cost)


def put_together(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the words that this one makes with a neighbor: “with out”."""
    for first, second, span in _pairs(place):
        joined = without_capital(first, lexicon) + second
        if not joined.islower() or joined not in lexicon.levels:
            continue
        both = all(lexicon.knows(part) for part in (first, second))
        cost = COSTS.joined if both else COSTS.joined_typo
        yield Candidate(span, like(first, joined), Slip.JOINED, cost)


def shifted_spaces(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the pairs of words with the space one letter further on or back: “int he”."""
    for first, second, span in _pairs(place):
        left, right = first.lower(), second.lower()
        both = all(lexicon.knows(part) for part in (left, right))
        cost = COSTS.shifted_into_words if both else COSTS.shifted
        for one, two in ((left[:-1], left[-1:] + right), (left + right[:1], right[1:])):
            if all(_may_stand_alone(part, lexicon) for part in (one, two)):
                yield Candidate(span, f"{like(first, one)} {two}", Slip.SPELLING, cost)


def edit_of(meant: str, written: str) -> Edit:
    """Return what kind of edit made the one word of the other."""
    prefix = _n_common(meant, written)
    suffix = _n_common(meant[prefix:][::-1], written[prefix:][::-1])
    lost = meant[prefix : len(meant) - suffix]
    added = written[prefix : len(written) - suffix]
    if len(lost) == len("ab") and lost == added[::-1]:
        return Edit.TRANSPOSITION
    if max(len(lost), len(added)) > 1:
        return Edit.SEVERAL
    if lost and added:
        if lost in _VOWELS and added in _VOWELS:
            return Edit.VOWEL
        return Edit.KEYBOARD_NEIGHBOR if _are_beside(lost, added) else Edit.OTHER
    whole, letter = (meant, lost) if lost else (written, added)
    beside = whole[max(0, prefix - 1) : prefix] + whole[prefix + 1 : prefix + 2]
    if letter in beside:
        return Edit.DOUBLING
    is_slip = bool(added) and any(_are_beside(letter, other) for other in beside)
    return Edit.KEYBOARD_NEIGHBOR if is_slip else Edit.OTHER


def edit_bits(meant: str, written: str) -> float:
    """Return what the kind of edit and its place add to the cost; negative for common ones."""
    edit = edit_of(meant, written)
    bits = _EDIT_BITS[edit]
    if meant[:1] != written[:1]:
        bits += COSTS.first_letter
    if len(meant) <= _SHORT and edit is not Edit.TRANSPOSITION:
        bits += COSTS.short
    return bits


def is_known_here(place: Place, lexicon: Lexicon) -> bool:
    """Whether the word is one, as it is written."""
    return lexicon.knows(place.word.replace("’", "'"))


def _near(word: str, lexicon: Lexicon, *, is_known: bool) -> list[str]:
    """Return near words that are written in small letters, as this one is."""
    may_be_two = not is_known and len(word) >= _LEAST_FOR_TWO_EDITS
    near = lexicon.near(word, 2 if may_be_two else 1)
    return [form for form in near if len(form) == 1 or not form.isupper()]


def _pairs(place: Place) -> Iterator[tuple[str, str, Span]]:
    previous, following = place.previous, place.next
    if previous:
        yield previous.text, place.word, Span(previous.span.start, place.span.end)
    if following:
        yield place.word, following.text, Span(place.span.start, following.span.end)


def _may_stand_alone(part: str, lexicon: Lexicon) -> bool:
    if len(part) < _SHORT:
        return part in _SHORT_WORDS
    return lexicon.levels.get(part, 0) >= _COMMON


def _n_common(one: str, other: str) -> int:
    n = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        n += 1
    return n


def _are_beside(one: str, other: str) -> bool:
    """Whether two letters are beside each other on the keyboard, on a row or across rows."""
    if one not in _KEYS or other not in _KEYS:
        return False
    (row, column), (other_row, other_column) = _KEYS[one], _KEYS[other]
    # Each row begins half a key further right than the one above it.
    match other_row - row:
        case 0:
            return abs(other_column - column) == 1
        case 1:
            return other_column - column in {-1, 0}
        case -1:
            return other_column - column in {0, 1}
        case _:
            return False
