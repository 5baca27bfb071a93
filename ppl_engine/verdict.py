"""What is said of a document as a whole: what a report or a quality gate needs of an analysis."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ppl_engine.findings.finding import Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.grounding.source import Source
from ppl_engine.scoring.summary import Summary

if TYPE_CHECKING:
    # Brings the grammars of all formats along, which whoever reads a verdict does not need.
    from ppl_engine.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Question:
    """A text, and all that decides what a model says of it."""

    text: str
    language: str
    thresholds: Thresholds
    at_hand: tuple[Source, ...] = ()
    """What the text was made from, if that is read with it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The totals and the findings of a text, without its scores."""

    summary: Summary
    findings: tuple[Finding, ...]
    """In the order of the text."""

    @classmethod
    def of(cls, analysis: "Analysis") -> "Verdict":
        """Return what an analysis says of its text."""
        return cls(analysis.summary, analysis.findings)
