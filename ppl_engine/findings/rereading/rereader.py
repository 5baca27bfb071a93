"""Judges suspicious words by what might have been meant."""

from collections import OrderedDict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.rereading.gains import Gain, judged_by
from ppl_engine.findings.rereading.guessing import Guesser, first_logprobs
from ppl_engine.findings.rereading.reading import Block, Reading, blocks
from ppl_engine.findings.rereading.spelling_out import Option, spelled_out
from ppl_engine.findings.rereading.values import Document, Judged, Proposal
from ppl_engine.findings.rereading.weighing import Guess, hope_bits, most_hopeful
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.scorer import ModelInfo, Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.windows import Window

_N_REMEMBERED: Final = 2048
_WORDS_OF_STEP: Final = 4


class JudgmentStore(Protocol):
    """What came of blocks, beyond the life of an engine. It never raises: it may be empty."""

    def judgments(
        self, model: ModelInfo, keys: Sequence[bytes]
    ) -> Mapping[bytes, tuple[Judged, ...]]:
        """Return what came of those blocks that are kept."""
        ...

    def keep_judgments(self, model: ModelInfo, judged: Mapping[bytes, tuple[Judged, ...]]) -> None:
        """Keep what came of blocks."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """A block as if it were all there is, and what it is known by."""

    document: Document
    block: Block
    offset: int
    """Where it begins in the document."""

    key: bytes


class Rereader:
    """Judges suspicious words; remembers what came of blocks it has read. For one thread."""

    def __init__(self, scorer: Scorer, lexicon: Lexicon) -> None:
        self._scorer = scorer
        self._lexicon = lexicon
        self._guesser = Guesser(scorer, lexicon)
        self._remembered: OrderedDict[bytes, tuple[Judged, ...]] = OrderedDict()

    @property
    def lexicon(self) -> Lexicon:
        """The list of words."""
        return self._lexicon

    def judge(
        self, document: Document, suspects: Ints, store: JudgmentStore | None = None
    ) -> Generator[Progress, None, list[Judged]]:
        """Return those of the words for which something reads better, in order.

        A step is a part of some blocks, so that who waits for something else does not wait long.

        `suspects` are indices of words, ascending. Their tokens must be scored. What is in the
        store is not judged, and what is judged is put there.
        """
        # What lies beyond a block is not there to be looked at: the memory would be wrong.
        alone = ((*block.alone(document), block.offset) for block in blocks(document, suspects))
        parts = [
            _Part(part, own, offset, own.key(part, self._lexicon)) for part, own, offset in alone
        ]
        known = self._known([part.key for part in parts], store)
        new = {part.key: part for part in parts if part.key not in known}
        n_tokens = len(document.tokens)
        steps = self._judge_parts(list(new.values()), Progress(n_tokens, n_tokens))
        for step in steps:
            if isinstance(step, Progress):
                yield step
                continue
            known |= step
            if store is not None:
                store.keep_judgments(self._scorer.model, step)
        for part in parts:
            self._remember(part.key, known[part.key])
        return [one.moved(part.offset) for part in parts for one in known[part.key]]

    def _known(
        self, keys: Sequence[bytes], store: JudgmentStore | None
    ) -> dict[bytes, tuple[Judged, ...]]:
        known = {key: self._remembered[key] for key in keys if key in self._remembered}
        missing = [key for key in keys if key not in known]
        if store is not None and missing:
            known |= store.judgments(self._scorer.model, missing)
        return known

    def _remember(self, key: bytes, judged: tuple[Judged, ...]) -> None:
        self._remembered[key] = judged
        self._remembered.move_to_end(key)
        if len(self._remembered) > _N_REMEMBERED:
            self._remembered.popitem(last=False)

    def _judge_parts(
        self, parts: Sequence[_Part], progress: Progress
    ) -> Iterator[Progress | dict[bytes, tuple[Judged, ...]]]:
        """Yield in steps what comes of blocks, of as many at once as the model reads together."""
        if not parts:
            return
        windows = [part.block.window(part.document, self._scorer.bos_id) for part in parts]
        yield progress
        for batch in self._scorer.score_trunks(windows):
            chosen = [idx for idx, _ in batch]
            readings = [Reading(parts[k].document, parts[k].block, scores) for k, scores in batch]
            guesses: list[list[Guess]] = []
            for reading in readings:
                own: list[Guess] = []
                for few in _by(_WORDS_OF_STEP, reading.block.suspects):
                    yield progress
                    own += [one for idx in few for one in self._guesser.guesses(reading, idx)]
                guesses.append(own)
            yield progress
            hopeful = self._hopeful(readings, guesses)
            options: list[list[Option]] = []
            for reading, few in zip(readings, hopeful, strict=True):
                yield progress
                options.append(self._options(reading, few))
            yield progress
            judged = self._read_on(readings, [windows[k] for k in chosen], options)
            yield {parts[k].key: one for k, one in zip(chosen, judged, strict=True)}
            yield progress

    def _hopeful(
        self, readings: Sequence[Reading], guesses: Sequence[Sequence[Guess]]
    ) -> list[list[Guess]]:
        """Keep the few candidates of each suspicious word that leave most hope."""
        found: list[list[Guess]] = []
        logprobs = first_logprobs(self._scorer, readings, guesses)
        for reading, own, first in zip(readings, guesses, logprobs, strict=True):
            hopes = [
                (guess, hope_bits(reading, guess, logprob))
                for guess, logprob in zip(own, first, strict=True)
            ]
            by_word = groupby(hopes, key=lambda pair: pair[0].word_idx)
            found.append([guess for _, group in by_word for guess in most_hopeful(group)])
        return found

    def _options(self, reading: Reading, guesses: Sequence[Guess]) -> list[Option]:
        options = (
            spelled_out(reading, Proposal(guess.word_idx, guess.candidate), self._scorer)
            for guess in guesses
        )
        return [option for option in options if option is not None]

    def _read_on(
        self,
        readings: Sequence[Reading],
        windows: Sequence[Window],
        options: Sequence[Sequence[Option]],
    ) -> list[tuple[Judged, ...]]:
        """Read candidates to their end and through what follows."""
        branches = [
            [
                Branch(window.n_context + reading.row(option.divergence), option.ids)
                for option in own
            ]
            for reading, window, own in zip(readings, windows, options, strict=True)
        ]
        read = self._scorer.score_branches([window.ids for window in windows], branches)
        return [
            tuple(
                judged_by(
                    reading,
                    (Gain.of(o, part, reading) for o, part in zip(own, logprobs, strict=True)),
                )
            )
            for reading, own, logprobs in zip(readings, options, read, strict=True)
        ]


def _by(n: int, suspects: Sequence[int]) -> Iterator[Sequence[int]]:
    return (suspects[k : k + n] for k in range(0, len(suspects), n))
