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

from collections import Counter, OrderedDict
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from typing import Final

import numpy as np

from ppl_engine.findings.correction.candidates import candidates, expected_here
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip
from ppl_engine.findings.finding import Alternative
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Floats, Ints, TokenScores, WindowScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.windows import Window
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

_BLOCK_TOKENS: Final = 128
_CONTEXT_TOKENS: Final = 64
_LOOK_BACK: Final = 12
"""Tokens before a block at which a candidate for its first word may begin to differ."""

_FOLLOWING_TOKENS: Final = 8
"""How far is read on behind a candidate: what follows a wrong word is mostly decided by then."""

_MOST_ALTERNATIVES: Final = 3
_N_EXPECTED: Final = 20
"""Predictions of the model that are looked at for words."""

_N_WEIGHED: Final = 24
"""Candidates of a word of which the first token is looked at, the cheapest first."""

_ORDINARY_BITS: Final = 5.0
_RELIEF: Final = 0.7
"""What follows a wrong word surprises too: so much of it beyond the ordinary may be its fault."""

_N_READ: Final = 4
_N_READ_OF_KIND: Final = 2
"""Candidates of a word that are read to their end: in all, and of one kind of slip."""

_STAYING: Final = 0.4
"""What part of its surprise a word is guessed to keep after a word that was missing."""

_LATER_TOKEN_BITS: Final = 3.0
"""What each further token of a candidate is guessed to cost before it is read."""

_LEAST_NET_BITS: Final = 2.0
"""What outweighs its slip by less is not worth the reading."""

_UNSEEN_BITS: Final = 6.0
"""What is guessed that a candidate will not gain of which no first token is known."""

_N_REMEMBERED: Final = 2048
_N_SPELLINGS: Final = 20_000


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


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A candidate for a word."""

    word_idx: int
    candidate: Candidate


class Rereader:
    """Judges suspicious words; remembers what came of blocks it has read. For one thread."""

    def __init__(self, scorer: Scorer, lexicon: Lexicon) -> None:
        self._scorer = scorer
        self._lexicon = lexicon
        self._spellings: dict[str, Ints] = {}
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
                proposed = self._proposals(document, block.suspects)
                judged = tuple(self._judge_block(document, block, proposed)) if proposed else ()
                self._remember(key, tuple(one.moved(-block.offset) for one in judged))
            found += (one.moved(block.offset) for one in self._remembered[key])
        return found

    def _remember(self, key: bytes, judged: tuple[Judged, ...]) -> None:
        self._remembered[key] = judged
        if len(self._remembered) > _N_REMEMBERED:
            self._remembered.popitem(last=False)

    def _proposals(self, document: Document, suspects: Sequence[int]) -> list[_Proposal]:
        """Return the cheapest candidates of words that could gain what they cost."""
        words = document.words
        found: list[_Proposal] = []
        for idx in suspects:
            proposed = candidates(
                document.text, words.starts, words.ends, words.is_word, idx, self._lexicon
            )
            promising = [c for c in proposed if _may_be_worth(words, idx, c)][:_N_WEIGHED]
            found += [_Proposal(idx, candidate) for candidate in promising]
        return found

    def _judge_block(
        self, document: Document, block: "_Block", proposed: Sequence[_Proposal]
    ) -> list[Judged]:
        window, first_row = block.window(document, self._scorer.bos_id)
        ((_, scores),) = next(self._scorer.score_windows([window]))
        reading = _Reading(document, block, scores, first_row)
        every = sorted(
            [*proposed, *self._expected(reading, block)], key=lambda one: one.word_idx
        )
        return self._read_on(reading, window, self._options(reading, every))

    def _expected(self, reading: "_Reading", block: "_Block") -> "list[_Proposal]":
        """Return what the model expects in the place of words where that could be worth its cost."""
        document, words = reading.document, reading.document.words
        found: list[_Proposal] = []
        for idx in block.suspects:
            word = document.text[words.starts[idx] : words.ends[idx]]
            least_bits = COSTS.expected + self._lexicon.usage_bits(word) + _LEAST_NET_BITS
            if _most_gain_bits(words, idx, idx + 1) <= least_bits:
                continue
            row = reading.row(int(words.first_token[idx]))
            (predictions,) = self._scorer.predict(reading.scores.hidden[row : row + 1], _N_EXPECTED)
            spaced = (p.text.strip() for p in predictions if p.text[:1] == " ")
            proposed = expected_here(
                document.text,
                words.starts,
                words.ends,
                words.is_word,
                idx,
                self._lexicon,
                [word for word in spaced if self._lexicon.lists(word)],
            )
            found += [_Proposal(idx, candidate) for candidate in proposed]
        return found

    def _options(self, reading: "_Reading", proposed: Sequence[_Proposal]) -> "list[_Option]":
        """Spell the few candidates of each suspicious word that leave most hope."""
        guesses = [self._guess(reading, one.word_idx, one.candidate) for one in proposed]
        hopes = self._hopes_bits(reading, guesses)
        found: list[_Option] = []
        for _, group in groupby(zip(guesses, hopes, strict=True), key=lambda pair: pair[0].word_idx):
            spelled = (_spelled(reading, guess, self._scorer) for guess in _best(group))
            found += [option for option in spelled if option is not None]
        return found

    def _guess(self, reading: "_Reading", word_idx: int, candidate: Candidate) -> "_Guess":
        """Find the first token in which a candidate differs, as if it were cut by itself."""
        text, tokens, words = reading.document.text, reading.document.tokens, reading.document.words
        start, first = int(words.starts[word_idx]), int(words.first_token[word_idx])
        leading, later_words = candidate.text.split(" ", 1) if " " in candidate.text else (candidate.text, "")
        stands = tokens.ids[first : words.end_token[word_idx]]
        spelled = self._ids((" " if text[start - 1 : start] == " " else "") + leading)
        n_same = _n_leading(spelled, stands)
        is_read = reading.first_row <= first + n_same < reading.block.end
        if candidate.span.start != start or n_same == len(spelled) or not is_read:
            return _Guess(word_idx, candidate, None, 0, 0)
        n_later = len(spelled) - n_same - 1
        if candidate.slip is not Slip.MISSING:
            n_later += len(later_words.split())
        return _Guess(word_idx, candidate, first + n_same, int(spelled[n_same]), n_later)

    def _ids(self, piece: str) -> Ints:
        """Return the tokens of a word by itself; the same words come again and again."""
        if piece not in self._spellings:
            if len(self._spellings) == _N_SPELLINGS:
                self._spellings.clear()
            self._spellings[piece] = self._scorer.encode(piece).ids
        return self._spellings[piece]

    def _hopes_bits(self, reading: "_Reading", guesses: "Sequence[_Guess]") -> list[float]:
        """Return the net gain to be hoped for by each, from what the model makes of first tokens."""
        asked: dict[int, list[int]] = {}
        for guess in guesses:
            if guess.divergence is not None:
                asked.setdefault(guess.divergence, []).append(guess.first_id)
        hidden = reading.scores.hidden[[reading.row(token_idx) for token_idx in asked]]
        ids = [np.array(row, dtype=np.int64) for row in asked.values()]
        answers = self._scorer.logprobs_at(hidden, ids) if asked else []
        logprobs = {token: iter(row.tolist()) for token, row in zip(asked, answers, strict=True)}
        return [
            guess.hope_bits(
                reading,
                None if guess.divergence is None else float(next(logprobs[guess.divergence])),
            )
            for guess in guesses
        ]

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
        gains = [
            _Gain.of(option, logprobs, reading) for option, logprobs in zip(options, read, strict=True)
        ]
        by_word = (list(group) for _, group in groupby(gains, key=lambda g: g.option.word_idx))
        judged = (_judged(reading, of_word) for of_word in by_word)
        return [one for one in judged if one is not None]


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
class _Guess:
    """A candidate before it is spelled in its place."""

    word_idx: int
    candidate: Candidate
    divergence: int | None
    """The token in which it differs first, if the word is all that is replaced."""

    first_id: int
    """What would stand there."""

    n_later: int
    """How many tokens are new after it, about."""

    def hope_bits(self, reading: _Reading, first_logprob: float | None) -> float:
        """Return the net gain to be hoped for once the first token is known."""
        words = reading.document.words
        first, after = _replaced(words, self.word_idx, self.candidate.span)
        if self.divergence is None or first_logprob is None:
            most = _most_gain_bits(words, first, after)
            return most - _UNSEEN_BITS - self.candidate.cost_bits
        stands = slice(reading.row(self.divergence), reading.row(int(words.end_token[after - 1])))
        old_nats = float(np.sum(reading.scores.logprob[stands], dtype=np.float64))
        gain_bits = (first_logprob - old_nats) / NATS_PER_BIT + _relief_bits(words, after)
        if self.candidate.slip is Slip.MISSING:
            gain_bits += _STAYING * old_nats / NATS_PER_BIT
        return gain_bits - _LATER_TOKEN_BITS * self.n_later - self.candidate.cost_bits


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


@dataclass(frozen=True, slots=True)
class _Gain:
    """What the reading of an option came to."""

    option: _Option
    gain_bits: float
    probability: float
    """Of its first token."""

    @classmethod
    def of(cls, option: _Option, logprobs: Floats, reading: _Reading) -> "_Gain":
        gain_nats = float(np.sum(logprobs, dtype=np.float64)) - reading.between(option)
        return cls(option, gain_nats / NATS_PER_BIT, float(np.exp(logprobs[0])))

    @property
    def net_bits(self) -> float:
        return self.gain_bits - self.option.candidate.cost_bits


def _best(hopes: "Iterable[tuple[_Guess, float]]") -> "list[_Guess]":
    """Keep the candidates of a word with most hope, of each kind of slip a few."""
    n_of_kind: Counter[Slip] = Counter()
    kept: list[_Guess] = []
    for guess, hope_bits in sorted(hopes, key=lambda pair: -pair[1]):
        slip = guess.candidate.slip
        if hope_bits < _LEAST_NET_BITS or len(kept) == _N_READ:
            break
        if n_of_kind[slip] < _N_READ_OF_KIND:
            kept.append(guess)
            n_of_kind[slip] += 1
    return kept


def _replaced(words: WordScores, word_idx: int, span: Span) -> tuple[int, int]:
    """Return the words `[first, after)` that a span around a word takes in."""
    first, after = word_idx, word_idx + 1
    while first > 0 and span.start < words.starts[first]:
        first -= 1
    while after < len(words) and words.starts[after] < span.end:
        after += 1
    return first, after


def _may_be_worth(words: WordScores, word_idx: int, candidate: Candidate) -> bool:
    first, after = _replaced(words, word_idx, candidate.span)
    return candidate.cost_bits + _LEAST_NET_BITS < _most_gain_bits(words, first, after)


def _most_gain_bits(words: WordScores, first: int, after: int) -> float:
    """Return what could be gained at most in the place of some words: their surprise, and relief."""
    replaced = -float(words.logprob[first:after].sum()) / NATS_PER_BIT
    return replaced + _relief_bits(words, after)


def _relief_bits(words: WordScores, following_idx: int) -> float:
    if following_idx == len(words):
        return 0.0
    surprisal_bits = -float(words.logprob[following_idx]) / NATS_PER_BIT
    return _RELIEF * max(0.0, surprisal_bits - _ORDINARY_BITS)


def _spelled(reading: _Reading, guess: _Guess, scorer: Scorer) -> _Option | None:
    """Find the tokens of a candidate and of what follows it; None where that is not possible.

    A few words around it are cut into tokens with and without the candidate. That is trusted as far
    as the tokens without it end like those of the text.
    """
    text, tokens = reading.document.text, reading.document.tokens
    candidate, span = guess.candidate, guess.candidate.span
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
    replaced_end = max(after, divergence)
    return _Option(guess.word_idx, candidate, divergence, replaced_end, end, new[n_same:])


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


def _judged(reading: _Reading, gains: Sequence[_Gain]) -> Judged | None:
    """Take the best of a word's candidates, with those that change the same stretch."""
    worth = [gain for gain in gains if _LEAST_NET_BITS <= gain.net_bits]
    if not worth:
        return None
    by_net = sorted(worth, key=lambda gain: -gain.net_bits)
    best = by_net[0].option
    span = best.candidate.span
    alike = [gain for gain in by_net if gain.option.candidate.span == span]
    stands = slice(reading.row(best.divergence), reading.row(best.replaced_end))
    stands_nats = float(np.sum(reading.scores.logprob[stands], dtype=np.float64))
    return Judged(
        word_start=int(reading.document.words.starts[best.word_idx]),
        span=span,
        text=span.of(reading.document.text),
        alternatives=tuple(
            Alternative(gain.option.candidate.text, gain.probability, gain.gain_bits)
            for gain in alike[:_MOST_ALTERNATIVES]
        ),
        slip=best.candidate.slip,
        net_bits=by_net[0].net_bits,
        surprisal_bits=-stands_nats / NATS_PER_BIT,
    )
