"""Other forms of a word: capitals, apostrophes, endings, and the words it is mistaken for."""

from collections.abc import Iterator, Sequence
from typing import Final

from ppl_engine.findings.correction.confusions import CONFUSIONS
from ppl_engine.findings.correction.irregular import AGREEING, IRREGULAR
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.morphology import possible_stems, regular_forms
from ppl_engine.findings.correction.place import Place, with_capital, without_capital
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip, choice_bits
from ppl_engine.findings.correction.word_list import words

_CONTRACTIONS: Final = {
    whole.replace("'", ""): whole
    for whole in words(
        "ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't he'd "
        "he'll he's here's i'd i'll i'm i've isn't it'd it'll it's let's mightn't mustn't "
        "needn't she'd she'll she's shouldn't that'll that's there'll there's they'd "
        "they'll they're they've wasn't we'd we'll we're we've weren't what's where's "
        "who'd who'll who's who've won't wouldn't you'd you'll you're you've "
    )
}
_POSSESSIVES: Final = {
    "its": "it's",
    "your": "you're",
    "their": "they're",
    "whose": "who's",
    "theirs": "there's",
    "our": "we're",
}
_SHORTEST_NOUN: Final = 3


def in_other_case(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the word with other capitals: “i”, “english”, “The” inside of a sentence."""
    word, lower = place.word, place.lower
    if word == "i" or lower.replace("’", "'") in {"i'm", "i'll", "i'd", "i've"}:
        yield Candidate(place.span, with_capital(word), Slip.CASE, COSTS.case_of_i)
        return
    for form in lexicon.capitalized(word):
        if lexicon.levels[form] < lexicon.levels.get(lower, 0):
            continue  # in headings all words have capitals
        cost = COSTS.case if lexicon.knows(word) else COSTS.case_of_name
        yield Candidate(place.span, form, Slip.CASE, cost)
    if lower in lexicon.levels:
        if not word.islower() and not (place.starts_sentence and word == with_capital(lower)):
            cost = COSTS.case if word == with_capital(lower) else COSTS.case_of_name
            text = with_capital(lower) if place.starts_sentence else lower
            yield Candidate(place.span, text, Slip.CASE, cost)
        elif place.starts_sentence and word[:1].islower():
            yield Candidate(place.span, with_capital(word), Slip.CASE, COSTS.case)


def with_apostrophe(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the word with or without an apostrophe, or with it elsewhere."""
    plain = place.word.replace("’", "'")
    bare = plain.replace("'", "").lower()
    whole = _CONTRACTIONS.get(bare)
    if whole and whole != plain.lower():
        cost = COSTS.contraction_into_word if lexicon.knows(plain) else COSTS.contraction
        yield _with(place, whole, cost)
    if bare in _POSSESSIVES and "'" not in plain:
        yield _with(place, _POSSESSIVES[bare], COSTS.contraction_into_word)
    for possessive, contraction in _POSSESSIVES.items():
        if plain.lower() == contraction:
            yield _with(place, possessive, COSTS.contraction_into_word)
    if bare in _POSSESSIVES or whole:
        return
    noun = plain.removesuffix("'s")
    if noun != plain:
        yield _with(place, noun + "s", COSTS.possessive)
        yield _with(place, noun, COSTS.possessive)
    elif plain.endswith("s") and "'" not in plain and lexicon.knows(plain[:-1]):
        if len(plain) > _SHORTEST_NOUN and not plain.endswith("ss"):
            yield _with(place, plain[:-1] + "'s", COSTS.possessive)
            yield _with(place, plain + "'", COSTS.possessive)
    elif (
        "'" not in plain
        and len(plain) >= _SHORTEST_NOUN
        and lexicon.lists(plain)
        and bare not in _CLOSED
    ):
        yield _with(place, plain + "'s", COSTS.possessive)


def inflected(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield other forms of the same word."""
    lower = place.lower
    forms = dict.fromkeys((*IRREGULAR.get(lower, ()), *_regular(lower, lexicon)))
    forms.pop(lower, None)
    known = [form for form in forms if form in IRREGULAR or form in lexicon.levels]
    cost = COSTS.inflection + choice_bits(len(known))
    for form in known:
        agrees = lower in AGREEING and form in AGREEING
        text = "I" if form == "i" else place.shaped(form)
        if agrees:
            yield Candidate(place.span, text, Slip.AGREEMENT, COSTS.agreement)
        else:
            yield Candidate(place.span, text, Slip.INFLECTION, cost)


def confused(place: Place) -> Iterator[Candidate]:
    """Yield the words that this one is known to be mistaken for."""
    others = CONFUSIONS.get(place.lower.replace("’", "'"), ())
    for rank, other in enumerate(others, 1):
        cost = COSTS.confusion + choice_bits(rank)
        yield _with(place, other, cost, Slip.CONFUSION)


def expected_instead(
    place: Place, expected: Sequence[str], lexicon: Lexicon
) -> Iterator[Candidate]:
    """Yield what the model expects, the likeliest first; nothing for a word in no list."""
    if not lexicon.lists(place.word):
        return
    by_chance = lexicon.usage_bits(place.word)
    single = (word for word in map(str.strip, expected) if len(word.split()) == 1)
    for rank, word in enumerate(single, 1):
        text = place.shaped(without_capital(word, lexicon)) if place.starts_sentence else word
        cost = COSTS.expected + choice_bits(rank) + by_chance
        yield Candidate(place.span, text, Slip.EXPECTED, cost)


def _regular(lower: str, lexicon: Lexicon) -> Iterator[str]:
    for stem in (lower, *possible_stems(lower)):
        if stem in lexicon.levels and stem not in _CLOSED:
            yield stem
            yield from regular_forms(stem)


def _with(place: Place, text: str, cost: float, slip: Slip = Slip.APOSTROPHE) -> Candidate:
    shaped = place.shaped(text).replace("'", place.apostrophe)
    if shaped.startswith(("i'", "i’")):
        shaped = with_capital(shaped)
    return Candidate(place.span, shaped, slip, cost)


# Small words take no endings: “this” is no plural, “ass” is none of “as”.
_CLOSED: Final = frozenset(
    words(
        "a an the this thi that to of in i on at as is it its he she we be by or so if no do "
        "up us my me am an and but for nor not yet was wa ha has had are were his her hi our "
        "out off all any own per via too who why how did don doe does than then them they "
        "their there these those with from into onto over very just only some such more most "
        "must may can could would should shall will what when where which while whom whose "
        "about after again also been being before because both each few if else ever every "
        "here like many much never now once other since still through under until upon you "
        "your thing th wo"
    )
) - frozenset(words("like other thing own can will out"))
