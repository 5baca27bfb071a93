"""`ppl score`: the numbers of a language model for tokens, words and lines."""

import argparse
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import add_command
from ppl_engine.cli.output import Output, open_output
from ppl_engine.cli.reports import Json, write_json, write_json_lines, write_text
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.cli.sources import find_files, has_many, read_lines, read_sources
from ppl_engine.text.languages import DOCUMENT_SUFFIXES

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.scoring.lines import LineScore
    from ppl_engine.scoring.scores import TokenScores

_SUMMARY: Final = "write the logprob of every token, word or line"
_ABOUT: Final = """\
Write what a language model says of every token of a text: its logprob, the entropy of the
prediction, and its rank. Text is for people, in bits; json and jsonl are for programs, in nats.

examples:
  ppl score notes.txt                              a table of tokens
  ppl score --words --format json README.md        words, with corrected probabilities
  ppl score --lines --format jsonl - < lines.txt   each line a text of its own, as a stream"""


@dataclass(frozen=True, slots=True)
class Scored:
    """A text with the scores of its tokens."""

    path: str
    text: str
    tokens: "TokenScores"


@dataclass(frozen=True, slots=True)
class ScoredLines:
    """The lines of a file, each with its number from 1 and its score, as a stream."""

    path: str
    lines: "Iterator[tuple[int, LineScore]]"


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = add_command(commands, "score", summary=_SUMMARY, about=_ABOUT)
    unit = parser.add_mutually_exclusive_group()
    unit.add_argument("--words", action="store_true", help="one row a word instead of a token")
    unit.add_argument(
        "--lines",
        action="store_true",
        help="every line a text of its own, in batches and memory that does not grow",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Score the texts; 0, or 2 on failure."""
    session = Session.of(arguments, models)
    with session.reporting_failures(), open_output(arguments.output) as output:
        if arguments.lines:
            _report_lines(output, session, arguments)
        else:
            _report_tokens(output, session, arguments)
    return ExitCode.FAILED if session.has_failed else ExitCode.CLEAN


def _report_tokens(output: Output, session: Session, arguments: argparse.Namespace) -> None:
    # The formats need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.score import formats  # noqa: PLC0415

    view = formats.WORDS if arguments.words else formats.TOKENS
    scored = _scored(session, arguments.paths)
    match arguments.format:
        case "json":
            write_json(output, map(view.file_object, scored), lambda: session.model)
        case "jsonl":
            objects = ((one.path, view.objects(one)) for one in scored)
            write_json_lines(output, _labelled(objects, arguments.paths))
        case _:
            write_text(output, map(view.table, scored))


def _report_lines(output: Output, session: Session, arguments: argparse.Namespace) -> None:
    from ppl_engine.cli.score import formats  # noqa: PLC0415

    scored = _scored_lines(session, arguments.paths)
    match arguments.format:
        case "json":
            write_json(output, map(formats.lines_object, scored), lambda: session.model)
        case "jsonl":
            objects = ((one.path, formats.line_objects(one)) for one in scored)
            write_json_lines(output, _labelled(objects, arguments.paths))
        case _:
            write_text(output, map(formats.line_table, scored))


def _scored(session: Session, paths: list[str]) -> Iterator[Scored]:
    for source in read_sources(paths, DOCUMENT_SUFFIXES, session):
        tokens = session.finish(source.path, session.engine.score(source.text))
        if tokens is not None:
            yield Scored(source.path, source.text, tokens)


def _scored_lines(session: Session, paths: list[str]) -> Iterator[ScoredLines]:
    for path in find_files(paths, DOCUMENT_SUFFIXES, session):
        yield ScoredLines(path, line_scores(session, path))


def line_scores(session: Session, path: str) -> "Iterator[tuple[int, LineScore]]":
    """Pair scores with line numbers, of which the engine reads some ahead."""
    numbers: deque[int] = deque()

    def texts() -> Iterator[str]:
        for number, line in read_lines(path, session):
            numbers.append(number)
            yield line

    for score in session.engine.score_lines(texts()):
        yield numbers.popleft(), score


def _labelled(
    files: Iterator[tuple[str, Iterator[Json]]], paths: list[str]
) -> Iterator[Iterator[Json]]:
    """Put the path into every object where more than one file was asked for."""
    is_labelled = has_many(paths)
    for path, objects in files:
        yield ({"path": path, **item} if is_labelled else item for item in objects)
