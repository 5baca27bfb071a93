"""The kinds of slips, and what each costs before a model has been asked.

A cost is −log2 of the probability that somebody who meant the one writes the other: how rare that
kind of slip is, and, added to it, log2 of how many slips of the kind were possible there. A
candidate is worth showing where the model gains more bits by it than it costs.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ppl_engine.text.spans import Span


class Slip(StrEnum):
    """How what was meant became what stands there."""

    SPELLING = "spelling"
    """Letters wrong, missing, added or swapped."""

    CONFUSION = "confusion"
    """A word mistaken for another that looks or sounds like it: “then” for “than”."""

    CASE = "case"
    APOSTROPHE = "apostrophe"
    SPLIT = "split"
    """A space is missing: “alot”."""

    JOINED = "joined"
    """A space too many: “with out”."""

    DOUBLED = "doubled"
    MISSING = "missing"
    """A small word is missing before the word."""

    SUPERFLUOUS = "superfluous"
    """A small word too many."""

    SWAPPED = "swapped"
    """Two words in the wrong order."""

    INFLECTION = "inflection"
    """Another form of the same word: “it work”."""

    AGREEMENT = "agreement"
    """Another form of the same word, and the word before decides which: “they works”."""

    ARTICLE = "article"
    PREPOSITION = "preposition"
    EXPECTED = "expected"
    """What the model expects, whatever it has to do with what stands there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could have been meant."""

    span: Span
    """What would be replaced: holds the suspicious word, may hold its neighbors."""

    text: str
    """What would stand there instead; never what stands there."""

    slip: Slip
    cost_bits: float
    """−log2 of the probability that somebody who means `text` writes what stands there."""

    def moved(self, shift: int) -> "Candidate":
        """Return the same elsewhere in a text."""
        return Candidate(self.span.moved(shift), self.text, self.slip, self.cost_bits)


@dataclass(frozen=True, slots=True)
class Costs:
    """What slips cost, in bits."""

    typo: float = 4.0
    """One edit that leaves no word of English: next to no one means such a string, so that little
    speaks against a slip. The number of letters that could have been hit is added (2 to 3 bits)."""

    typo_into_word: float = 9.0
    """One edit that happens to leave another word: few edits do, and that word may be meant.
    The number of letters is added."""

    transposition: float = -1.5
    """Two letters in the wrong order, the commonest slip of fast fingers; added to the above."""

    doubling: float = -1.0
    """A letter doubled or not doubled: the commonest slip of spelling."""

    vowel: float = -0.5
    """One vowel for another: “seperate”, “dependant”."""

    keyboard_neighbor: float = -0.5
    """A key hit that lies beside the right one, instead of it or with it."""

    first_letter: float = 1.5
    """The first letter is seldom wrong."""

    short: float = 2.0
    """A word of three letters and less has neighbors of all kinds, right ones among them."""

    second_edit: float = 5.0
    """Two slips in one word."""

    confusion: float = 7.5
    """A listed confusion; log2 of its place among those listed for the word is added."""

    case: float = 8.0
    """A capital where none belongs, or none at the start of a sentence."""

    case_of_name: float = 5.0
    """A name known only with its capitals, without them."""

    case_of_i: float = 3.0
    """“i” is no word by itself."""

    contraction: float = 3.5
    """“dont”: without the apostrophe it is no word."""

    contraction_into_word: float = 8.5
    """“its” for “it's”: the commonest confusion of all."""

    possessive: float = 10.5
    """“user's” for “users” or the other way round."""

    split: float = 3.0
    """A missing space that leaves no word; the number of places for a space is added."""

    joined: float = 9.0
    """A space in a word of which both parts are words."""

    joined_typo: float = 4.0
    """A space in a word of which a part is no word: “th e”."""

    shifted: float = 6.5
    """A space one letter early or late, which leaves no word: “int he”."""

    shifted_into_words: float = 12.0
    doubled: float = 3.0
    """The same word twice: hardly ever meant."""

    doubled_small: float = -6.0
    """The same small word twice is never meant. Small models do not know it: having read one, they
    expect another, so that this speaks for a slip before the model is asked."""

    doubled_on_purpose: float = 9.0
    """Of words that do stand twice at times: “that that”, “had had”, “very very”."""

    missing_article: float = 7.0
    """The commonest of the small words, and the one most often left out."""

    missing: float = 8.5
    missing_at_start: float = 9.0
    """Added where a sentence begins: headings, items and captions leave articles out."""

    superfluous: float = 11.0
    swapped: float = 10.0
    inflection: float = 6.5
    """Another form; how many there are is added."""

    agreement: float = 6.0
    """Between the forms of be, have, do and this, that: what is most often got wrong."""

    governed: float = 2.0
    """A form that the word before does not allow: “can added”, “a changes”."""

    governed_by_to: float = 5.0
    """The same after “to”, before which nouns stand as well."""

    a_an: float = 4.0
    """Against the sound of the next word."""

    a_an_against_sound: float = 12.0
    """By our rule the article is right; the rule has exceptions, names of letters above all."""

    article: float = 8.0
    """“a” for “the”."""

    preposition: float = 6.0
    """How many others there are is added: 10 in all."""

    expected: float = 18.0
    """Something else altogether. Added are log2 of the place among what the model expects, and the
    bits of the word as it is used in general: a rare word is seldom hit by chance."""


COSTS: Final = Costs()


def choice_bits(n_possible: int) -> float:
    """Return the bits to name one of so many slips; 0 where there is only one."""
    return math.log2(max(1, n_possible))
