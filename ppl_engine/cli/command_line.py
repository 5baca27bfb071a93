"""The entry of `ppl`: reads the arguments and runs the subcommand they name."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from ppl_engine.cli import cache, check, playground, rank, report, score
from ppl_engine.cli import filter as filter_command
from ppl_engine.cli.evaluation import compare, evaluate
from ppl_engine.cli.options import EPILOG, TeachingFormatter
from ppl_engine.cli.reports import program_version
from ppl_engine.cli.session import MODELS, ExitCode, Models
from ppl_engine.cli.sources import STDIN

_ABOUT: Final = """\
Show where text surprises a language model.

The surprisal of a word is -log2 of the probability that the model gave it before reading it:
1 bit is one of two equally likely words, 10 bits one of a thousand. The model runs on this
machine; the embedded one needs no network."""

_EXAMPLES: Final = """\
examples:
  ppl check README.md                what is worth a glance in one file
  ppl check --heat README.md         the whole text as a heat map
  ppl score --format jsonl notes.txt the logprob of every token
  ppl filter data.jsonl -o clean.jsonl --max-perplexity 80
  ppl eval wiki.txt                  perplexity and bits per byte, by a named convention
  ppl report docs/ -o report.html    one page with heat maps, profiles and findings
  ppl playground                     try it in the browser

`ppl COMMAND --help` explains a command."""


def main(argv: Sequence[str] | None = None, *, models: Models = MODELS) -> int:
    """Run a command and return its exit code."""
    arguments = _parse(argv)
    try:
        return arguments.run(arguments, models)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _close_quietly()
        return ExitCode.BROKEN_PIPE


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments, with options before, between and after the paths."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    unknown = [argument for argument in rest if argument.startswith("-") and argument != STDIN]
    if unknown:
        parser.error(f"there is no option {unknown[0]}; `ppl COMMAND --help` lists them")
    if rest and "paths" not in arguments:
        parser.error(f"{rest[0]} is not expected here")
    if rest:
        arguments.paths = [*(arguments.paths or ()), *rest]
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ppl",
        description=_ABOUT,
        epilog=f"{_EXAMPLES}\n\n{EPILOG}",
        formatter_class=TeachingFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"ppl {program_version() or '(not installed)'}"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check.add_to(commands)
    score.add_to(commands)
    rank.add_to(commands)
    filter_command.add_to(commands)
    evaluate.add_to(commands)
    compare.add_to(commands)
    report.add_to(commands)
    playground.add_to(commands)
    cache.add_to(commands)
    return parser


def _close_quietly() -> None:
    """Let the interpreter flush at its exit into nothing instead of into the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
