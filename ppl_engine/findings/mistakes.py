"""`likely-mistake`: a word for which something else reads so much better that it is worth a fix.

The proof is in `rereading`; here is decided what of it is shown, and how it is said.
"""

from collections.abc import Iterable
from typing import Final

from ppl_engine.findings.finding import Finding, Severity, in_order
from ppl_engine.findings.rereading import Judged

CODE: Final = "likely-mistake"
SEVERITY: Final[Severity] = "warning"


def likely_mistakes(judged: Iterable[Judged], least_net_bits: float) -> list[Finding]:
    """Return the findings, in the order of the text; of those that overlap, the strongest."""
    strong = [one for one in judged if least_net_bits <= one.net_bits]
    by_strength = sorted(strong, key=lambda one: (-one.net_bits, one.span.start))
    return list(in_order([map(_finding, by_strength)]))


def _finding(judged: Judged) -> Finding:
    best = judged.alternatives[0]
    return Finding(
        code=CODE,
        severity=SEVERITY,
        message=f"{_what(judged.text, best.text)}: the sentence is {best.gain_bits:.1f} bits more "
        f"probable that way, what it replaces has {judged.surprisal_bits:.1f}",
        span=judged.span,
        text=judged.text,
        surprisal_bits=judged.surprisal_bits,
        entropy_bits=None,
        rank=None,
        alternatives=judged.alternatives,
    )


def _what(old: str, new: str) -> str:
    return f"“{old}” may be meant as “{new}”"
