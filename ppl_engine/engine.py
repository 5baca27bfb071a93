"""The engine: a model and what it has computed so far. The one place with mutable state.

An engine belongs to one thread. Long work comes as a generator of bounded steps, so that whoever
runs it can let something more urgent go first, or close it and so cancel the rest.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from ppl_engine.analysis import Analysis, Progress
from ppl_engine.analyzing import Request, analyze
from ppl_engine.calibrating import UNCALIBRATED, CalibrationStore, calibrate
from ppl_engine.explanation import Expected, Explanation, explain_word
from ppl_engine.findings.calibration import Calibration, Sample
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.rereading.rereader import JudgmentStore, Rereader
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.grounding.grounding import grounded
from ppl_engine.grounding.library import Library
from ppl_engine.grounding.ranking import Ranked, rank
from ppl_engine.grounding.reading import library_of
from ppl_engine.grounding.source import Source
from ppl_engine.judging import Means
from ppl_engine.scoring.cache import ScoreStore, StoredScorer, WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.scoring.lines import LineScore
from ppl_engine.scoring.predictions import Predictor
from ppl_engine.scoring.scorer import ModelInfo, Scorer
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.streaming import Bounds, score_texts
from ppl_engine.text.spans import Span

_N_EXPECTED: Final = 5
_N_LOOKED_AT: Final = 20
"""How many predictions are searched for words that could stand in the place of a flagged one."""

_CACHE_BYTES: Final = 256 * 2**20

_LINES: Final = Bounds(n_items=256)
"""Lines may come from a pipe, whose reader does not wait for more of them than are of use."""

_NO_WORDS: Final = Lexicon.of(())


class Store(ScoreStore, CalibrationStore, JudgmentStore, Protocol):
    """All that an engine knows of what was computed before."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the model."""

    lexicon: Lexicon = _NO_WORDS
    calibration: Calibration | None = None
    """Of the model; if None, it is looked up in the store, or measured before the first use."""

    samples: Callable[[], Sequence[Sample]] = tuple
    """Returns what it is measured on; without any, everything is strong."""


class Engine:
    """A scorer with a memory of the windows it has scored."""

    def __init__(
        self,
        scorer: Scorer,
        *,
        knowledge: Knowledge | None = None,
        cache_bytes: int = _CACHE_BYTES,
        store: Store | None = None,
    ) -> None:
        knowledge = knowledge or Knowledge()
        self._scorer = scorer
        self._samples = knowledge.samples
        self._store = store
        self._stored: Scorer = scorer if store is None else StoredScorer(scorer, store)
        self._cache = WindowCache(cache_bytes)
        self._calibration = knowledge.calibration
        self._rereader = Rereader(scorer, knowledge.lexicon)
        self._library: Library | None = None
        self._stored_predictor = Predictor(scorer, self._cache, _N_LOOKED_AT, store)
        self._predictor = Predictor(scorer, self._cache, _N_LOOKED_AT)

    @property
    def model(self) -> ModelInfo:
        """What to say of the model."""
        return self._scorer.model

    @property
    def scorer(self) -> Scorer:
        """The model itself, for streams of texts of which nothing is kept here."""
        return self._scorer

    def score(self, text: str) -> Generator[Progress, None, TokenScores]:
        """Score the tokens of a text, in bounded steps."""
        return score_document(text, self._stored, self._cache)

    def score_lines(self, lines: Iterable[str]) -> Iterator[LineScore]:
        """Score every line as a text of its own, in order."""
        return score_texts(lines, self._scorer, bounds=_LINES)

    def analyze(
        self,
        text: str,
        *,
        language: str,
        thresholds: Thresholds,
        previous: Analysis | None = None,
        visible: Sequence[Span] = (),
    ) -> Generator[Progress, None, Analysis]:
        """Score a text and find what in it is worth a glance, in bounded steps.

        With the analysis of an earlier version as `previous`, be it a partial one, the work is in
        proportion to what changed; the result is the same. What was edited is scored first, then
        what is `visible`, then the rest; a `Partial` may come before the rest.
        """
        request = Request(text, language, thresholds, visible)
        calibration = yield from self._calibrated()
        if previous is not None:
            # What is typed is gone with the next key: kept in memory, not in the store.
            means = Means(
                self._scorer, self._cache, self._predictor.predict, self._rereader, calibration
            )
            return (yield from analyze(request, previous, means))
        means = self._lasting_means(calibration)
        analysis = yield from analyze(request, None, means)
        if self._store is not None:
            self._store.flush()
        return analysis

    def ground(
        self, analysis: Analysis, sources: Sequence[Source]
    ) -> Generator[Progress, None, Analysis]:
        """Look at an analysis again with the sources of its text at hand, in bounded steps.

        What the sources explain is no finding any more; what they do not is `ungrounded`.
        """
        calibration = yield from self._calibrated()
        if self._library is None or self._library.sources != tuple(sources):
            self._library = library_of(sources, self._scorer)
        found = yield from grounded(analysis, self._library, self._stored, calibration)
        if self._store is not None:
            self._store.flush()
        return found

    def rank(
        self, text: str, contexts: Sequence[Source]
    ) -> Generator[Progress, None, tuple[Ranked, ...]]:
        """Rank contexts by the bits that they save of a text, in bounded steps."""
        ranked = yield from rank(text, contexts, self._stored)
        if self._store is not None:
            self._store.flush()
        return ranked

    def calibrate(self, samples: Sequence[Sample]) -> Generator[Progress, None, Calibration]:
        """Measure how the model reads clean texts, in bounded steps."""
        return calibrate(samples, self._lasting_means(UNCALIBRATED))

    def _calibrated(self) -> Generator[Progress, None, Calibration]:
        """Return how the model reads clean prose: known, kept, or measured now."""
        if self._calibration is None and self._store is not None:
            self._calibration = self._store.calibration(self.model)
        if self._calibration is None:
            samples = self._samples()
            self._calibration = (yield from self.calibrate(samples)) if samples else UNCALIBRATED
            if self._store is not None and samples:
                self._store.keep_calibration(self.model, self._calibration)
        return self._calibration

    def _lasting_means(self, calibration: Calibration) -> Means:
        """Return the means for what is not typed just now: it is kept in the store."""
        predict = self._stored_predictor.predict
        return Means(self._stored, self._cache, predict, self._rereader, calibration, self._store)

    def explain(self, analysis: Analysis, offset: int) -> Explanation | None:
        """Explain the word at a code-point offset; None where there is no word."""
        idx = analysis.words.index_at(offset)
        if idx is None:
            return None
        expected: tuple[Expected, ...] = ()
        if not np.isnan(analysis.words.entropy[idx]):
            first = analysis.words.first_token[idx : idx + 1]
            (likely,) = run(self._stored_predictor.predict(analysis.tokens, first))
            expected = tuple(Expected(p.text, math.exp(p.logprob)) for p in likely[:_N_EXPECTED])
        return explain_word(analysis, idx, expected)


def score(text: str, engine: Engine) -> TokenScores:
    """Score every token of `text` at once; `engine.score` does the same in cancellable steps."""
    return run(engine.score(text))
