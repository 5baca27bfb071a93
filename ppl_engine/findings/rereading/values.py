"""What is judged, and what comes of it."""

from dataclasses import dataclass, replace

from ppl_engine.findings.correction.slips import Candidate, Slip
from ppl_engine.findings.finding import Alternative
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Document:
    """What is read: a text with its tokens and words."""

    text: str
    tokens: TokenScores
    words: WordScores


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate for a suspicious word."""

    word_idx: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Judged:
    """A suspicious word for which something else reads better, price included."""

    word_start: int
    """Where the suspicious word begins."""

    span: Span
    """What is replaced: the word, maybe with its neighbors."""

    text: str
    alternatives: tuple[Alternative, ...]
    """Best first; never empty."""

    slip: Slip
    """Of the best."""

    net_bits: float
    """Gain of the best beyond the cost of its slip."""

    surprisal_bits: float
    """Of the stretch as it stands, without what follows."""

    def moved(self, shift: int) -> "Judged":
        """Return the same at another place."""
        return replace(self, word_start=self.word_start + shift, span=self.span.moved(shift))
