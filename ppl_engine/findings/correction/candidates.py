"""What could have been meant in the place of a word."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from ppl_engine.findings.correction import small_words, spelling, word_forms
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place
from ppl_engine.findings.correction.slips import Candidate

_MOST: Final = 60


def candidates(text: str, place: Place, lexicon: Lexicon) -> list[Candidate]:
    """Return what could have been meant by a word of a text, the cheapest first.

    What it comes to depends on the place alone; `place_of` finds it.
    """
    found = _cheapest(_possible(place, lexicon), text)
    return sorted(found, key=lambda c: (c.cost_bits, -lexicon.count(c.text)))[:_MOST]


def expected_here(
    text: str, place: Place, lexicon: Lexicon, expected: Sequence[str]
) -> list[Candidate]:
    """Return what a model expects in the place of a word, as candidates.

    `expected` are whole words, the likeliest first.
    """
    return _cheapest(word_forms.expected_instead(place, expected, lexicon), text)


def _possible(place: Place, lexicon: Lexicon) -> Iterator[Candidate]:
    return chain(
        spelling.near_spellings(place, lexicon),
        spelling.taken_apart(place, lexicon),
        spelling.put_together(place, lexicon),
        spelling.shifted_spaces(place, lexicon),
        word_forms.in_other_case(place, lexicon),
        word_forms.with_apostrophe(place, lexicon),
        word_forms.inflected(place, lexicon),
        word_forms.confused(place),
        small_words.doubled(place),
        small_words.missing(place, lexicon),
        small_words.superfluous(place),
        small_words.swapped(place, lexicon),
        small_words.other_articles(place),
        small_words.other_prepositions(place),
    )


def _cheapest(possible: Iterable[Candidate], text: str) -> list[Candidate]:
    """Keep of those that make the same text the cheapest, and none that changes nothing."""
    listed = list(possible)
    start = min((candidate.span.start for candidate in listed), default=0)
    end = max((candidate.span.end for candidate in listed), default=0)
    found: dict[str, Candidate] = {}
    for candidate in listed:
        result = (
            text[start : candidate.span.start] + candidate.text + text[candidate.span.end : end]
        )
        if result not in found or candidate.cost_bits < found[result].cost_bits:
            found[result] = candidate
    found.pop(text[start:end], None)
    return [candidate for candidate in found.values() if candidate.text]
