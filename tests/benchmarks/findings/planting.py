"""Planting errors: seeded, one about every sixty words of prose, one kind in a copy.

One kind in a copy, so that a false alarm belongs to a kind and precision has a meaning for each;
what an error does to the words after it then does not fall on errors of another kind either.
Passages take more room: there is one about every 150 words. Within a kind all varieties are as
likely as can be, whatever their frequency: else most real-word errors would be of `the`.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from tests.benchmarks.findings.errors import Copy, Proposal, damaged
from tests.benchmarks.findings.passage_errors import garbled, loops, numbers
from tests.benchmarks.findings.reading import read
from tests.benchmarks.findings.word_errors import (
    articles,
    confusions,
    disagreements,
    doubled_words,
    dropped_words,
    prepositions,
    swapped_words,
    typos,
)

PROPOSERS: Final[Mapping[str, Callable[..., list[Proposal]]]] = {
    "typo": typos,
    "real-word": confusions,
    "dropped-word": dropped_words,
    "doubled-word": doubled_words,
    "swapped-words": swapped_words,
    "agreement": disagreements,
    "article": articles,
    "preposition": prepositions,
    "number": numbers,
    "garbled": garbled,
    "loop": loops,
}

_WORDS_PER_ERROR: Final = 60
_WORDS_PER_PASSAGE: Final = 150
_PASSAGES: Final = ("garbled", "loop")
_LEAST_DISTANCE: Final = 100
"""Characters between two errors: each has clean text around it."""


def plant(text: str, kind: str, *, seed: str, is_word: Callable[[str], bool]) -> Copy:
    """Return a copy with errors of a kind; with none, if there is no place for them."""
    rng = random.Random(f"{seed} {kind}")
    reading = read(text)
    per_error = _WORDS_PER_PASSAGE if kind in _PASSAGES else _WORDS_PER_ERROR
    n_wanted = max(1, round(reading.n_words / per_error))
    proposals = PROPOSERS[kind](reading, rng)
    return damaged(text, kind, _chosen(proposals, n_wanted, rng, is_word))


def _chosen(
    proposals: list[Proposal], n_wanted: int, rng: random.Random, is_word: Callable[[str], bool]
) -> list[Proposal]:
    """Take proposals far enough from each other, of all varieties in turn."""
    by_variety: defaultdict[str, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_variety[proposal.variety].append(proposal)
    for of_variety in by_variety.values():
        rng.shuffle(of_variety)
    chosen: list[Proposal] = []
    while by_variety and len(chosen) < n_wanted:
        for variety in rng.sample(sorted(by_variety), len(by_variety)):
            usable = _next(by_variety[variety], chosen, is_word)
            if usable is None:
                del by_variety[variety]
            elif len(chosen) < n_wanted:
                chosen.append(usable)
    return chosen


def _next(
    proposals: list[Proposal], chosen: list[Proposal], is_word: Callable[[str], bool]
) -> Proposal | None:
    while proposals:
        proposal = proposals.pop()
        is_near = any(
            proposal.start < other.end + _LEAST_DISTANCE
            and other.start < proposal.end + _LEAST_DISTANCE
            for other in chosen
        )
        if not is_near and not (proposal.made and is_word(proposal.made)):
            return proposal
    return None
