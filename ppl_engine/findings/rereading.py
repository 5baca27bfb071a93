"""A sentence read again with what might have been meant: the evidence for a mistake.

For each suspicious word, candidates are weighed in two steps. What the model makes of their first
token costs one row of its head and leaves a few; those are read to their end, and on through the
words that follow:

    text          the model wierd words are in, …
    divergence              ^
    as it stands            wierd words are in           logprobs known from one reading of the block
    candidate               weird words are in           a branch of the same reading

    gain = log2 p(candidate and what follows) − log2 p(the text as it stands over the same stretch)
    net  = gain − what the slip costs a priori

The gain alone is the criterion of LM-Critic (Yasunaga et al. 2021, arXiv 2109.06822: a good
sentence is a local optimum of probability); the price is that of a noisy channel (Kernighan, Church
& Gale 1990).

Text is read in blocks of bounded length with a little context, and what comes of a block depends on
its tokens alone: an edit has but the blocks around it read again.
"""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from typing import Final

import numpy as np

from ppl_engine.findings.correction.candidates import candidates
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.slips import Candidate, Slip
from ppl_engine.findings.finding import Alternative
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints, TokenScores, WindowScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.windows import Window
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

_BLOCK_TOKENS: Final = 128
_CONTEXT_TOKENS: Final = 96
_LOOK_BACK: Final = 12
"""Tokens before a block at which a candidate for its first word may begin to differ."""

_FOLLOWING_TOKENS: Final = 8
"""How far is read on behind a candidate: what follows a wrong word is mostly decided by then."""

_MOST_ALTERNATIVES: Final = 3
_N_EXPECTED: Final = 20
_N_WEIGHED: Final = 24
"""Candidates of a word of which the first token is looked at, the cheapest first."""

_ORDINARY_BITS: Final = 5.0
_RELIEF: Final = 0.7
"""What follows a wrong word surprises too: so much of it beyond the ordinary may be its fault."""

_N_READ: Final = 4
"""Candidates of a word that are read to their end."""

_LATER_TOKEN_BITS: Final = 3.0
"""What each further token of a candidate is guessed to cost before it is read."""

_LEAST_HOPE_BITS: Final = 1.0
_N_REMEMBERED: Final = 2048


@dataclass(frozen=True, slots=True)
class Judged:
    """A suspicious word for which something else reads better, price included."""

    word_start: int
    """Where the suspicious word begins."""

    span: Span
    """What is replaced: the word, maybe with its neighbors."""

    text: str
    alternatives: tuple[Alternative, ...]
    """Best first; never empty."""

    slip: Slip
    """Of the best."""

    net_bits: float
    """Gain of the best beyond the cost of its slip."""

    surprisal_bits: float
    """Of the stretch as it stands, without what follows."""

    def moved(self, shift: int) -> "Judged":
        """Return the same at another place."""
        span = Span(self.span.start + shift, self.span.end + shift)
        return replace(self, word_start=self.word_start + shift, span=span)


@dataclass(frozen=True, slots=True)
class Document:
    """What is read: a text with its tokens and words."""

    text: str
    tokens: TokenScores
    words: WordScores


class Rereader:
    """Judges suspicious words; remembers what came of blocks it has read. For one thread."""

    def __init__(self, scorer: Scorer, lexicon: Lexicon) -> None:
        self._scorer = scorer
        self._lexicon = lexicon
        self._remembered: OrderedDict[bytes, tuple[Judged, ...]] = OrderedDict()

    @property
    def lexicon(self) -> Lexicon:
        """The list of words."""
        return self._lexicon

    def judge(
        self, document: Document, suspects: Ints
    ) -> Generator[Progress, None, list[Judged]]:
        """Return those of the words for which something reads better, in order; a step a block."""
        n_tokens = len(document.tokens)
        found: list[Judged] = []
        for block in _blocks(document, suspects):
            key = block.key(document)
            if key not in self._remembered:
                yield Progress(n_tokens, n_tokens)
                judged = tuple(self._judge_block(document, block))
                self._remember(key, tuple(one.moved(-block.offset) for one in judged))
            found += (one.moved(block.offset) for one in self._remembered[key])
        return found

    def _remember(self, key: bytes, judged: tuple[Judged, ...]) -> None:
        self._remembered[key] = judged
        if len(self._remembered) > _N_REMEMBERED:
            self._remembered.popitem(last=False)

    def _judge_block(self, document: Document, block: "_Block") -> list[Judged]:
        window, first_row = block.window(document, self._scorer.bos_id)
        ((_, scores),) = next(self._scorer.score_windows([window]))
        reading = _Reading(document, block, scores, first_row)
        options = self._options(reading)
        weighed = self._weighed(reading, options)
        return self._read_on(reading, window, weighed)

    def _options(self, reading: "_Reading") -> "list[_Option]":
        """Spell the cheapest candidates of every suspicious word."""
        document, words = reading.document, reading.document.words
        rows = [reading.row(int(words.first_token[idx])) for idx in reading.block.suspects]
        predicted = self._scorer.predict(reading.scores.hidden[rows], _N_EXPECTED)
        found: list[_Option] = []
        for idx, predictions in zip(reading.block.suspects, predicted, strict=True):
            expected = [p.text.strip() for p in predictions if p.text[:1] == " "]
            proposed = candidates(
                document.text,
                words.starts,
                words.ends,
                words.is_word,
                idx,
                self._lexicon,
                [word for word in expected if self._lexicon.knows(word)],
            )
            promising = [c for c in proposed if c.cost_bits < _most_gain_bits(document, idx, c)]
            spelled = (
                _spelled(reading, idx, candidate, self._scorer)
                for candidate in promising[:_N_WEIGHED]
            )
            found += [option for option in spelled if option is not None]
        return found

    def _weighed(self, reading: "_Reading", options: "list[_Option]") -> "list[_Option]":
        """Keep for each word the few candidates whose first token leaves most hope."""
        if not options:
            return []
        hidden = reading.scores.hidden[[reading.row(o.divergence) for o in options]]
        firsts = self._scorer.logprobs_at(hidden, [o.ids[:1] for o in options])
        known = [
            replace(option, first_logprob=float(first[0]))
            for option, first in zip(options, firsts, strict=True)
        ]
        hopeful = [option for option in known if _LEAST_HOPE_BITS <= option.hope_bits(reading)]
        kept: list[_Option] = []
        for _, group in groupby(hopeful, key=lambda option: option.word_idx):
            best = sorted(group, key=lambda option: -option.hope_bits(reading))
            kept += best[:_N_READ]
        return kept

    def _read_on(
        self, reading: "_Reading", window: Window, options: "list[_Option]"
    ) -> list[Judged]:
        if not options:
            return []
        n_before = len(window.ids) - window.n_targets
        branches = [
            Branch(n_before + reading.row(option.divergence), option.ids) for option in options
        ]
        read = self._scorer.score_branches(window.ids, branches)
        nets = [
            (option, float(np.sum(logprobs, dtype=np.float64)) - reading.between(option))
            for option, logprobs in zip(options, read, strict=True)
        ]
        judged: list[Judged] = []
        for _, group in groupby(nets, key=lambda pair: pair[0].word_idx):
            gains = [(option, nats / NATS_PER_BIT) for option, nats in group]
            if (one := _judged(reading, gains)) is not None:
                judged.append(one)
        return judged


@dataclass(frozen=True, slots=True)
class _Block:
    """Suspicious words that are judged by one reading of the tokens `[start, end)`."""

    context_start: int
    start: int
    end: int
    suspects: tuple[int, ...]
    offset: int
    """Of the text in it."""

    def window(self, document: Document, bos_id: int | None) -> tuple[Window, int]:
        """Return what is read, and the token of the first row that is looked at."""
        ids = document.tokens.ids
        bos = np.array([] if bos_id is None else [bos_id], dtype=np.int64)
        first_row = max(self.context_start, self.start - _LOOK_BACK)
        n_context = len(bos) + first_row - self.context_start
        joined = np.concatenate([bos, ids[self.context_start : self.end]])
        return Window(joined, n_context), first_row

    def key(self, document: Document) -> bytes:
        """Return a digest of all that the result depends on."""
        tokens, words = document.tokens, document.words
        own = slice(self.context_start, self.end)
        digest = blake2b(tokens.ids[own].astype("<i8").tobytes(), digest_size=16)
        text = document.text[self.offset : int(tokens.ends[self.end - 1])]
        digest.update(text.encode("utf-8", errors="surrogatepass"))
        places = words.starts[list(self.suspects)] - self.offset
        digest.update(places.astype("<i8").tobytes())
        digest.update((self.start - self.context_start).to_bytes(8, "little"))
        return digest.digest()


def _blocks(document: Document, suspects: Ints) -> list[_Block]:
    """Put suspicious words together that lie in the same stretch of a segment."""
    tokens, words = document.tokens, document.words
    first = words.first_token[suspects]
    segment_idx = np.searchsorted(tokens.segment_starts, first, side="right") - 1
    segment_start = tokens.segment_starts[segment_idx]
    segment_end = np.append(tokens.segment_starts[1:], len(tokens))[segment_idx]
    start = segment_start + (first - segment_start) // _BLOCK_TOKENS * _BLOCK_TOKENS
    earliest = tokens.segment_starts[np.maximum(0, segment_idx - 1)]
    context_start = np.maximum(earliest, start - _CONTEXT_TOKENS)
    columns = (suspects, context_start, start, segment_end)
    places = zip(*(column.tolist() for column in columns), strict=True)
    found: list[_Block] = []
    for (before, begin, limit), group in groupby(places, key=lambda place: place[1:]):
        end = min(begin + _BLOCK_TOKENS + 2 * _FOLLOWING_TOKENS, limit)
        members = tuple(place[0] for place in group)
        found.append(_Block(before, begin, end, members, int(tokens.starts[before])))
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """A block with what one reading of it says; row r of the scores is token `first_row + r`."""

    document: Document
    block: _Block
    scores: WindowScores
    first_row: int

    def row(self, token_idx: int) -> int:
        return token_idx - self.first_row

    def between(self, option: "_Option") -> float:
        """Return the logprob of the text as it stands over the stretch of an option, in nats."""
        rows = slice(self.row(option.divergence), self.row(option.end))
        return float(np.sum(self.scores.logprob[rows], dtype=np.float64))


@dataclass(frozen=True, slots=True)
class _Option:
    """A candidate as tokens: `ids` stand in the place of the tokens `[divergence, end)`."""

    word_idx: int
    candidate: Candidate
    divergence: int
    replaced_end: int
    """After the last token of what is replaced; what follows goes on to `end`."""

    end: int
    ids: Ints
    first_logprob: float = 0.0

    def hope_bits(self, reading: _Reading) -> float:
        """Return the net gain to be expected once the first token is known."""
        stands = slice(reading.row(self.divergence), reading.row(self.replaced_end))
        old_nats = float(np.sum(reading.scores.logprob[stands], dtype=np.float64))
        n_later = max(0, len(self.ids) - (self.end - self.replaced_end) - 1)
        later_bits = _LATER_TOKEN_BITS * n_later
        gain_bits = (self.first_logprob - old_nats) / NATS_PER_BIT
        words = reading.document.words
        following_idx = int(np.searchsorted(words.starts, self.candidate.span.end))
        relief_bits = _relief_bits(words, following_idx)
        return gain_bits + relief_bits - later_bits - self.candidate.cost_bits


def _most_gain_bits(document: Document, word_idx: int, candidate: Candidate) -> float:
    """Return what could be gained at most: all the surprise of what is replaced, and relief."""
    words, span = document.words, candidate.span
    first = word_idx
    while first > 0 and span.start < words.starts[first]:
        first -= 1
    after = word_idx + 1
    while after < len(words) and words.starts[after] < span.end:
        after += 1
    replaced = -float(words.logprob[first:after].sum()) / NATS_PER_BIT
    return replaced + _relief_bits(words, after)


def _relief_bits(words: WordScores, following_idx: int) -> float:
    if following_idx == len(words):
        return 0.0
    surprisal_bits = -float(words.logprob[following_idx]) / NATS_PER_BIT
    return _RELIEF * max(0.0, surprisal_bits - _ORDINARY_BITS)


def _spelled(
    reading: _Reading, word_idx: int, candidate: Candidate, scorer: Scorer
) -> _Option | None:
    """Find the tokens of a candidate and of what follows it; None where that is not possible.

    A few words around it are cut into tokens with and without the candidate. That is trusted as far
    as the tokens without it end like those of the text.
    """
    text, tokens = reading.document.text, reading.document.tokens
    span = candidate.span
    first = int(np.searchsorted(tokens.ends, span.start, side="right"))
    after = int(np.searchsorted(tokens.starts, span.end))
    low = _word_start(tokens, first - 3, reading.first_row)
    end = _next_word(tokens, min(after + _FOLLOWING_TOKENS, reading.block.end), reading.block.end)
    if first < reading.first_row + 1 or end < after:
        return None
    start, stop = int(tokens.starts[low]), int(tokens.ends[end - 1])
    old = scorer.encode(text[start:stop]).ids
    new = scorer.encode(text[start : span.start] + candidate.text + text[span.end : stop]).ids
    n_same = _n_leading(old, new)
    divergence = end - (len(old) - n_same)
    n_trusted = _n_leading(old[::-1], tokens.ids[low:end][::-1])
    if divergence < end - n_trusted or n_same == len(new):
        return None
    if not reading.first_row < divergence < reading.block.end:
        return None
    return _Option(word_idx, candidate, divergence, max(after, divergence), end, new[n_same:])


def _word_start(tokens: TokenScores, token_idx: int, lowest: int) -> int:
    while token_idx > lowest and not tokens.begins_word[token_idx]:
        token_idx -= 1
    return max(lowest, token_idx)


def _next_word(tokens: TokenScores, token_idx: int, highest: int) -> int:
    while token_idx < highest and not tokens.begins_word[token_idx]:
        token_idx += 1
    return token_idx


def _n_leading(one: Ints, other: Ints) -> int:
    n = min(len(one), len(other))
    different = np.flatnonzero(one[:n] != other[:n])
    return int(different[0]) if len(different) else n


def _judged(reading: _Reading, gains: "Sequence[tuple[_Option, float]]") -> Judged | None:
    """Take the best of a word's candidates, with those that change the same stretch."""
    by_net = sorted(gains, key=lambda pair: pair[0].candidate.cost_bits - pair[1])
    best, gain_bits = by_net[0]
    net_bits = gain_bits - best.candidate.cost_bits
    if net_bits <= 0:
        return None
    span = best.candidate.span
    alike = [pair for pair in by_net if pair[0].candidate.span == span]
    worth = [pair for pair in alike if 0 < pair[1] - pair[0].candidate.cost_bits]
    alternatives = tuple(
        Alternative(o.candidate.text, float(np.exp(o.first_logprob)), gain)
        for o, gain in worth[:_MOST_ALTERNATIVES]
    )
    stands = slice(reading.row(best.divergence), reading.row(best.replaced_end))
    surprisal = -float(np.sum(reading.scores.logprob[stands], dtype=np.float64)) / NATS_PER_BIT
    return Judged(
        word_start=int(reading.document.words.starts[best.word_idx]),
        span=span,
        text=span.of(reading.document.text),
        alternatives=alternatives,
        slip=best.candidate.slip,
        net_bits=net_bits,
        surprisal_bits=surprisal,
    )
