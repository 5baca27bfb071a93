"""Which candidates are worth to be read to their end: bounds and guesses, before anything is read.

A candidate can gain no more than all the surprise of what it replaces, and some of that of the word
after it. Once the model's logprob of its first token is known, a better guess is possible.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.rereading.reading import Reading
from ppl_engine.findings.rereading.values import Proposal
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

_N_READ: Final = 4
_N_READ_OF_KIND: Final = 2
"""Candidates of a word that are read to their end: in all, and of one kind of slip."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A candidate before it is spelled out in its place."""

    proposal: Proposal
    divergence: int | None = None
    """The token in which it differs first, where that is easily known."""

    first_id: int = 0
    """What would stand there."""

    n_later: int = 0
    """How many tokens are new after it, about."""


def most_gain_bits(reading: Reading, proposal: Proposal) -> float:
    """Return what a candidate could gain at most."""
    first, after = replaced_words(reading.document.words, proposal)
    return reading.surprisal_bits(first, after) + _relief_bits(reading, after)


def may_be_worth(reading: Reading, proposal: Proposal) -> bool:
    """Whether a candidate could gain what its slip costs."""
    least_bits = proposal.candidate.cost_bits + LEAST_NET_BITS
    return least_bits < most_gain_bits(reading, proposal)


def hope_bits(reading: Reading, guess: Guess, first_logprob: float | None) -> float:
    """Return the net gain to be hoped for, given the logprob of the first token if it is known."""
    candidate = guess.proposal.candidate
    if guess.divergence is None or first_logprob is None:
        return most_gain_bits(reading, guess.proposal) - _UNSEEN_BITS - candidate.cost_bits
    words = reading.document.words
    _, after = replaced_words(words, guess.proposal)
    stands_nats = reading.nats_between(guess.divergence, int(words.end_token[after - 1]))
    stands_nats *= 1 - _STAYING.get(candidate.slip, 0.0)
    gain_bits = (first_logprob - stands_nats) / NATS_PER_BIT + _relief_bits(reading, after)
    return gain_bits - _LATER_TOKEN_BITS * guess.n_later - candidate.cost_bits


def most_hopeful(hopes: Iterable[tuple[Guess, float]]) -> list[Guess]:
    """Keep the candidates of a word with most hope, of each kind of slip a few."""
    n_of_kind: Counter[Slip] = Counter()
    kept: list[Guess] = []
    for guess, bits in sorted(hopes, key=lambda pair: -pair[1]):
        slip = guess.proposal.candidate.slip
        if bits < _LEAST_HOPE_BITS or len(kept) == _N_READ:
            break
        if n_of_kind[slip] < _N_READ_OF_KIND:
            kept.append(guess)
            n_of_kind[slip] += 1
    return kept


def replaced_words(words: WordScores, proposal: Proposal) -> tuple[int, int]:
    """Return the words `[first, after)` that a candidate replaces."""
    span: Span = proposal.candidate.span
    first, after = proposal.word_idx, proposal.word_idx + 1
    while first > 0 and span.start < words.starts[first]:
        first -= 1
    while after < len(words) and words.starts[after] < span.end:
        after += 1
    return first, after


def _relief_bits(reading: Reading, following_idx: int) -> float:
    surprisal_bits = reading.surprisal_bits(following_idx, following_idx + 1)
    return _RELIEF * max(0.0, surprisal_bits - _ORDINARY_BITS)
