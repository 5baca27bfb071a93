"""The options that commands share, and how help is laid out."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ppl_engine.models.choice import DEVICES, EMBEDDED, PRECISIONS, ModelChoice

if TYPE_CHECKING:
    # argparse has no public name for what `add_subparsers` returns.
    Subparsers = argparse._SubParsersAction[  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        argparse.ArgumentParser
    ]
    # Nor for what `add_argument_group` returns.
    ArgumentGroup = argparse._ArgumentGroup  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

FORMATS: Final = ("text", "json", "jsonl")

SEVERITIES: Final = ("hint", "information", "warning")
"""From the least to the most severe."""

EPILOG: Final = """\
exit codes:
  0  done (check: nothing found)
  1  check: something found
  2  something could not be done: each time a line on standard error says what, the rest goes on
  130 interrupted, 141 output closed early; what was finished is written"""


class TeachingFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the paragraphs and examples of the help as they were written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=96)


def new_command(
    commands: "Subparsers", name: str, *, summary: str, about: str
) -> argparse.ArgumentParser:
    """Add a subcommand without arguments."""
    return commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=EPILOG,
        formatter_class=TeachingFormatter,
    )


def add_command(  # noqa: PLR0913 - the last two are for `check`
    commands: "Subparsers",
    name: str,
    *,
    summary: str,
    about: str,
    formats: Sequence[str] = FORMATS,
    has_default_path: bool = False,
) -> argparse.ArgumentParser:
    """Add a subcommand that reads documents, with the arguments that all of these take."""
    parser = new_command(commands, name, summary=summary, about=about)
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*" if has_default_path else "+",
        help="a file, a directory (its Markdown and text files, without what git ignores), a "
        "pattern such as 'docs/**/*.md', or - for standard input"
        + (" (default: this directory)" if has_default_path else ""),
    )
    add_run_options(parser, formats)
    return parser


def add_run_options(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    """Add what every command takes that runs a model: where results go, the model, the cache."""
    parser.add_argument("--format", choices=formats, default="text", help="default: text")
    add_means(parser)


def add_means(parser: argparse.ArgumentParser) -> None:
    """Add where results go, which model is used, and what is kept."""
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write there instead of to standard output"
    )
    add_model(parser)
    add_cache_directory(parser)
    parser.add_argument(
        "--no-cache", action="store_true", help="compute everything and keep nothing"
    )


def add_cache_directory(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where scores are kept."""
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        help="where scores are kept (default: $PPL_CACHE_DIR, else the user's cache directory)",
    )


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """Add the options about configuration and baseline."""
    keeping = add_guidance(parser).add_mutually_exclusive_group()
    keeping.add_argument(
        "--update-baseline",
        action="store_true",
        help="accept all that is found in the documents that are checked",
    )
    keeping.add_argument(
        "--prune-baseline",
        action="store_true",
        help="forget what is accepted and no longer found in them",
    )


def add_guidance(parser: argparse.ArgumentParser) -> "ArgumentGroup":
    """Add the options about what is read of configurations and baselines; return their group."""
    group = parser.add_argument_group("configuration", "see docs/ignoring.md")
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--config",
        metavar="FILE",
        help="read this instead of the ppl.toml or pyproject.toml above each document",
    )
    which.add_argument(
        "--no-config",
        action="store_true",
        help="read no configuration, dictionary or baseline; comments in texts still hold",
    )
    group.add_argument(
        "--baseline",
        metavar="FILE",
        help="the findings that are accepted as they are (default: .ppl/accepted.json)",
    )
    return group


def model_choice(arguments: argparse.Namespace) -> ModelChoice:
    """Return the model that the arguments ask for."""
    return ModelChoice(arguments.model, arguments.device, arguments.precision)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add which model is used, and how it runs."""
    model = parser.add_argument_group("model")
    model.add_argument(
        "--model",
        default=EMBEDDED,
        metavar="NAME",
        help="a directory in Hugging Face format, a hub id, an n-gram model (.arpa, .bin), "
        f"or {EMBEDDED} (default)",
    )
    model.add_argument(
        "--device", choices=DEVICES, default="auto", help="default: auto, the fastest there is"
    )
    model.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="default: auto, what the device is good at; exact is fp32 and deterministic",
    )
