"""From a document to the same with what is sure mended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.fixing.edits import disjoint, fixed_text
from ppl_engine.cli.guidance import Guidance
from ppl_engine.cli.places import Lines
from ppl_engine.cli.session import Session
from ppl_engine.cli.sources import Source
from ppl_engine.findings.sureness import Fix, sure_fixes
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.verdict import Question

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.cli.changes.changes import Changes

_MOST_ROUNDS: Final = 8
"""A mended word may let the model see another; what would go on and on is left as it is then."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A fix that was made, at the place where it was found."""

    line: int
    """From 1, as the column."""

    column: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """What became of a document."""

    source: Source
    text: str
    mended: tuple[Mended, ...]


@dataclass(frozen=True, slots=True)
class Fixer:
    """Mends documents. What a person has ignored, and what did not change, is left alone."""

    session: Session
    guidance: Guidance
    changes: "Changes | None" = None

    def fixed(self, source: Source, language: str) -> Fixed:
        """Return a document with what is sure mended; after that there is nothing sure in it.

        Raises EngineError if there is no model; what fails in the middle leaves it as it was.
        """
        thresholds = self.guidance.thresholds(source.path)
        known = self.session.known_verdict(Question(source.text, language, thresholds))
        if known and not any(one.is_sure for one in known.findings):
            return Fixed(source, source.text, ())
        text, mended = source.text, list[Mended]()
        seen = {text}
        analysis: Analysis | None = None
        for _ in range(_MOST_ROUNDS):
            analysis = self._analyzed(source, text, language, thresholds, analysis)
            if analysis is None:
                return Fixed(source, source.text, ())
            fixes = self._sure(replace(source, text=text), language, analysis)
            after = fixed_text(text, fixes)
            if after in seen:
                break
            mended += _places(text, fixes)
            text = after
            seen.add(text)
        return Fixed(source, text, tuple(mended))

    def _sure(self, source: Source, language: str, analysis: "Analysis") -> list[Fix]:
        touched = self.changes.touched(source) if self.changes else None
        if self.changes and touched is None:
            return []
        sifted = self.guidance.sift(source.path, source.text, language, analysis.findings)
        return disjoint(
            fix
            for fix in sure_fixes(sifted.findings)
            if touched is None or touched.holds(fix.span, source.text)
        )

    def _analyzed(
        self,
        source: Source,
        text: str,
        language: str,
        thresholds: Thresholds,
        previous: "Analysis | None",
    ) -> "Analysis | None":
        steps = self.session.engine.analyze(
            text, language=language, thresholds=thresholds, previous=previous
        )
        return self.session.finish(source.path, steps)


def _places(text: str, fixes: Sequence[Fix]) -> list[Mended]:
    lines = Lines(text)
    return [
        Mended(
            lines.line_at(fix.span.start) + 1,
            lines.column(fix.span.start) + 1,
            fix.before,
            fix.after,
        )
        for fix in fixes
    ]
