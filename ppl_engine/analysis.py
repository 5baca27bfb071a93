"""All that is known of one text: what a feature of an editor or a report is drawn from."""

from dataclasses import dataclass, field

from ppl_engine.findings.finding import Finding
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.findings.vocabulary import Vocabulary
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.layout import Layout
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.summary import Summary, summarize
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

__all__ = ["Analysis", "Groundwork", "Partial", "Progress"]


@dataclass(frozen=True, slots=True)
class Groundwork:
    """What was found on the way to an analysis, for that of the next version to start from.

    Of no use outside of the process that made it.
    """

    layout: Layout
    prose: Prose
    vocabulary: Vocabulary
    judged: tuple[Judged, ...]
    """Words for which something else reads better, in order; how much better is not asked here."""

    unjudged: Span | None = None
    """Where words are still to be judged: in what is shown before all is done."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text with its scores and findings. A value: it never changes and needs no model."""

    text: str
    language: str
    tokens: TokenScores
    words: WordScores
    findings: tuple[Finding, ...]
    """In the order of the text."""

    model: ModelInfo
    thresholds: Thresholds = field(default_factory=Thresholds)
    """What the findings were chosen by."""

    groundwork: Groundwork | None = field(
        default=None, repr=False, compare=False, metadata={"on_wire": False}
    )
    """None where it did not come along; the next analysis then starts over."""

    @property
    def summary(self) -> Summary:
        """Totals and means over the whole text."""
        return summarize(self.text, self.tokens, self.words)


@dataclass(frozen=True, slots=True)
class Partial(Progress):
    """What can be shown before all is done: what was wanted first is scored, the rest is NaN."""

    analysis: Analysis
