"""How a model reads clean prose, measured once: see `findings.calibration`."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from ppl_engine.analysis import Analysis, Progress
from ppl_engine.analyzing import Means, Request, analyze
from ppl_engine.findings.calibration import Calibration, Sample, Tail
from ppl_engine.findings.surprising import strengths
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.findings.vocabulary import asked
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import Ints

_SUSPICIOUS_PER_1000_WORDS: Final = 150
_N_STRONGEST: Final = 64
"""Of a text, so many words are asked whether they may be flagged: no more can be among the tail."""

_NOTHING: Final = Tail(1000, ())
UNCALIBRATED: Final = Calibration(16.0, _NOTHING, _NOTHING, _NOTHING)
_UNJUDGED: Final = Thresholds(mistakes_per_1000_words=0.0)
_JUDGED: Final = Thresholds(surprises_per_1000_words=0.0)


class CalibrationStore(Protocol):
    """What was measured before, by anybody. It never raises: it may be empty."""

    def calibration(self, model: ModelInfo) -> Calibration | None:
        """Return how a model reads clean prose, if it was measured."""
        ...

    def keep_calibration(self, model: ModelInfo, calibration: Calibration) -> None:
        """Keep how a model reads clean prose."""
        ...


def calibrate(
    samples: Sequence[Sample], means: Means
) -> Generator[Progress, None, Calibration]:
    """Measure how strong the strongest places of clean texts are, in bounded steps."""
    total = sum(len(sample.text) for sample in samples)
    n_done = 0
    first: list[Analysis] = []
    for sample in samples:
        first.append((yield from _analyzed(sample, _UNJUDGED, means, None, (n_done, 2 * total))))
        n_done += len(sample.text)
    n_words = sum(int(analysis.words.is_word.sum()) for analysis in first)
    surprisals = np.concatenate([_eligible_surprisals(analysis) for analysis in first])
    n_suspicious = max(1, round(_SUSPICIOUS_PER_1000_WORDS * n_words / 1000))
    suspicion_bits = float(np.sort(surprisals)[::-1][:n_suspicious][-1])
    means = replace(means, calibration=replace(UNCALIBRATED, suspicion_bits=suspicion_bits))
    nets: list[float] = []
    for sample, before in zip(samples, first, strict=True):
        found = yield from _analyzed(sample, _JUDGED, means, before, (n_done, 2 * total))
        nets += _nets(found)
        n_done += len(sample.text)
    surprises = [bits for analysis in first for bits in _surprises(analysis)]
    return Calibration(
        suspicion_bits=suspicion_bits,
        mistakes=Tail.of(nets, n_words),
        surprises=Tail.of(surprises, n_words),
        passages=_NOTHING,
    )


def _analyzed(
    sample: Sample,
    thresholds: Thresholds,
    means: Means,
    before: Analysis | None,
    done: tuple[int, int],
) -> Generator[Progress, None, Analysis]:
    """Analyze a text, with progress over all of them."""
    steps = analyze(Request(sample.text, sample.language, thresholds), before, means)
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value
        yield Progress(*done)


def _eligible_surprisals(analysis: Analysis) -> np.ndarray:
    words = analysis.words
    bits = words.surprisal_bits[words.is_word]
    return bits[~np.isnan(bits)]


def _nets(analysis: Analysis) -> list[float]:
    """Return the net gains, that of each stretch once."""
    judged = analysis.groundwork.judged if analysis.groundwork else ()
    return list({one.span: one.net_bits for one in judged}.values())


def _surprises(analysis: Analysis) -> list[float]:
    """Return the strengths of the strongest words that may be flagged."""
    ground, words = analysis.groundwork, analysis.words
    if ground is None:
        return []
    bits = np.where(words.is_word, strengths(words), -np.inf)
    bits = np.where(np.isnan(bits), -np.inf, bits)
    strongest: Ints = np.argsort(-bits, kind="stable")[:_N_STRONGEST]
    known = asked(analysis.text, words, ground.prose, ground.vocabulary, strongest.tolist())
    may_be = strongest[known.may_be_flagged[strongest] == 1]
    _, firsts = np.unique(known.term[may_be], return_index=True)
    return bits[may_be[firsts]].tolist()
