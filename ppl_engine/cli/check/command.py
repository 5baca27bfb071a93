"""The options of `ppl check`, and what it does with them."""

import argparse
import math
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check.checked import Run, Tally
from ppl_engine.cli.check.formats import NAMES
from ppl_engine.cli.check.scope import add_scope, changes_of, settle_scope
from ppl_engine.cli.cluster import add_cluster, is_spread
from ppl_engine.cli.options import SEVERITIES, add_command, add_configuration
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.findings.codes import CODES
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.text.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ppl_engine.cli.check.checked import Checked
    from ppl_engine.cli.check.checking import Checking
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
  ppl check --also sarif=found.sarif docs/   text to read, and SARIF in a file; see docs/ci.md
  ppl check --select likely-mistake docs/    one kind of findings
  ppl check --context src/api.py docs/api.md what the source does not say: ungrounded
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
    parser = add_command(
        commands, "check", summary=_SUMMARY, about=_ABOUT, formats=NAMES, has_default_path=True
    )
    parser.add_argument(
        "--heat", action="store_true", help="text: show the whole text with its surprisal"
    )
    parser.add_argument(
        "--language",
        metavar="ID",
        help=f"read every file as this: {', '.join(LANGUAGES)} "
        "(default: by suffix; markdown for standard input)",
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=_also,
        metavar="FORMAT=FILE",
        help="write another report of the same run; may be given again",
    )
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="FILE",
        help="what the documents are made from, a file or a directory of programs and documents: "
        "read before them, and what is not in it is shown; may be given again",
    )
    _add_selection(parser)
    _add_gates(parser)
    add_scope(parser)
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
    add_cluster(parser)
    parser.set_defaults(run=run)


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("findings")
    for name, meaning in (("select", "show these kinds only"), ("ignore", "leave these kinds out")):
        group.add_argument(
            f"--{name}",
            action="append",
            default=[],
            type=_codes,
            metavar="CODE[,CODE]",
            help=f"{meaning}: {', '.join(CODES)}" if name == "select" else meaning,
        )
    group.add_argument(
        "--severity",
        choices=SEVERITIES,
        default=SEVERITIES[0],
        help=f"the least severity that is shown (default: {SEVERITIES[0]})",
    )


def _add_gates(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("quality gates", "see docs/ci.md")
    group.add_argument(
        "--max-perplexity", type=_amount, metavar="N", help="the most that a document may have"
    )
    group.add_argument(
        "--max-bits-per-byte", type=_amount, metavar="N", help="the most that a document may have"
    )
    group.add_argument(
        "--max-findings",
        type=_whole_number,
        metavar="N",
        help="how many findings are let through in all (default: 0)",
    )
    group.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 whatever is found; 2 on failure"
    )


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Check the documents; 0 where nothing is found, 1 where something is, 2 on failure."""
    # They need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.check.at_hand import SourcesAtHand  # noqa: PLC0415
    from ppl_engine.cli.check.checking import Checking, fixes_shown, fixing  # noqa: PLC0415
    from ppl_engine.cli.check.reporting import named_twice, open_reports, targets  # noqa: PLC0415
    from ppl_engine.cli.guidance import Guidance  # noqa: PLC0415

    session, tally = Session.of(arguments, models), Tally()
    if arguments.heat and arguments.format != "text":
        session.fail(f"--heat is text for people: leave out --format {arguments.format}")
        return ExitCode.FAILED
    wanted = targets(arguments)
    if (twice := named_twice(wanted)) is not None:
        session.fail(f"{twice}: can hold one report only: give each a file of its own")
        return ExitCode.FAILED
    with session.reporting_failures():
        settle_scope(arguments)
        if arguments.watch:
            from ppl_engine.cli.watching.watch import watch  # noqa: PLC0415 - few need it

            return watch(arguments, models)
        changes = changes_of(arguments)
        guidance = Guidance(arguments, session)
        at_hand = SourcesAtHand(arguments, session, guidance)
        checking = Checking(session, arguments, guidance, changes, at_hand=at_hand)
        if arguments.prints_diff:
            return fixes_shown(checking)
        if arguments.fix:
            checking = fixing(checking)
        with open_reports(wanted, Run(session, tally)) as reports:
            for checked in _documents(checking):
                reports.add(checked)
        guidance.write_baselines()
        if checking.writer is not None:
            checking.writer.say_how_many()
    if session.has_failed:
        return ExitCode.FAILED
    return ExitCode.CLEAN if arguments.exit_zero or tally.is_clean else ExitCode.FINDINGS


def _documents(checking: "Checking") -> "Iterator[Checked]":
    if not is_spread(checking.arguments):
        return checking.documents()
    from ppl_engine.cli.check.spreading import spread_documents  # noqa: PLC0415 - few need it

    return spread_documents(checking)


def _codes(argument: str) -> tuple[str, ...]:
    named = tuple(code.strip() for code in argument.split(","))
    for code in named:
        if code not in CODES:
            # It needs all that configurations need.
            from ppl_engine.configuration.schema import no_such_code  # noqa: PLC0415

            raise argparse.ArgumentTypeError(no_such_code(code))
    return named


def _also(argument: str) -> tuple[str, str]:
    name, separator, path = argument.partition("=")
    if not separator or not path:
        raise argparse.ArgumentTypeError(f"{argument!r} is not FORMAT=FILE, as sarif=found.sarif")
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"{name!r} is no format; there are {', '.join(NAMES)}")
    return name, path


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
