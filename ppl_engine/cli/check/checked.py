"""What is known of the documents of a run: of each of them, and in all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.cli.session import Session
    from ppl_engine.scoring.scorer import ModelInfo
    from ppl_engine.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with what the engine says of it."""

    path: str
    text: str
    verdict: "Verdict"
    """With the findings that are shown."""

    n_ignored: int = 0
    analysis: "Analysis | None" = None
    """The scores of its words, where the heat map asks for them."""


@dataclass(slots=True)
class Tally:
    """Totals over the documents of a run."""

    n_files: int = 0
    n_findings: int = 0
    n_ignored: int = 0
    n_words: int = 0
    n_bytes: int = 0
    log_likelihood: float = 0.0

    def add(self, checked: Checked) -> None:
        """Count a document."""
        verdict = checked.verdict
        self.n_files += 1
        self.n_ignored += checked.n_ignored
        self.n_findings += len(verdict.findings)
        self.n_words += verdict.summary.n_words
        self.n_bytes += verdict.summary.n_bytes
        self.log_likelihood += verdict.summary.log_likelihood


@dataclass(frozen=True, slots=True)
class Run:
    """What a report may say of the run as a whole, as far as it has come."""

    session: "Session"
    tally: Tally

    @property
    def model(self) -> "ModelInfo | None":
        """The model; None where none was needed."""
        return self.session.model

    @property
    def has_failed(self) -> bool:
        """Whether something could not be done."""
        return self.session.has_failed
