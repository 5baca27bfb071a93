"""What a report is made from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ppl_engine.analysis import Analysis
from ppl_engine.findings.finding import Finding
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.summary import Summary, summarize
from ppl_engine.scoring.units import bits, perplexity
from ppl_engine.scoring.word_scores import WordScores, word_scores


@dataclass(frozen=True, slots=True)
class Rescored:
    """A document by another model."""

    model: ModelInfo
    words: WordScores
    summary: Summary

    @classmethod
    def of(cls, text: str, tokens: TokenScores, model: ModelInfo) -> "Rescored":
        """Return what the scores of another model say of a text."""
        words = word_scores(text, tokens)
        return cls(model, words, summarize(text, tokens, words))


@dataclass(frozen=True, slots=True)
class Reported:
    """A document with all that the report shows of it."""

    path: str
    analysis: Analysis
    findings: Sequence[Finding]
    """Those that are shown, in the order of the text."""

    n_ignored: int = 0
    rescored: Sequence[Rescored] = ()
    """By the models to compare with, the same ones for every document."""


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself."""

    title: str
    created: str
    """Date and time, for people."""

    version: str
    model: ModelInfo | None
    """None where no document needed one."""

    notices: Sequence[str] = ()
    """What a reader must know, each a sentence: that something is missing, for example."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a document for the overview."""

    anchor: str
    path: str
    summary: Summary
    n_scored: int
    """Tokens with a logprob."""

    n_by_code: Counter[str]
    n_ignored: int
    rescored: tuple[tuple[ModelInfo, Summary], ...]

    @classmethod
    def of(cls, document: Reported, anchor: str) -> "Row":
        """Return the row of a document."""
        analysis = document.analysis
        return cls(
            anchor=anchor,
            path=document.path,
            summary=analysis.summary,
            n_scored=int((~np.isnan(analysis.tokens.logprob)).sum()),
            n_by_code=Counter(finding.code for finding in document.findings),
            n_ignored=document.n_ignored,
            rescored=tuple((one.model, one.summary) for one in document.rescored),
        )

    @property
    def n_findings(self) -> int:
        """All findings that are shown."""
        return self.n_by_code.total()


@dataclass(frozen=True, slots=True)
class Total:
    """The documents of a report as one: every byte and every token counts the same."""

    n_documents: int
    n_words: int
    n_bytes: int
    n_findings: int
    n_ignored: int
    bits_per_byte: float | None
    perplexity: float | None

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Total":
        """Add up rows."""
        n_scored = sum(row.n_scored for row in rows)
        log_likelihood = sum(row.summary.log_likelihood for row in rows)
        return cls(
            n_documents=len(rows),
            n_words=sum(row.summary.n_words for row in rows),
            n_bytes=sum(row.summary.n_bytes for row in rows),
            n_findings=sum(row.n_findings for row in rows),
            n_ignored=sum(row.n_ignored for row in rows),
            bits_per_byte=bits_per_byte([row.summary for row in rows]),
            perplexity=perplexity(-log_likelihood / n_scored) if n_scored else None,
        )


def bits_per_byte(summaries: Sequence[Summary]) -> float | None:
    """Return the bits of several texts for each of their bytes; None where nothing is scored."""
    scored = [summary for summary in summaries if summary.bits_per_byte is not None]
    n_bytes = sum(summary.n_bytes for summary in scored)
    return bits(-sum(summary.log_likelihood for summary in scored)) / n_bytes if n_bytes else None
