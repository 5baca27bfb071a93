"""The reports of one run: each in a format, to a file or to standard output."""

import argparse
import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.registry import REPORTS
from ppl_engine.cli.output import STDOUT, open_output


@dataclass(frozen=True, slots=True)
class Target:
    """A report that is asked for."""

    format: str
    path: str | None
    """None for standard output."""


def targets(arguments: argparse.Namespace) -> Sequence[Target]:
    """Return what the arguments ask for."""
    name = "heat" if arguments.heat else arguments.format
    return [Target(name, arguments.output), *(Target(*one) for one in arguments.also)]


def named_twice(wanted: Sequence[Target]) -> str | None:
    """Return what two reports would be written to; None if there is no such thing."""
    seen: set[str] = set()
    for one in wanted:
        is_standard = one.path is None or one.path == STDOUT
        where = STDOUT if is_standard else os.path.realpath(one.path or "")
        if where in seen:
            return "standard output" if is_standard else one.path
        seen.add(where)
    return None


class Reports:
    """Hands every document to all reports, and counts it."""

    def __init__(self, wanted: Sequence[Target], run: Run, stack: ExitStack) -> None:
        self._run = run
        self._reports = [
            REPORTS[one.format](stack.enter_context(open_output(one.path)), run) for one in wanted
        ]

    def add(self, checked: Checked) -> None:
        """Take in a document."""
        self._run.tally.add(checked)
        for report in self._reports:
            report.add(checked)

    def end(self, *, is_complete: bool) -> None:
        """Finish all reports."""
        for report in self._reports:
            report.end(is_complete=is_complete)


@contextmanager
def open_reports(wanted: Sequence[Target], run: Run) -> Generator[Reports, None, None]:
    """Open reports, and end them: also where the work is interrupted. Raises OSError."""
    with ExitStack() as stack:
        reports = Reports(wanted, run, stack)
        is_complete = False
        try:
            yield reports
            is_complete = True
        finally:
            reports.end(is_complete=is_complete)
