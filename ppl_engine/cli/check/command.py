"""The options of `ppl check`, and what it does with them."""

import argparse
import math
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check.checked import Run, Tally
from ppl_engine.cli.check.formats import NAMES
from ppl_engine.cli.options import add_command, add_configuration
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.text.languages import LANGUAGES

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers

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


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = add_command(commands, "check", summary=_SUMMARY, about=_ABOUT, formats=NAMES)
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
    # They need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.check.checking import Checking  # noqa: PLC0415
    from ppl_engine.cli.check.reporting import open_reports, targets  # noqa: PLC0415
    from ppl_engine.cli.guidance import Guidance  # noqa: PLC0415

    session, tally = Session.of(arguments, models), Tally()
    if arguments.heat and arguments.format != "text":
        session.fail(f"--heat is text for people: leave out --format {arguments.format}")
        return ExitCode.FAILED
    with session.reporting_failures():
        guidance = Guidance(arguments, session)
        with open_reports(targets(arguments), Run(session, tally)) as reports:
            for checked in Checking(session, arguments, guidance).documents():
                reports.add(checked)
        guidance.write_baselines()
    if session.has_failed:
        return ExitCode.FAILED
    return ExitCode.FINDINGS if tally.n_findings else ExitCode.CLEAN


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
