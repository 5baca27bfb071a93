"""From paths to documents with what is said of them."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.changes.changes import OtherVersionError
from ppl_engine.cli.check.at_hand import SourcesAtHand
from ppl_engine.cli.check.checked import NO_ALLOWANCE, Allowance, Checked
from ppl_engine.cli.check.gates import breaches
from ppl_engine.cli.guidance import Guidance
from ppl_engine.cli.places import Lines
from ppl_engine.cli.session import ExitCode, Session
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
from ppl_engine.verdict import Question
from ppl_engine.walking.walk import Walker

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.cli.changes.changes import Changes
    from ppl_engine.cli.changes.touched import Touched
    from ppl_engine.cli.fixing.applying import Writer
    from ppl_engine.cli.fixing.fixer import Fixer
    from ppl_engine.verdict import Verdict

_NO_FINDINGS: Final = Thresholds(
    mistakes_per_1000_words=0.0,
    surprises_per_1000_words=0.0,
    passages_per_1000_words=0.0,
    repeated_words=0,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, and how it is to be looked at."""

    source: Source
    question: Question
    touched: "Touched | None"
    """What of it is looked at; None for the whole."""

    known: "Verdict | None"
    """What an earlier run said of it."""


@dataclass(frozen=True, slots=True)
class Checking:
    """Checks the documents that the arguments name."""

    session: Session
    arguments: argparse.Namespace
    guidance: Guidance
    changes: "Changes | None" = None
    """What it keeps to; None for whole documents."""

    writer: "Writer | None" = None
    """Who mends documents before they are checked; None where they stay as they are."""

    at_hand: "SourcesAtHand | None" = None
    """Who knows what documents are made from; None where they are read by themselves."""

    def documents(self) -> Iterator[Checked]:
        """Yield the documents with what is said of them, by this run or by an earlier one.

        Raises EngineError if there is no model; what fails for one document is reported.
        """
        for source in self.sources():
            checked = self.checked(source)
            if checked is not None:
                yield checked

    def checked(self, source: Source) -> Checked | None:
        """Return one document with what is said of it.

        None where it did not change, if changes are asked for, and where it fails, with a line.
        """
        asked = self.asked(source)
        if asked is None:
            return None
        verdict, analysis = asked.known, None
        if verdict is None or self.arguments.heat:
            # Scores of words are kept by window only: they are asked for again, without findings.
            wanted = _NO_FINDINGS if verdict else asked.question.thresholds
            analysis = self._analyzed(asked, wanted)
            if analysis is None:
                return None
        if verdict is None and analysis is not None:
            if asked.question.at_hand:
                steps = self.session.engine.ground(analysis, asked.question.at_hand)
                analysis = self.session.finish(source.path, steps)
                if analysis is None:
                    return None
            verdict = self.session.keep(asked.question, analysis)
        assert verdict is not None
        checked = self.answered(asked, verdict)
        return replace(checked, analysis=analysis) if self.arguments.heat else checked

    def asked(self, source: Source) -> Asked | None:
        """Return what is to be found out of a document.

        None where it did not change, if changes are asked for, and where it fails, with a line.
        """
        language = self.language(source)
        if self.writer is not None:
            source = self.writer.written(source, language)
        try:
            touched = self.changes.touched(source) if self.changes else None
        except OtherVersionError as error:
            self.session.fail(f"{source.path}: {error}")
            return None
        if self.changes and touched is None:
            return None
        thresholds = self.guidance.thresholds(source.path)
        at_hand = tuple(self.at_hand.of(source.path)) if self.at_hand else ()
        question = Question(source.text, language, thresholds, at_hand)
        return Asked(source, question, touched, self.session.known_verdict(question))

    def answered(self, asked: Asked, verdict: "Verdict") -> Checked:
        """Return a document with what is shown of what is said of it."""
        language = asked.question.language
        return _within(asked.touched, self._sifted(asked.source, language, verdict))

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

    def sources(self) -> Iterator[Source]:
        """Yield the documents as they are."""
        arguments = self.arguments
        return read_sources(
            arguments.paths,
            DOCUMENT_SUFFIXES,
            self.session,
            self.guidance,
            walker=Walker(self.session, respects_gitignore=not arguments.no_respect_gitignore),
            stdin_name=arguments.stdin_filename or STDIN,
        )

    def _analyzed(self, asked: Asked, thresholds: Thresholds) -> "Analysis | None":
        source = asked.source
        steps = self.session.engine.analyze(
            source.text, language=asked.question.language, thresholds=thresholds
        )
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


def _within(touched: "Touched | None", checked: Checked) -> Checked:
    """Leave out findings in sentences that did not change."""
    if touched is None:
        return checked
    findings = checked.verdict.findings
    shown = tuple(one for one in findings if touched.holds(one.span, checked.text))
    return replace(checked, verdict=replace(checked.verdict, findings=shown))


def fixing(checking: Checking) -> Checking:
    """Return what mends documents before it checks them."""
    from ppl_engine.cli.fixing.applying import Writer  # noqa: PLC0415 - only where it is asked for

    return replace(checking, writer=Writer(_fixer(checking)))


def fixes_shown(checking: Checking) -> ExitCode:
    """Show what would be fixed, and return what that comes to."""
    from ppl_engine.cli.fixing.applying import show_fixes  # noqa: PLC0415 - as above

    documents = ((source, checking.language(source)) for source in checking.sources())
    n_fixes = show_fixes(documents, _fixer(checking), checking.arguments.output)
    if checking.session.has_failed:
        return ExitCode.FAILED
    return ExitCode.FINDINGS if n_fixes and not checking.arguments.exit_zero else ExitCode.CLEAN


def _fixer(checking: Checking) -> "Fixer":
    from ppl_engine.cli.fixing.fixer import Fixer  # noqa: PLC0415 - as above

    return Fixer(checking.session, checking.guidance, checking.changes)
