"""Small words that are missing, too many, twice, in the wrong order or the wrong ones."""

from collections.abc import Iterator
from typing import Final

import regex

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place, like, without_capital
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip, choice_bits
from ppl_engine.findings.correction.spelling import is_known_here
from ppl_engine.findings.correction.word_list import words
from ppl_engine.text.spans import Span

_ARTICLES: Final = ("a", "an", "the")
_MAY_BE_MISSING: Final = tuple(
    words(
        "to of in is are be that and for with on it not have has been as by from at or was "
        "can will you this their"
    )
)
_MAY_BE_TOO_MANY: Final = frozenset(
    (
        *_ARTICLES,
        *_MAY_BE_MISSING,
        *words(
            "were do does did had which we they he she i so then there more some up out also if "
            "but would could should may must its his her our your my these those what who when "
            "than into about over"
        ),
    )
)
_PREPOSITIONS: Final = tuple(
    words(
        "in on at to for from of with by into about over as through between under upon within "
        "against during"
    )
)
_TWICE_ON_PURPOSE: Final = frozenset(
    words(
        "that had very really so many much no yes more again bye ha her is do never now far "
        "long there well why"
    )
)
_AN: Final = regex.compile(r"[aeiou]|hour|honest|hono|heir")
_A: Final = regex.compile(r"eu|ew|one(?!r)|once|uni(?!n|m)|us[aeu]|uti|ubiq|ur[il]|ukr")


def doubled(place: Place) -> Iterator[Candidate]:
    """Yield one word instead of two of the same: “the the”, also over a line break."""
    cost = COSTS.doubled_small if place.lower in _MAY_BE_TOO_MANY else COSTS.doubled
    if place.lower in _TWICE_ON_PURPOSE:
        cost = COSTS.doubled_on_purpose
    before, after = place.before, place.after
    if before and before[0].text.lower() == place.lower:
        span = Span(before[0].span.start, place.span.end)
        yield Candidate(span, before[0].text, Slip.DOUBLED, cost)
    if after and after[0].text.lower() == place.lower:
        span = Span(place.span.start, after[0].span.end)
        yield Candidate(span, place.word, Slip.DOUBLED, cost)
    if len(before) > 1 and after and before[1].is_on_line:
        pairs = (before[1].text + " " + before[0].text, place.word + " " + after[0].text)
        if pairs[0].lower() == pairs[1].lower():
            span = Span(before[1].span.start, after[0].span.end)
            text = before[1].text + before[1].gap + before[0].text
            yield Candidate(span, text, Slip.DOUBLED, cost)


def missing(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the word with a small word before it; a string that is no word has another fault."""
    if not is_known_here(place, lexicon):
        return
    word = place.word
    rest = without_capital(word, lexicon) if place.starts_sentence else word
    previous = place.previous.text.lower() if place.previous else ""
    articles = (article_by_sound(word), "the") if _may_follow_article(place.lower) else ()
    for small in (*articles, *_MAY_BE_MISSING):
        if small in {place.lower, previous}:
            continue
        first = like(word, small) if place.starts_sentence else small
        cost = COSTS.missing_article if small in _ARTICLES else COSTS.missing
        cost += COSTS.missing_at_start if place.starts_sentence else 0.0
        yield Candidate(place.span, f"{first} {rest}", Slip.MISSING, cost)


def superfluous(place: Place) -> Iterator[Candidate]:
    """Yield what stands there without a small word: the word itself or the one before it."""
    previous, following = place.previous, place.next
    if place.lower in _MAY_BE_TOO_MANY:
        if following:
            span = Span(place.span.start, following.span.end)
            text = place.shaped(following.text) if place.word != "I" else following.text
            yield Candidate(span, text, Slip.SUPERFLUOUS, COSTS.superfluous)
        elif previous:
            span = Span(previous.span.start, place.span.end)
            yield Candidate(span, previous.text, Slip.SUPERFLUOUS, COSTS.superfluous)
    if previous and previous.text.lower() in _MAY_BE_TOO_MANY:
        span = Span(previous.span.start, place.span.end)
        text = like(previous.text, place.word) if previous.text != "I" else place.word
        yield Candidate(span, text, Slip.SUPERFLUOUS, COSTS.superfluous)


def swapped(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    """Yield the word and a neighbor the other way round: “is it” for “it is”."""
    previous, following = place.previous, place.next
    if previous:
        span = Span(previous.span.start, place.span.end)
        text = _the_other_way_round(previous.text, previous.gap, place.word, lexicon)
        yield Candidate(span, text, Slip.SWAPPED, COSTS.swapped)
    if following:
        span = Span(place.span.start, following.span.end)
        text = _the_other_way_round(place.word, following.gap, following.text, lexicon)
        yield Candidate(span, text, Slip.SWAPPED, COSTS.swapped)


def other_articles(place: Place) -> Iterator[Candidate]:
    """Yield other articles for this one, and the other of a and an before the word."""
    if place.lower in _ARTICLES:
        following = place.next.text if place.next else ""
        right = article_by_sound(following) if following else place.lower
        for article in _ARTICLES:
            if article != place.lower:
                cost = _article_cost(place.lower, article, right)
                text = place.shaped(article)
                yield Candidate(place.span, text, Slip.ARTICLE, cost)
    previous = place.previous
    if previous and previous.text.lower() in {"a", "an"}:
        right = article_by_sound(place.word)
        other = "an" if previous.text.lower() == "a" else "a"
        text = like(previous.text, other) + previous.gap + place.word
        cost = _article_cost(previous.text.lower(), other, right)
        span = Span(previous.span.start, place.span.end)
        yield Candidate(span, text, Slip.ARTICLE, cost)


def other_prepositions(place: Place) -> Iterator[Candidate]:
    """Yield other prepositions for this one."""
    if place.lower in _PREPOSITIONS:
        cost = COSTS.preposition + choice_bits(len(_PREPOSITIONS) - 1)
        for preposition in _PREPOSITIONS:
            if preposition != place.lower:
                text = place.shaped(preposition)
                yield Candidate(place.span, text, Slip.PREPOSITION, cost)


def article_by_sound(word: str) -> str:
    """Return which of a and an stands before a word.

    Abbreviations are spelt or spoken, and which it is no rule can tell; a guess must do.
    """
    lower = word.lower()
    return "an" if _AN.match(lower) and not _A.match(lower) else "a"


def _may_follow_article(lower: str) -> bool:
    return lower == "more" or lower not in _MAY_BE_TOO_MANY


def _article_cost(written: str, meant: str, right: str) -> float:
    if "the" in {written, meant}:
        return COSTS.article
    return COSTS.a_an if meant == right else COSTS.a_an_against_sound


def _the_other_way_round(first: str, gap: str, second: str, lexicon: Lexicon) -> str:
    """Return the two words swapped; the capital of a beginning stays at the beginning."""
    last = without_capital(first, lexicon)
    return (like(first, second) if last != first else second) + gap + last
