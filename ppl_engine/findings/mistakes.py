"""`likely-mistake`: a word for which something else reads so much better that it is worth a fix.

The proof is in `rereading`; here is decided what of it is shown, and how it is said.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ppl_engine.findings.calibration import Tail
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Finding, Severity, in_order
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.sureness import SURE_MISTAKES_PER_1000_WORDS, is_sure

CODE: Final = "likely-mistake"
SEVERITY: Final[Severity] = "warning"


_SHARES: Final[Mapping[Slip, float]] = {
    Slip.SPELLING: 0.28,
    Slip.MISSING: 0.12,
    Slip.CONFUSION: 0.1,
    Slip.INFLECTION: 0.05,
    Slip.SWAPPED: 0.08,
    Slip.SPLIT: 0.07,
    Slip.AGREEMENT: 0.1,
    Slip.PREPOSITION: 0.05,
    Slip.ARTICLE: 0.03,
    Slip.CASE: 0.03,
    Slip.JOINED: 0.03,
    Slip.APOSTROPHE: 0.02,
    Slip.DOUBLED: 0.02,
    Slip.SUPERFLUOUS: 0.01,
    Slip.EXPECTED: 0.01,
}
"""What part of the false alarms that are put up with goes to each kind of slip; 1 in all."""


def likely_mistakes(
    judged: Iterable[Judged], tails: Mapping[str, Tail], per_1000_words: float
) -> list[Finding]:
    """Return the findings, in the order of the text; of those that overlap, the strongest.

    `tails` say by kind of slip how strong clean prose is; so many of 1,000 of its words may be
    false alarms.
    """
    least_bits = _least_bits(tails, per_1000_words)
    sure_bits = _least_bits(tails, min(per_1000_words, SURE_MISTAKES_PER_1000_WORDS))
    strong = [one for one in judged if least_bits.get(one.slip, 0.0) <= one.net_bits]
    by_strength = sorted(strong, key=lambda one: (-one.net_bits, one.span.start))
    findings = (
        _finding(one, is_sure=sure_bits.get(one.slip, 0.0) <= one.net_bits and is_sure(one))
        for one in by_strength
    )
    return list(in_order([findings]))


def _least_bits(tails: Mapping[str, Tail], per_1000_words: float) -> dict[str, float]:
    return {
        slip: tails[slip].strength_at(share * per_1000_words)
        for slip, share in _SHARES.items()
        if slip in tails
    }


def _finding(judged: Judged, *, is_sure: bool) -> Finding:
    best = judged.alternatives[0]
    gain_bits = best.gain_bits or 0.0
    why = f"that makes the sentence {gain_bits:.1f} bits more probable"
    if gain_bits <= 0:  # of the same small word twice one is too many, whatever the model says
        why = "the same word stands there twice"
    return Finding(
        code=CODE,
        severity=SEVERITY,
        message=f"“{judged.text}” may be meant as “{best.text}”: {why}",
        span=judged.span,
        text=judged.text,
        surprisal_bits=judged.surprisal_bits,
        entropy_bits=None,
        rank=None,
        alternatives=judged.alternatives,
        is_sure=is_sure,
    )
