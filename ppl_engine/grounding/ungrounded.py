"""`ungrounded`: what stays surprising although the source is at hand, and the source does not say.

What is firmly wrong in a generated page is a name or a number: such a word is shown if it has, with
the source read before it, as much surprisal as makes a word suspicious anywhere. An ordinary word
may be a matter of style: it is shown only if it would be a surprising word, by the same threshold.
A word that stands in a source is never ungrounded, and one that the source makes more likely is no
surprise any more.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from ppl_engine.analysis import Analysis
from ppl_engine.findings import surprising
from ppl_engine.findings.calibration import Calibration
from ppl_engine.findings.finding import Finding, Severity, in_order
from ppl_engine.findings.surprising import strengths
from ppl_engine.findings.vocabulary import WordsInText, term_of, vocabulary
from ppl_engine.grounding.eligible import eligible_words
from ppl_engine.grounding.terms import Vocabulary, number_at
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.prose import prose_of
from ppl_engine.text.spans import Span

CODE: Final = "ungrounded"
SEVERITY: Final[Severity] = "information"


def grounded_findings(
    analysis: Analysis, with_source: WordScores, known: Vocabulary, calibration: Calibration
) -> tuple[Finding, ...]:
    """Return what is found in a text whose words have these scores with the sources at hand.

    Of the findings of the analysis, surprising words that the sources make more likely are dropped.
    """
    others = [one for one in analysis.findings if one.code != surprising.CODE]
    words = [one for one in analysis.findings if one.code == surprising.CODE]
    ungrounded = _ungrounded(analysis, with_source, known, calibration)
    shown = {one.span.start for one in ungrounded}
    remaining = [
        one for one in words if one.span.start in shown or not _is_calm(one, analysis, with_source)
    ]
    return in_order([others, ungrounded, remaining])


def _is_calm(found: Finding, analysis: Analysis, with_source: WordScores) -> bool:
    idx = with_source.index_at(found.span.start)
    return idx is not None and bool(with_source.logprob[idx] > analysis.words.logprob[idx])


def _ungrounded(
    analysis: Analysis, words: WordScores, known: Vocabulary, calibration: Calibration
) -> list[Finding]:
    text = analysis.text
    ground = analysis.groundwork
    prose = prose_of(text, analysis.language) if ground is None else ground.prose
    # The scores are other ones: a word that may be flagged is so whatever it scores.
    in_text = WordsInText(text, words, prose, vocabulary(text, words))
    eligible = list(eligible_words(text, words, prose, analysis.language))
    ordinary = in_text.asked(eligible).vocabulary.may_be_flagged == 1
    least = calibration.surprises.strength_at(analysis.thresholds.surprises_per_1000_words)
    is_strong = np.where(
        ordinary, strengths(words) >= least, words.surprisal_bits >= calibration.suspicion_bits
    )
    found: dict[int, Finding] = {}
    for idx in eligible:
        place = _place(text, words, idx)
        said = place.of(text)
        term = term_of(said)
        if is_strong[idx] and term not in found and not _is_said(said, known):
            found[term] = _finding(place, analysis, words, idx)
    return list(found.values())


def _place(text: str, words: WordScores, idx: int) -> Span:
    """Return the place of a word, or of the whole number that it begins."""
    start, end = int(words.starts[idx]), int(words.ends[idx])
    return number_at(text, start, end) or Span(start, end)


def _is_said(said: str, known: Vocabulary) -> bool:
    is_number = number_at(said, 0, 1) == Span(0, len(said))
    return known.holds_number(said) if is_number else known.holds_word(said)


def _finding(place: Span, analysis: Analysis, words: WordScores, idx: int) -> Finding:
    end_idx = int(np.searchsorted(words.starts, place.end))
    with_bits = _bits(words.logprob[idx:end_idx].tolist())
    without_bits = _bits(analysis.words.logprob[idx:end_idx].tolist())
    said = place.of(analysis.text)
    compared = "" if math.isnan(without_bits) else f" ({without_bits:.1f} without)"
    return Finding(
        code=CODE,
        severity=SEVERITY,
        message=f"“{said}” is in no source: {with_bits:.1f} bits although the source is at hand"
        f"{compared}",
        span=place,
        text=said,
        surprisal_bits=with_bits,
        entropy_bits=None,
        rank=None,
        alternatives=(),
        bits_without_source=None if math.isnan(without_bits) else without_bits,
    )


def _bits(logprobs: Sequence[float]) -> float:
    return -sum(logprobs) / NATS_PER_BIT
