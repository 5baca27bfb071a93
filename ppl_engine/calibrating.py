"""How a model reads clean prose, measured once: see `findings.calibration`."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from ppl_engine.analysis import Analysis, Progress
from ppl_engine.analyzing import Request, analyze
from ppl_engine.findings.calibration import Calibration, Sample, Tail
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.stretches.passages import passages
from ppl_engine.findings.surprising import strengths
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.findings.vocabulary import WordsInText
from ppl_engine.judging import Means
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import Ints

_SUSPICIOUS_PER_1000_WORDS: Final = 220
_N_STRONGEST: Final = 64
"""Of a text, so many words are asked whether they may be flagged: no more can be among the tail."""

_NOTHING: Final = Tail(1000, ())
UNCALIBRATED: Final = Calibration(16.0, {}, _NOTHING, _NOTHING)
_UNJUDGED: Final = Thresholds(0.0, 0.0, 0.0, 0)
_JUDGED: Final = Thresholds(1.0, 0.0, 0.0, 0)


class CalibrationStore(Protocol):
    """What was measured before, by anybody. It never raises: it may be empty."""

    def calibration(self, model: ModelInfo) -> Calibration | None:
        """Return how a model reads clean prose, if it was measured."""
        ...

    def keep_calibration(self, model: ModelInfo, calibration: Calibration) -> None:
        """Keep how a model reads clean prose."""
        ...


def calibrate(samples: Sequence[Sample], means: Means) -> Generator[Progress, None, Calibration]:
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
    nets: dict[str, list[float]] = {slip: [] for slip in Slip}
    for sample, before in zip(samples, first, strict=True):
        found = yield from _analyzed(sample, _JUDGED, means, before, (n_done, 2 * total))
        for one in _strongest(found):
            nets[one.slip].append(one.net_bits)
        n_done += len(sample.text)
    surprises = [bits for analysis in first for bits in _surprises(analysis)]
    return Calibration(
        suspicion_bits=suspicion_bits,
        mistakes={slip: Tail.of(bits, n_words) for slip, bits in nets.items()},
        surprises=Tail.of(surprises, n_words),
        passages=Tail.of((bits for a in first for bits in _passages(a)), n_words),
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


def _strongest(analysis: Analysis) -> list[Judged]:
    """Return what was judged, of each stretch one."""
    judged = analysis.groundwork.judged if analysis.groundwork else ()
    return list({one.span: one for one in judged}.values())


def _passages(analysis: Analysis) -> list[float]:
    ground = analysis.groundwork
    if ground is None:
        return []
    text, tokens, words = analysis.text, analysis.tokens, analysis.words
    found = passages(text, tokens, words, ground.prose, ground.layout.cuts)
    return [stretch.strength for stretch in found]


def _surprises(analysis: Analysis) -> list[float]:
    """Return the strengths of the strongest words that may be flagged."""
    ground, words = analysis.groundwork, analysis.words
    if ground is None:
        return []
    bits = np.where(words.is_word, strengths(words), -np.inf)
    bits = np.where(np.isnan(bits), -np.inf, bits)
    strongest: Ints = np.argsort(-bits, kind="stable")[:_N_STRONGEST]
    known = WordsInText(analysis.text, words, ground.prose, ground.vocabulary)
    vocabulary = known.asked(strongest.tolist()).vocabulary
    may_be = strongest[vocabulary.may_be_flagged[strongest] == 1]
    _, firsts = np.unique(vocabulary.term[may_be], return_index=True)
    return bits[may_be[firsts]].tolist()
