"""Letters and spaces gone wrong."""

from collections.abc import Iterator
from typing import Final

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place, like, without_capital
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip, choice_bits
from ppl_engine.text.spans import Span

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS: Final = frozenset("aeiouy")
_SHORT: Final = 3
_LEAST_FOR_TWO_EDITS: Final = 6
_MOST_OF_TWO_EDITS: Final = 12
# Parts of a word that was taken apart or run together must be words that people do use: log2 of the count.
_COMMON: Final = 9


def near_spellings(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the words that one slip of the fingers turns into this one, or two in a long one."""
    is_known = is_known_here(place, lexicon)
    base = COSTS.typo_into_word if is_known else COSTS.typo
    near = lexicon.near(place.word, 1)
    if not is_known and len(place.word) >= _LEAST_FOR_TWO_EDITS:
        singles = set(near)
        near += [w for w in lexicon.near(place.word, 2) if w not in singles][:_MOST_OF_TWO_EDITS]
    for form in near:
        written, meant = place.lower, form.lower()
        cost = base + choice_bits(len(meant)) + edit_bits(meant, written)
        text = form if form != meant else like(place.word, form)
        yield Candidate(place.span, text, Slip.SPELLING, cost)


def taken_apart(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the pairs of words that this one could be without a space: “alot”."""
    if is_known_here(place, lexicon):
        return
    word = place.lower
    cost = COSTS.split + choice_bits(len(word) - 1)
    for cut in range(1, len(word)):
        first, second = word[:cut], word[cut:]
        if all(_may_stand_alone(part, lexicon) for part in (first, second)):
            text = f"{like(place.word, first)} {second}"
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


def edit_bits(meant: str, written: str) -> float:
    """Return what the kind of edit adds to the cost of a slip; negative for common ones."""
    prefix = _n_common(meant, written)
    suffix = _n_common(meant[prefix:][::-1], written[prefix:][::-1])
    lost = meant[prefix : len(meant) - suffix]
    added = written[prefix : len(written) - suffix]
    bits = COSTS.first_letter if prefix == 0 else 0.0
    bits += COSTS.short if len(meant) <= _SHORT else 0.0
    if len(lost) + len(added) > 2 and lost != added[::-1]:  # noqa: PLR2004 - more than one edit
        return bits + COSTS.second_edit
    if len(lost) == len(added) == 2:  # noqa: PLR2004 - letters
        return bits + COSTS.transposition
    if lost and added:
        if {lost, added} <= _VOWELS:
            return bits + COSTS.vowel
        return bits + (COSTS.keyboard_neighbor if _are_beside(lost, added) else 0.0)
    letter, beside = lost or added, (meant or written)[max(0, prefix - 1) : prefix + 1]
    if letter in beside:
        return bits + COSTS.doubling
    is_slip = any(_are_beside(letter, other) for other in beside)
    return bits + (COSTS.keyboard_neighbor if added and is_slip else 0.0)


def is_known_here(place: Place, lexicon: Lexicon) -> bool:
    """Whether the word is one, as it is written."""
    return lexicon.knows(place.word.replace("’", "'"))


def _pairs(place: Place) -> Iterator[tuple[str, str, Span]]:
    previous, following = place.previous, place.next
    if previous:
        yield previous.text, place.word, Span(previous.span.start, place.span.end)
    if following:
        yield place.word, following.text, Span(place.span.start, following.span.end)


def _may_stand_alone(part: str, lexicon: Lexicon) -> bool:
    if len(part) == 1:
        return part == "a"
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
    for row, keys in enumerate(_ROWS):
        at = keys.find(one)
        if at < 0:
            continue
        for other_row in (row - 1, row, row + 1):
            if 0 <= other_row < len(_ROWS):
                there = _ROWS[other_row].find(other)
                # Each row begins half a key further right than the one above.
                if there >= 0 and -1 <= there - at + (other_row - row > 0) <= 1 + (other_row < row):
                    return other != one
    return False
