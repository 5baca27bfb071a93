"""What may become a diagnostic."""

from dataclasses import dataclass
from typing import Literal

from ppl_engine.text.spans import Span

Severity = Literal["warning", "information", "hint"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What could stand in the place of a word."""

    text: str
    """As it would be typed there, without the space before it."""

    probability: float
    """Of its first token, given what precedes."""

    gain_bits: float | None = None
    """How much more probable it makes the passage; None where that was not measured."""


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
    entropy_bits: float
    """Of the prediction at the first token."""

    rank: int
    """Of the first token; 1 is the most expected."""

    alternatives: tuple[Alternative, ...]
