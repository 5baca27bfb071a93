"""From paths to documents with what is said of them."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check.at_hand import SourcesAtHand
from ppl_engine.cli.check.checked import NO_ALLOWANCE, Allowance, Checked
from ppl_engine.cli.check.gates import breaches
from ppl_engine.cli.guidance import Guidance
from ppl_engine.cli.places import Lines
from ppl_engine.cli.session import Session
from ppl_engine.cli.sources import STDIN, Source, read_sources
from ppl_engine.configuration.gates import Gates
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.text.languages import (
    DOCUMENT_SUFFIXES,
    GRAMMARS,
    LANGUAGES,
    PLAIN_LANGUAGES,
    known_language,
    language_of_name,
)

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.verdict import Verdict

_NO_FINDINGS: Final = Thresholds(
    mistakes_per_1000_words=0.0,
    surprises_per_1000_words=0.0,
    passages_per_1000_words=0.0,
    repeated_words=0,
)


@dataclass(frozen=True, slots=True)
class Checking:
    """Checks the documents that the arguments name."""

    session: Session
    arguments: argparse.Namespace
    guidance: Guidance
    at_hand: SourcesAtHand

    def documents(self) -> Iterator[Checked]:
        """Yield the documents with what is said of them, by this run or by an earlier one.

        Raises EngineError if there is no model; what fails for one document is reported.
        """
        paths = self.arguments.paths
        for source in read_sources(paths, DOCUMENT_SUFFIXES, self.session, self.guidance):
            checked = self.checked(source)
            if checked is not None:
                yield checked

    def checked(self, source: Source) -> Checked | None:
        """Return one document with what is said of it; None, and a line, where that fails."""
        language = self.language(source)
        thresholds = self.guidance.thresholds(source.path)
        at_hand = self.at_hand.of(source.path)
        verdict = self.session.known_verdict(source.text, language, thresholds, at_hand)
        analysis = None
        if verdict is None or self.arguments.heat:
            # Scores of words are kept by window only: they are asked for again, without findings.
            analysis = self._analyzed(source, language, _NO_FINDINGS if verdict else thresholds)
            if analysis is None:
                return None
        if verdict is None and analysis is not None:
            if at_hand:
                steps = self.session.engine.ground(analysis, at_hand)
                analysis = self.session.finish(source.path, steps)
                if analysis is None:
                    return None
            verdict = self.session.keep(analysis, at_hand)
        assert verdict is not None
        checked = self._sifted(source, language, verdict)
        return replace(checked, analysis=analysis) if self.arguments.heat else checked

    def language(self, source: Source) -> str:
        """Return how a document is read, and say so where nothing in it can be flagged."""
        if self.arguments.language is None and source.path == STDIN:
            return "markdown"
        language = known_language(self.arguments.language or language_of_name(source.name))
        if language not in PLAIN_LANGUAGES and language not in LANGUAGES:
            self.session.note(
                f"{source.path}: nothing in it is taken for prose, since its format is not known; "
                "name one with --language"
            )
        elif (module := GRAMMARS.get(language, ("", ""))[0]) and find_spec(module) is None:
            self.session.note(
                f"{source.path}: nothing in it is taken for prose without the grammar of "
                f"{language}; pip install 'ppl-lsp[code]'"
            )
        return language

    def _analyzed(self, source: Source, language: str, thresholds: Thresholds) -> "Analysis | None":
        steps = self.session.engine.analyze(source.text, language=language, thresholds=thresholds)
        return self.session.finish(source.path, steps)

    def _sifted(self, source: Source, language: str, verdict: "Verdict") -> Checked:
        """Return a document with what is shown of it."""
        path, text = source.path, source.text
        sifted = self.guidance.sift(path, text, language, verdict.findings)
        if sifted.problems:
            lines = Lines(text)
            for problem in sifted.problems:
                at = problem.span.start
                place = f"{path}:{lines.line_at(at) + 1}:{lines.column(at) + 1}"
                self.session.note(f"{place}: {problem.message}")
        gates = self.guidance.gates(path)
        return Checked(
            path,
            text,
            replace(verdict, findings=sifted.findings),
            sifted.n_ignored,
            breaches(verdict.summary, gates),
            self._allowance(path, gates),
        )

    def _allowance(self, path: str, gates: Gates) -> Allowance:
        if gates.max_findings is None:
            return NO_ALLOWANCE
        if self.arguments.max_findings is not None:
            return Allowance(gates.max_findings)
        return Allowance(gates.max_findings, str(self.guidance.workspace(path).root))
