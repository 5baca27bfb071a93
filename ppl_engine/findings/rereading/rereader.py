"""Judges suspicious words by what might have been meant."""

from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from ppl_engine.findings.correction.candidates import candidates, expected_here
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import Place, place_of
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip
from ppl_engine.findings.finding import Alternative
from ppl_engine.findings.rereading.reading import Block, Reading, blocks
from ppl_engine.findings.rereading.spelling_out import Option, n_leading, spelled_out
from ppl_engine.findings.rereading.values import Document, Judged, Proposal
from ppl_engine.findings.rereading.weighing import (
    LEAST_NET_BITS,
    Guess,
    Standing,
    hope_bits,
    most_hopeful,
    standing,
)
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Floats, Ints
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.windows import Window
from ppl_engine.text.spans import Span

_MOST_ALTERNATIVES: Final = 3
_N_EXPECTED: Final = 20
"""Predictions of the model that are looked at for words."""

_N_REMEMBERED: Final = 2048
_WORDS_OF_STEP: Final = 4
_N_SPELLINGS: Final = 20_000
_N_MEANT: Final = 4096


class Rereader:
    """Judges suspicious words; remembers what came of blocks it has read. For one thread."""

    def __init__(self, scorer: Scorer, lexicon: Lexicon) -> None:
        self._scorer = scorer
        self._lexicon = lexicon
        self._spellings: dict[str, tuple[int, ...]] = {}
        self._meant: dict[Place, list[Candidate]] = {}
        self._remembered: OrderedDict[bytes, tuple[Judged, ...]] = OrderedDict()

    @property
    def lexicon(self) -> Lexicon:
        """The list of words."""
        return self._lexicon

    def judge(self, document: Document, suspects: Ints) -> Generator[Progress, None, list[Judged]]:
        """Return those of the words for which something reads better, in order.

        A step is a part of a block, so that who waits for something else does not wait long.

        `suspects` are indices of words, ascending. Their tokens must be scored.
        """
        n_tokens = len(document.tokens)
        found: list[Judged] = []
        for block in blocks(document, suspects):
            # What lies beyond the block is not there to be looked at: the memory would be wrong.
            part, own = block.alone(document)
            key = own.key(part)
            if key not in self._remembered:
                judged = yield from self._judge_block(part, own, Progress(n_tokens, n_tokens))
                self._remember(key, judged)
            self._remembered.move_to_end(key)
            found += (one.moved(block.offset) for one in self._remembered[key])
        return found

    def _remember(self, key: bytes, judged: tuple[Judged, ...]) -> None:
        self._remembered[key] = judged
        if len(self._remembered) > _N_REMEMBERED:
            self._remembered.popitem(last=False)

    def _judge_block(
        self, document: Document, block: Block, progress: Progress
    ) -> Generator[Progress, None, tuple[Judged, ...]]:
        window = block.window(document, self._scorer.bos_id)
        yield progress
        ((_, scores),) = next(self._scorer.score_windows([window]))
        reading = Reading(document, block, scores)
        guesses: list[Guess] = []
        for few in _by(_WORDS_OF_STEP, block.suspects):
            yield progress
            guesses += [guess for idx in few for guess in self._guesses(reading, idx)]
        yield progress
        options = self._options(reading, guesses)
        yield progress
        return tuple(self._read_on(reading, window, options))

    def _options(self, reading: Reading, guesses: Sequence[Guess]) -> list[Option]:
        """Spell out the few candidates of each suspicious word that leave most hope."""
        hopes = zip(guesses, self._hopes_bits(reading, guesses), strict=True)
        found: list[Option] = []
        for _, group in groupby(hopes, key=lambda pair: pair[0].proposal.word_idx):
            options = (
                spelled_out(reading, guess.proposal, self._scorer) for guess in most_hopeful(group)
            )
            found += [option for option in options if option is not None]
        return found

    def _guesses(self, reading: Reading, word_idx: int) -> Iterator[Guess]:
        """Yield the candidates of a word that could gain what they cost."""
        text, words = reading.document.text, reading.document.words
        place = place_of(text, words.starts, words.ends, words.is_word, word_idx)
        if place is None:
            return
        start = place.span.start
        there: dict[Span, Standing] = {}  # by where it is from the start of the word
        for candidate in self._candidates(text, place):
            if candidate.span not in there:
                span = candidate.span.moved(start)
                there[candidate.span] = standing(reading, word_idx, span)
            stands = there[candidate.span]
            if stands.may_be_outweighed_by(candidate):
                yield self._guess(reading, Proposal(word_idx, candidate.moved(start)), stands)
        least_bits = COSTS.expected + self._lexicon.usage_bits(place.word) + LEAST_NET_BITS
        if least_bits < reading.surprisal_bits(word_idx, word_idx + 1):
            expected = self._expected(reading, word_idx)
            for candidate in expected_here(text, place, self._lexicon, expected):
                stands = standing(reading, word_idx, candidate.span)
                yield self._guess(reading, Proposal(word_idx, candidate), stands)

    def _candidates(self, text: str, place: Place) -> list[Candidate]:
        """Return what could have been meant in a place; known if there was one like it before.

        Their spans count from the start of the word.
        """
        start = place.span.start
        alike = place.moved(-start)
        if alike not in self._meant:
            if len(self._meant) == _N_MEANT:
                self._meant.clear()
            found = candidates(text, place, self._lexicon)
            self._meant[alike] = [one.moved(-start) for one in found]
        return self._meant[alike]

    def _expected(self, reading: Reading, word_idx: int) -> list[str]:
        """Return whole words that the model expects in the place of a word."""
        row = reading.row(int(reading.document.words.first_token[word_idx]))
        if not 0 <= row < len(reading.scores.hidden):
            return []
        (predictions,) = self._scorer.predict(reading.scores.hidden[row : row + 1], _N_EXPECTED)
        spaced = (p.text.strip() for p in predictions if p.text[:1] == " ")
        return [word for word in spaced if self._lexicon.lists(word)]

    def _guess(self, reading: Reading, proposal: Proposal, stands: Standing) -> Guess:
        """Find the first token in which a candidate differs, as if it were cut by itself."""
        document, candidate = reading.document, proposal.candidate
        start = int(document.words.starts[stands.first_word])
        leading, _, later_words = candidate.text.partition(" ")
        spelled = self._ids((" " if document.text[start - 1 : start] == " " else "") + leading)
        n_same = n_leading(spelled, stands.ids)
        divergence = stands.first_token + n_same
        is_read = n_same < len(spelled) and reading.is_read(divergence)
        if candidate.span.start != start or not is_read:
            return Guess(proposal, stands)
        n_later = len(spelled) - n_same - 1
        if candidate.slip is not Slip.MISSING:
            n_later += len(later_words.split())
        return Guess(proposal, stands, divergence, spelled[n_same], n_later)

    def _ids(self, piece: str) -> tuple[int, ...]:
        """Return the tokens of a word by itself; the same words come again and again."""
        if piece not in self._spellings:
            if len(self._spellings) == _N_SPELLINGS:
                self._spellings.clear()
            self._spellings[piece] = tuple(self._scorer.encode(piece).ids.tolist())
        return self._spellings[piece]

    def _hopes_bits(self, reading: Reading, guesses: Sequence[Guess]) -> list[float]:
        """Return the net gain to be hoped for by each, asking the model for first tokens."""
        asked: dict[int, list[int]] = {}
        for guess in guesses:
            if guess.divergence is not None:
                asked.setdefault(guess.divergence, []).append(guess.first_id)
        hidden = reading.scores.hidden[[reading.row(token_idx) for token_idx in asked]]
        ids = [np.array(row, dtype=np.int64) for row in asked.values()]
        answers = self._scorer.logprobs_at(hidden, ids) if asked else []
        logprobs = {token: iter(row.tolist()) for token, row in zip(asked, answers, strict=True)}
        return [
            hope_bits(
                reading,
                guess,
                None if guess.divergence is None else float(next(logprobs[guess.divergence])),
            )
            for guess in guesses
        ]

    def _read_on(self, reading: Reading, window: Window, options: list[Option]) -> list[Judged]:
        """Read candidates to their end and through what follows."""
        if not options:
            return []
        branches = [
            Branch(window.n_context + reading.row(option.divergence), option.ids)
            for option in options
        ]
        read = self._scorer.score_branches(window.ids, branches)
        gains = [_Gain.of(o, logprobs, reading) for o, logprobs in zip(options, read, strict=True)]
        by_word = groupby(gains, key=lambda gain: gain.option.proposal.word_idx)
        judged = (_judged(reading, list(group)) for _, group in by_word)
        return [one for one in judged if one is not None]


def _by(n: int, suspects: Sequence[int]) -> Iterator[Sequence[int]]:
    return (suspects[k : k + n] for k in range(0, len(suspects), n))


@dataclass(frozen=True, slots=True)
class _Gain:
    """What the reading of an option came to."""

    option: Option
    gain_bits: float
    probability: float
    """Of its first token."""

    @classmethod
    def of(cls, option: Option, logprobs: Floats, reading: Reading) -> "_Gain":
        as_it_stands = reading.nats_between(option.divergence, option.end)
        gain_nats = float(np.sum(logprobs, dtype=np.float64)) - as_it_stands
        return cls(option, gain_nats / NATS_PER_BIT, float(np.exp(logprobs[0])))

    @property
    def net_bits(self) -> float:
        return self.gain_bits - self.option.proposal.candidate.cost_bits


def _judged(reading: Reading, gains: Sequence[_Gain]) -> Judged | None:
    """Take the best of a word's candidates, with those that change the same stretch."""
    worth = [gain for gain in gains if gain.net_bits >= LEAST_NET_BITS]
    if not worth:
        return None
    by_net = sorted(worth, key=lambda gain: -gain.net_bits)
    best = by_net[0].option
    candidate = best.proposal.candidate
    alike = _alike(by_net, candidate.span)
    stands_nats = reading.nats_between(best.divergence, best.replaced_end)
    return Judged(
        word_start=int(reading.document.words.starts[best.proposal.word_idx]),
        span=candidate.span,
        text=candidate.span.of(reading.document.text),
        alternatives=tuple(
            Alternative(gain.option.proposal.candidate.text, gain.probability, gain.gain_bits)
            for gain in alike[:_MOST_ALTERNATIVES]
        ),
        slip=candidate.slip,
        net_bits=by_net[0].net_bits,
        surprisal_bits=-stands_nats / NATS_PER_BIT,
    )


def _alike(gains: Sequence[_Gain], span: Span) -> list[_Gain]:
    """Keep those that replace a span; of those that do so with the same text the first."""
    found: dict[str, _Gain] = {}
    for gain in gains:
        candidate = gain.option.proposal.candidate
        if candidate.span == span:
            found.setdefault(candidate.text, gain)
    return list(found.values())
