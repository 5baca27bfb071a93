"""What is known of the documents of a run: of each of them, and in all."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check.gates import Breach

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.cli.session import Session
    from ppl_engine.scoring.scorer import ModelInfo
    from ppl_engine.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many findings documents may have together."""

    max_findings: int | None = None
    """None where nothing was said; then none are let through."""

    root: str | None = None
    """The folder whose configuration says so; None where the command line does."""


NO_ALLOWANCE: Final = Allowance()


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with what the engine says of it."""

    path: str
    text: str
    verdict: "Verdict"
    """With the findings that are shown."""

    n_ignored: int = 0
    breaches: tuple[Breach, ...] = ()
    """The gates that it does not pass."""

    allowance: Allowance = NO_ALLOWANCE
    """Shared with other documents."""

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
    n_breaches: int = 0
    """Gates that single documents do not pass."""

    _n_by_allowance: Counter[Allowance] = field(default_factory=Counter["Allowance"])

    @property
    def exceeded(self) -> tuple[Breach, ...]:
        """The gates that the documents together do not pass, as far as they were said."""
        return tuple(
            Breach("max-findings", n, allowance.max_findings, allowance.root)
            for allowance, n in self._n_by_allowance.items()
            if allowance.max_findings is not None and allowance.max_findings < n
        )

    @property
    def is_clean(self) -> bool:
        """Whether there are no more findings than are let through, and every gate is passed."""
        found = self._n_by_allowance.items()
        return self.n_breaches == 0 and all(n <= (one.max_findings or 0) for one, n in found)

    def add(self, checked: Checked) -> None:
        """Count a document."""
        verdict = checked.verdict
        self.n_files += 1
        self.n_ignored += checked.n_ignored
        self.n_findings += len(verdict.findings)
        self.n_words += verdict.summary.n_words
        self.n_bytes += verdict.summary.n_bytes
        self.log_likelihood += verdict.summary.log_likelihood
        self.n_breaches += len(checked.breaches)
        self._n_by_allowance[checked.allowance] += len(verdict.findings)


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
