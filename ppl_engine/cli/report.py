"""`ppl report`: documents as one HTML page to be read and shown."""

import argparse
import datetime
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from ppl_engine.cli import check
from ppl_engine.cli.options import add_guidance, add_means, new_command
from ppl_engine.cli.output import open_output
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.cli.sources import STDIN
from ppl_engine.text.languages import LANGUAGES

if TYPE_CHECKING:
    from ppl_engine.cli.check.checking import Checking
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.report.values import About, Reported, Rescored

_SUMMARY: Final = "write one HTML page with heat maps, profiles and findings"
_ABOUT: Final = """\
Write documents as one HTML page: an overview of all of them, and for each its text as a heat map,
its surprisal from beginning to end, and what is worth a glance. The page needs no network and no
server, reads without script, prints, and follows the light or dark of its reader.

With --compare, other models read the same texts: bits per byte beside each other, and the words
in which they differ most.

examples:
  ppl report docs/ -o report.html                       all documents of a folder
  ppl report a.md -o report.html --title 'Before'       with a title of its own
  ppl report a.md -o report.html --compare ./my-model   by two models"""

_EPOCH: Final = "SOURCE_DATE_EPOCH"


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = new_command(commands, "report", summary=_SUMMARY, about=_ABOUT)
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a file, a directory (its Markdown and text files), or - for standard input",
    )
    parser.add_argument("--title", default="Surprisal report", help="what the page is called")
    parser.add_argument(
        "--compare",
        metavar="NAME",
        action="append",
        default=[],
        help="a model to compare with, named as for --model; may be repeated",
    )
    parser.add_argument(
        "--language",
        metavar="ID",
        help=f"read every file as this: {', '.join(LANGUAGES)} "
        "(default: by suffix; markdown for standard input)",
    )
    add_means(parser)
    add_guidance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Write the page; 0, or 2 on failure."""
    arguments = _as_for_check(arguments)
    session = Session.of(arguments, models)
    is_to_stdout = arguments.output in {None, "-"}
    if is_to_stdout and sys.stdout.isatty():
        session.fail("the page is a file: name it, as in `-o report.html`")
        return ExitCode.FAILED
    if is_to_stdout and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as the page says
    others = [Session.of(_by_model(arguments, name), models) for name in arguments.compare]
    sessions, reporting = [session, *others], _Reporting(arguments, session, others)
    with ExitStack() as stack:
        for one in sessions:
            stack.enter_context(one.reporting_failures())
        reporting.write()
    if reporting.is_interrupted:
        raise KeyboardInterrupt
    return ExitCode.FAILED if any(one.has_failed for one in sessions) else ExitCode.CLEAN


@dataclass(slots=True)
class _Reporting:
    arguments: argparse.Namespace
    session: Session
    others: list[Session]
    """By the models to compare with."""

    is_interrupted: bool = False
    _n_documents: int = field(default=0, init=False)

    def write(self) -> None:
        """Write the page. Raises EngineError, OSError."""
        # They need numpy, which takes longer to import than the help takes to print.
        from ppl_engine.cli.check.checking import Checking  # noqa: PLC0415
        from ppl_engine.cli.guidance import Guidance  # noqa: PLC0415
        from ppl_engine.report.page import page_html  # noqa: PLC0415

        guidance = Guidance(self.arguments, self.session)
        documents = self._documents(Checking(self.session, self.arguments, guidance))
        with (
            open_output(self.arguments.output) as output,
            tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as spool,
        ):
            for piece in page_html(documents, spool, self._about):
                output.write(piece)

    def _documents(self, checking: "Checking") -> "Iterator[Reported]":
        """Yield the documents; an interruption ends them, and what was finished is reported."""
        from ppl_engine.report.values import Reported  # noqa: PLC0415 - imports numpy

        try:
            for checked in checking.documents():
                if checked.analysis is None:
                    continue
                rescored = self._rescored(checked.path, checked.text)
                if rescored is None:
                    continue
                findings, n_ignored = checked.verdict.findings, checked.n_ignored
                self._n_documents += 1
                yield Reported(checked.path, checked.analysis, findings, n_ignored, rescored)
        except KeyboardInterrupt:
            self.is_interrupted = True

    def _rescored(self, path: str, text: str) -> "list[Rescored] | None":
        """Return a text by the models to compare with; None, and a line, where one fails."""
        from ppl_engine.report.values import Rescored  # noqa: PLC0415 - imports numpy

        found: list[Rescored] = []
        for other in self.others:
            tokens = other.finish(path, other.engine.score(text))
            if tokens is None:
                return None
            found.append(Rescored.of(text, tokens, other.engine.model))
        return found

    def _about(self) -> "About":
        from ppl_engine.report.values import About  # noqa: PLC0415 - imports numpy

        return About(
            title=self.arguments.title,
            created=_now().strftime("%Y-%m-%d %H:%M %Z").strip(),
            version=_version(),
            model=self.session.model,
            notices=tuple(self._notices()),
        )

    def _notices(self) -> Iterator[str]:
        if self.is_interrupted:
            yield "This report was interrupted: some documents are missing."
        if any(one.has_failed for one in (self.session, *self.others)):
            yield "Some documents could not be read or scored, and are missing."
        if model := self.session.model:
            yield from model.notices


def _as_for_check(arguments: argparse.Namespace) -> argparse.Namespace:
    """Return the arguments with what `ppl check` has for all that was not asked here."""
    parser = argparse.ArgumentParser()
    check.add_to(parser.add_subparsers())
    default = parser.parse_args(["check", STDIN])
    # The heat map is what asks for the scores of words.
    return argparse.Namespace(**{**vars(default), **vars(arguments), "heat": True})


def _by_model(arguments: argparse.Namespace, name: str) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(arguments), "model": name})


def _now() -> datetime.datetime:
    """Return the time, or the one that reproducible builds ask for (reproducible-builds.org)."""
    epoch = os.environ.get(_EPOCH, "")
    if epoch.isdecimal():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
    return datetime.datetime.now().astimezone()


def _version() -> str:
    try:
        return version("ppl-lsp")
    except PackageNotFoundError:
        return "(not installed)"
