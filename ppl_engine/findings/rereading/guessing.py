"""The candidates of suspicious words that leave some hope, before any of them is read."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ppl_engine.findings.correction.candidates import candidates, expected_here
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place, place_of
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip
from ppl_engine.findings.rereading.reading import Reading
from ppl_engine.findings.rereading.spelling_out import n_leading
from ppl_engine.findings.rereading.weighing import LEAST_NET_BITS, Guess, Standing, standing
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.text.spans import Span

_N_EXPECTED: Final = 20
"""Predictions of the model that are looked at for words."""

_N_SPELLINGS: Final = 20_000
_N_MEANT: Final = 4096


class Guesser:
    """Finds what could have been meant by words; remembers how words are cut into tokens."""

    def __init__(self, scorer: Scorer, lexicon: Lexicon) -> None:
        self._scorer = scorer
        self._lexicon = lexicon
        self._spellings: dict[str, tuple[int, ...]] = {}
        self._meant: dict[Place, tuple[int, list[Candidate]]] = {}

    def guesses(self, reading: Reading, word_idx: int) -> Iterator[Guess]:
        """Yield the candidates of a word that could gain what they cost."""
        text, words = reading.document.text, reading.document.words
        place = place_of(text, words.starts, words.ends, words.is_word, word_idx)
        if place is None:
            return
        there: dict[Span, Standing] = {}
        shift, meant = self._candidates(text, place)
        for candidate in meant:
            stands = there.get(candidate.span)
            if stands is None:
                stands = standing(reading, word_idx, candidate.span.moved(shift))
                there[candidate.span] = stands
            if stands.leaves_hope(candidate.slip, candidate.cost_bits):
                here = candidate.moved(shift) if shift else candidate
                yield self._guess(reading, word_idx, here, stands)
        least_bits = COSTS.expected + self._lexicon.usage_bits(place.word) + LEAST_NET_BITS
        if least_bits < reading.surprisal_bits(word_idx, word_idx + 1):
            expected = self._expected(reading, word_idx)
            for candidate in expected_here(text, place, self._lexicon, expected):
                stands = standing(reading, word_idx, candidate.span)
                yield self._guess(reading, word_idx, candidate, stands)

    def _candidates(self, text: str, place: Place) -> tuple[int, list[Candidate]]:
        """Return what could have been meant in a place; known if there was one like it before.

        They are those of the first such place: by how much this one is after it comes with them.
        """
        start = place.span.start
        alike = place.moved(-start)
        if alike not in self._meant:
            if len(self._meant) == _N_MEANT:
                self._meant.clear()
            self._meant[alike] = start, candidates(text, place, self._lexicon)
        first_start, found = self._meant[alike]
        return start - first_start, found

    def _expected(self, reading: Reading, word_idx: int) -> list[str]:
        """Return whole words that the model expects in the place of a word."""
        row = reading.row(int(reading.document.words.first_token[word_idx]))
        if not 0 <= row < len(reading.scores.hidden):
            return []
        (predictions,) = self._scorer.predict(reading.scores.hidden[row : row + 1], _N_EXPECTED)
        spaced = (p.text.strip() for p in predictions if p.text[:1] == " ")
        return [word for word in spaced if self._lexicon.lists(word)]

    def _guess(
        self, reading: Reading, word_idx: int, candidate: Candidate, stands: Standing
    ) -> Guess:
        """Find the first token in which a candidate differs, as if it were cut by itself."""
        leading, _, later_words = candidate.text.partition(" ")
        spelled = self._ids(stands.space_before + leading)
        n_same = n_leading(spelled, stands.ids)
        divergence = stands.first_token + n_same
        is_read = n_same < len(spelled) and reading.is_read(divergence)
        if candidate.span.start != stands.start or not is_read:
            return Guess(word_idx, candidate, stands)
        n_later = len(spelled) - n_same - 1
        if candidate.slip is not Slip.MISSING and later_words:
            n_later += len(later_words.split())
        return Guess(word_idx, candidate, stands, divergence, spelled[n_same], n_later)

    def _ids(self, piece: str) -> tuple[int, ...]:
        """Return the tokens of a word by itself; the same words come again and again."""
        if piece not in self._spellings:
            if len(self._spellings) == _N_SPELLINGS:
                self._spellings.clear()
            self._spellings[piece] = tuple(self._scorer.encode(piece).ids.tolist())
        return self._spellings[piece]


def first_logprobs(
    scorer: Scorer, readings: Sequence[Reading], guesses: Sequence[Sequence[Guess]]
) -> list[list[float | None]]:
    """Return ln p of the first token of each guess of each reading, where it is known which.

    The model is asked once for all of them.
    """
    asked: dict[tuple[int, int], list[int]] = {}  # tokens by reading and row
    for k, (reading, own) in enumerate(zip(readings, guesses, strict=True)):
        for guess in own:
            if guess.divergence is not None:
                row = reading.row(guess.divergence)
                asked.setdefault((k, row), []).append(guess.first_id)
    if not asked:
        return [[None for _ in own] for own in guesses]
    hidden = np.stack([readings[k].scores.hidden[row] for k, row in asked])
    answers = scorer.logprobs_at(hidden, [np.array(ids, dtype=np.int64) for ids in asked.values()])
    known = {place: iter(row.tolist()) for place, row in zip(asked, answers, strict=True)}
    return [
        [
            None if guess.divergence is None else next(known[k, reading.row(guess.divergence)])
            for guess in own
        ]
        for k, (reading, own) in enumerate(zip(readings, guesses, strict=True))
    ]
