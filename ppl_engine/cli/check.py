"""`ppl check`: what in documents is worth a glance."""

import argparse
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import add_command, add_configuration
from ppl_engine.cli.output import Output, open_output
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import write_json, write_json_lines, write_text
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.cli.sources import STDIN, Source, read_sources
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
    from ppl_engine.cli.guidance import Guidance
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.verdict import Verdict

_SUMMARY: Final = "show likely mistakes and surprising words of documents"
_ABOUT: Final = """\
Show where documents surprise a language model: words for which something else reads so much better
that they are likely mistakes, words where it firmly expected another, passages unlike the rest.

Code, addresses, front matter and markup are read as context and never flagged. Nothing that is
found is an error: it is a place worth a glance.

examples:
  ppl check README.md docs/                  findings with their lines
  ppl check --heat README.md                 the whole text as a heat map
  ppl check --format json docs/ > found.json for programs; see docs/output.md
  git show HEAD:a.md | ppl check -           standard input"""

_THRESHOLD_HELP: Final = {
    "mistakes_per_1000_words": "likely mistakes that clean prose may have; 0 for none at all",
    "surprises_per_1000_words": "surprising words that clean prose may have",
    "passages_per_1000_words": "surprising passages that clean prose may have",
    "repeated_words": "least weight of a repetition, in words; 0 for none at all",
    "max_per_1000_words": "budget of surprising words; the strongest are shown",
    "n_cold_tokens": "first tokens of a text, never flagged",
}

_NO_FINDINGS: Final = Thresholds(
    mistakes_per_1000_words=0.0,
    surprises_per_1000_words=0.0,
    passages_per_1000_words=0.0,
    repeated_words=0,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with what the engine says of it."""

    path: str
    text: str
    verdict: "Verdict"
    """With the findings that are shown."""

    n_ignored: int = 0


@dataclass(slots=True)
class Tally:
    """Totals over the documents of a run."""

    n_files: int = 0
    n_findings: int = 0
    n_ignored: int = 0
    n_words: int = 0
    n_bytes: int = 0
    log_likelihood: float = 0.0

    def counting(self, checked: Iterable[Checked]) -> Iterator[Checked]:
        """Count what passes."""
        for one in checked:
            self.add(one)
            yield one

    def add(self, checked: Checked) -> None:
        """Count a document."""
        verdict = checked.verdict
        self.n_files += 1
        self.n_ignored += checked.n_ignored
        self.n_findings += len(verdict.findings)
        self.n_words += verdict.summary.n_words
        self.n_bytes += verdict.summary.n_bytes
        self.log_likelihood += verdict.summary.log_likelihood


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = add_command(commands, "check", summary=_SUMMARY, about=_ABOUT)
    parser.add_argument(
        "--heat", action="store_true", help="text: show the whole text with its surprisal"
    )
    parser.add_argument(
        "--language",
        metavar="ID",
        help=f"read every file as this: {', '.join(LANGUAGES)} "
        "(default: by suffix; markdown for standard input)",
    )
    add_configuration(parser)
    group = parser.add_argument_group("thresholds")
    for field in fields(Thresholds):
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=_whole_number if field.type is int else _amount,
            default=None,  # a configuration may have another
            metavar="N",
            help=f"{_THRESHOLD_HELP[field.name]} (default: {field.default})",
        )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Check the documents; 0 where nothing is found, 1 where something is, 2 on failure."""
    # It needs numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.guidance import Guidance  # noqa: PLC0415

    session, tally = Session.of(arguments, models), Tally()
    if arguments.heat and arguments.format != "text":
        session.fail(f"--heat is text for people: leave out --format {arguments.format}")
        return ExitCode.FAILED
    with session.reporting_failures():
        guidance = Guidance(arguments, session)
        with open_output(arguments.output) as output:
            _report(output, _Run(session, arguments, guidance), tally)
        guidance.write_baselines()
    if session.has_failed:
        return ExitCode.FAILED
    return ExitCode.FINDINGS if tally.n_findings else ExitCode.CLEAN


@dataclass(frozen=True, slots=True)
class _Run:
    session: Session
    arguments: argparse.Namespace
    guidance: "Guidance"

    def sources(self) -> Iterator[tuple[Source, str, Thresholds]]:
        """Yield the documents, each with its language and what decides what is found in it."""
        paths = self.arguments.paths
        for source in read_sources(paths, DOCUMENT_SUFFIXES, self.session, self.guidance):
            language = _language(source, self.arguments, self.session)
            yield source, language, self.guidance.thresholds(source.path)

    def sifted(self, source: Source, language: str, verdict: "Verdict") -> Checked:
        """Return a document with what is shown of it."""
        path, text = source.path, source.text
        sifted = self.guidance.sift(path, text, language, verdict.findings)
        if sifted.problems:
            lines = Lines(text)
            for problem in sifted.problems:
                at = problem.span.start
                place = f"{path}:{lines.line_at(at) + 1}:{lines.column(at) + 1}"
                self.session.note(f"{place}: {problem.message}")
        return Checked(path, text, replace(verdict, findings=sifted.findings), sifted.n_ignored)


def _report(output: Output, run: _Run, tally: Tally) -> None:
    from ppl_engine.cli import check_formats as formats  # noqa: PLC0415 - imports numpy

    if run.arguments.heat:
        for checked, analysis in _analyzed(run):
            tally.add(checked)
            formats.write_heat(output, checked.path, analysis)
        write_text(output, [formats.legend_parts(output), formats.total_parts(tally)])
        return
    checked = tally.counting(_checked(run))
    match run.arguments.format:
        case "json":
            write_json(output, map(formats.file_object, checked), lambda: run.session.model)
        case "jsonl":
            write_json_lines(output, ([formats.file_object(one)] for one in checked))
        case _:
            write_text(output, map(formats.finding_parts, checked))
            write_text(output, [formats.total_parts(tally)])


def _checked(run: _Run) -> Iterator[Checked]:
    """Yield the documents with what is said of them, by this run or by an earlier one."""
    session = run.session
    for source, language, thresholds in run.sources():
        verdict = session.known_verdict(source.text, language, thresholds)
        if verdict is None:
            steps = session.engine.analyze(source.text, language=language, thresholds=thresholds)
            analysis = session.finish(source.path, steps)
            if analysis is None:
                continue
            verdict = session.keep(analysis)
        yield run.sifted(source, language, verdict)


def _analyzed(run: _Run) -> "Iterator[tuple[Checked, Analysis]]":
    """Yield the documents with the scores of their words, which are kept by window only."""
    session = run.session
    for source, language, thresholds in run.sources():
        verdict = session.known_verdict(source.text, language, thresholds)
        wanted = _NO_FINDINGS if verdict else thresholds
        steps = session.engine.analyze(source.text, language=language, thresholds=wanted)
        if (analysis := session.finish(source.path, steps)) is not None:
            yield run.sifted(source, language, verdict or session.keep(analysis)), analysis


def _language(source: Source, arguments: argparse.Namespace, session: Session) -> str:
    """Return how a document is read, and say so where nothing in it can be flagged."""
    if arguments.language is None and source.path == STDIN:
        return "markdown"
    language = known_language(arguments.language or language_of_name(source.name))
    if language not in PLAIN_LANGUAGES and language not in LANGUAGES:
        session.note(
            f"{source.path}: nothing in it is taken for prose, since its format is not known; "
            "name one with --language"
        )
    elif (module := GRAMMARS.get(language, ("", ""))[0]) and find_spec(module) is None:
        session.note(
            f"{source.path}: nothing in it is taken for prose without the grammar of {language}; "
            "pip install 'ppl-lsp[code]'"
        )
    return language


def _amount(argument: str) -> float:
    value = float(argument)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{argument} is not a number from 0 on")
    return value


def _whole_number(argument: str) -> int:
    value = int(argument)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{argument} is not a number from 0 on")
    return value
