"""Which candidates are worth to be read to their end: bounds and guesses, before anything is read.

A candidate can gain no more than all the surprise of what it replaces, and some of that of the word
after it. Once the model's logprob of its first token is known, a better guess is possible.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ppl_engine.findings.correction.slips import Candidate, Slip
from ppl_engine.findings.rereading.reading import Reading
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

LEAST_NET_BITS: Final = 2.0
"""What outweighs its slip by less is not worth a word."""

_LEAST_HOPE_BITS: Final = 2.0
"""What is guessed to do so by less is not worth the reading: guesses are on the hopeful side."""

_ORDINARY_BITS: Final = 5.0
_RELIEF: Final = 0.7
"""What follows a wrong word surprises too: so much of it beyond the ordinary may be its fault."""

_STAYING: Final = {Slip.MISSING: 0.5, Slip.SWAPPED: 0.25}
"""What part of its surprise is guessed to stay with words that stay, in another place."""

_LATER_TOKEN_BITS: Final = 3.0
"""What each further token of a candidate is guessed to cost."""

_UNSEEN_BITS: Final = 8.0
"""What is guessed that a candidate will not gain of which no first token is known."""

_ROUNDING_BITS: Final = 1e-6
"""A bound is not to be missed by how its terms were added up."""

_N_READ: Final = 4
_N_READ_OF_KIND: Final = 2
"""Candidates of a word that are read to their end: in all, and of one kind of slip."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The words that stand where candidates of one span would, and what these could gain."""

    start: int
    """Where the first of them begins."""

    space_before: str
    """The space before it, if there is one."""

    first_token: int
    ids: tuple[int, ...]
    relief_bits: float
    """How much of the surprise of the word after them may be their fault."""

    surprisal_bits: float

    @property
    def most_gain_bits(self) -> float:
        """What a candidate could gain at most."""
        return self.surprisal_bits + self.relief_bits

    def leaves_hope(self, slip: Slip, cost_bits: float) -> bool:
        """Whether a candidate could be hoped to gain what its slip costs: see `hope_bits`."""
        if self.most_gain_bits <= cost_bits + LEAST_NET_BITS:
            return False
        staying_bits = _STAYING.get(slip, 0.0) * self.surprisal_bits
        most_bits = self.most_gain_bits - min(staying_bits, _UNSEEN_BITS)
        return cost_bits + _LEAST_HOPE_BITS - _ROUNDING_BITS <= most_bits


@dataclass(frozen=True, slots=True)
class Guess:
    """A candidate before it is spelled out in its place."""

    word_idx: int
    candidate: Candidate
    standing: Standing
    divergence: int | None = None
    """The token in which it differs first, where that is easily known."""

    first_id: int = 0
    """What would stand there."""

    n_later: int = 0
    """How many tokens are new after it, about."""


def standing(reading: Reading, word_idx: int, span: Span) -> Standing:
    """Return what stands in a span, which holds a word and maybe some beside it."""
    words = reading.document.words
    text = reading.document.text
    first, after = _replaced_words(words, word_idx, span)
    start = int(words.starts[first])
    first_token, end_token = int(words.first_token[first]), int(words.end_token[after - 1])
    return Standing(
        start=start,
        space_before=" " if text[start - 1 : start] == " " else "",
        first_token=first_token,
        ids=tuple(reading.document.tokens.ids[first_token:end_token].tolist()),
        relief_bits=_relief_bits(reading, after),
        surprisal_bits=reading.surprisal_bits(first, after),
    )


def hope_bits(reading: Reading, guess: Guess, first_logprob: float | None) -> float:
    """Return the net gain to be hoped for, given the logprob of the first token if it is known."""
    candidate, there = guess.candidate, guess.standing
    if guess.divergence is None or first_logprob is None:
        return there.most_gain_bits - _UNSEEN_BITS - candidate.cost_bits
    stands_nats = reading.nats_between(guess.divergence, there.first_token + len(there.ids))
    stands_nats *= 1 - _STAYING.get(candidate.slip, 0.0)
    gain_bits = (first_logprob - stands_nats) / NATS_PER_BIT + there.relief_bits
    return gain_bits - _LATER_TOKEN_BITS * guess.n_later - candidate.cost_bits


def most_hopeful(hopes: Iterable[tuple[Guess, float]]) -> list[Guess]:
    """Keep the candidates of a word with most hope, of each kind of slip a few."""
    n_of_kind: Counter[Slip] = Counter()
    kept: list[Guess] = []
    for guess, bits in sorted(hopes, key=lambda pair: -pair[1]):
        slip = guess.candidate.slip
        if bits < _LEAST_HOPE_BITS or len(kept) == _N_READ:
            break
        if n_of_kind[slip] < _N_READ_OF_KIND:
            kept.append(guess)
            n_of_kind[slip] += 1
    return kept


def _replaced_words(words: WordScores, word_idx: int, span: Span) -> tuple[int, int]:
    """Return the words `[first, after)` of which a span holds something."""
    first, after = word_idx, word_idx + 1
    while first > 0 and span.start < words.starts[first]:
        first -= 1
    while after < len(words) and words.starts[after] < span.end:
        after += 1
    return first, after


def _relief_bits(reading: Reading, following_idx: int) -> float:
    surprisal_bits = reading.surprisal_bits(following_idx, following_idx + 1)
    return _RELIEF * max(0.0, surprisal_bits - _ORDINARY_BITS)
