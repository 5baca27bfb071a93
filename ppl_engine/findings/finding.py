"""What may become a diagnostic."""

from dataclasses import dataclass
from typing import Literal

from ppl_engine.text.spans import Span

Severity = Literal["warning", "information", "hint"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What could stand in the place of a word."""

    text: str
    """What would stand in the place of the finding's span."""

    probability: float
    """Of its first token, given what precedes."""

    gain_bits: float | None = None
    """log2 of how many times more probable it makes the sentence; None where not measured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of text worth a glance, with the reason."""

    code: str
    """Stable name of the kind, also the name of its page in docs/findings."""

    severity: Severity
    message: str
    """One line that says why."""

    span: Span
    text: str
    surprisal_bits: float
    """Of the whole span."""

    entropy_bits: float | None
    """Of the prediction at the first token; None where the finding is no single word."""

    rank: int | None
    """Of the first token; 1 is the most expected. None as above."""

    alternatives: tuple[Alternative, ...]
