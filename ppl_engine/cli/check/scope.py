"""Which documents `ppl check` reads, and whether it goes on to change or to watch them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.sources import STDIN
from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from ppl_engine.cli.changes.changes import Changes

_NO_FILE: Final = ""
"""What `--diff` comes to without a value."""


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Add the options about which documents are read, and what of them is looked at."""
    group = parser.add_argument_group("documents", "see docs/check.md")
    group.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out what the configuration excludes also where it is named (for pre-commit)",
    )
    group.add_argument(
        "--no-respect-gitignore",
        action="store_true",
        help="walk into what git ignores, too",
    )
    group.add_argument(
        "--stdin-filename",
        metavar="NAME",
        help="take standard input for the content of this document",
    )
    group.add_argument(
        "--changed-since",
        metavar="REV",
        help="only what differs from where this branch left REV, the working tree included",
    )
    group.add_argument(
        "--diff",
        metavar="FILE",
        nargs="?",
        const=_NO_FILE,
        help="only what this unified diff changes (- for standard input); with --fix it takes no "
        "value: show as a diff what would be fixed, and write nothing",
    )
    group.add_argument(
        "--fix",
        action="store_true",
        help="write the fixes that are sure into the documents, and show what remains",
    )
    group.add_argument(
        "--watch",
        action="store_true",
        help="check again whenever a document changes (pip install 'ppl-lsp[watch]')",
    )


def settle_scope(arguments: argparse.Namespace) -> None:
    """Give each option its meaning beside the others. Raises EngineError that says what is wrong.

    `--diff` has two: with `--fix` it prints, and what looked like its value is a path.
    """
    paths: list[str] = list(arguments.paths or ())
    value: str | None = arguments.diff
    arguments.prints_diff = arguments.fix and value is not None
    if arguments.fix and value is not None:
        paths = [value, *paths] if value != _NO_FILE else paths
        arguments.diff = None
    arguments.paths = paths or ["."]
    complaint = _complaint(arguments)
    if complaint:
        raise EngineError(complaint)


def changes_of(arguments: argparse.Namespace) -> "Changes | None":
    """Return what the check keeps to; None for whole documents. Raises EngineError."""
    diff: str | None = arguments.diff
    revision: str | None = arguments.changed_since
    if revision is None and diff is None:
        return None
    from ppl_engine.cli.changes.patch import read_patch  # noqa: PLC0415 - few need unidiff
    from ppl_engine.cli.changes.since import ChangesSince  # noqa: PLC0415

    if diff is not None:
        return read_patch(diff, Path.cwd())
    return ChangesSince(revision or "")


def _complaint(arguments: argparse.Namespace) -> str | None:
    """Return what can not be meant."""
    reads_stdin = STDIN in arguments.paths
    diff, watch = arguments.diff, arguments.watch
    special = {
        "--heat": arguments.heat,
        "--output": arguments.output,
        "--also": arguments.also,
        "--update-baseline": arguments.update_baseline,
        "--prune-baseline": arguments.prune_baseline,
        f"--format {arguments.format}": arguments.format != "text",
    }
    others = [option for option, is_given in special.items() if is_given]
    needing_engine = {"--heat": arguments.heat, "--fix": arguments.fix, "--watch": watch}
    at_home = [option for option, is_given in needing_engine.items() if is_given]
    wrong = {
        "--diff: name a file with a diff, or - ; to see what would be fixed, add --fix": (
            diff == _NO_FILE
        ),
        "--diff and --changed-since: one of them says what changed": (
            diff is not None and arguments.changed_since is not None
        ),
        "--diff -: standard input can not be a document as well": diff == STDIN and reads_stdin,
        "--stdin-filename is the name of standard input: give - as the path": (
            arguments.stdin_filename is not None and not reads_stdin
        ),
        "--fix: standard input can not be written to; --fix --diff - shows the fixes": (
            arguments.fix and not arguments.prints_diff and reads_stdin
        ),
        f"--fix --diff shows a diff: leave out {' and '.join(others)}": (
            arguments.prints_diff and others not in ([], ["--output"])
        ),
        "--watch waits for files to change: leave out -, --diff and --fix": (
            watch and (reads_stdin or diff is not None or arguments.fix)
        ),
        f"--watch shows text for people: leave out {' and '.join(others)}": watch and others,
        f"--ray brings findings and no more: leave out {' and '.join(at_home)}": (
            arguments.ray is not None and at_home
        ),
    }
    return next((complaint for complaint, is_so in wrong.items() if is_so), None)
