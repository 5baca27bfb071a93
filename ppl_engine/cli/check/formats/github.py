"""Workflow commands of GitHub Actions: findings as annotations of lines.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands; what is escaped
is in `toCommandValue` and `escapeProperty` of https://github.com/actions/toolkit.
"""

from collections.abc import Mapping
from typing import Final

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.text import count
from ppl_engine.cli.check.kinds import QUALITY_GATE
from ppl_engine.cli.check.paths import relative
from ppl_engine.cli.output import Output, on_terminal
from ppl_engine.cli.places import Lines
from ppl_engine.findings.finding import Finding

_LEVELS: Final = {"warning": "warning", "information": "notice", "hint": "notice"}
_GATE_LEVEL: Final = "error"
# A `%` goes first, else it would escape the escapes.
_OF_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_OF_PROPERTIES: Final = {**_OF_DATA, ":": "%3A", ",": "%2C"}


class GitHubReport:
    """A command a line, and the totals as a line of the log."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run

    def add(self, checked: Checked) -> None:
        """Write the annotations of a file."""
        lines, path = Lines(checked.text), relative(checked.path)
        for breach in checked.breaches:
            place = {"file": path, "title": QUALITY_GATE.code}
            self._output.write(_command(_GATE_LEVEL, place, breach.message))
        for finding in checked.verdict.findings:
            place = {"file": path, **_place(finding, lines), "title": finding.code}
            self._output.write(
                _command(_LEVELS[finding.severity], place, on_terminal(finding.message))
            )
        self._output.flush()

    def end(self, *, is_complete: bool) -> None:
        """Write the totals."""
        if is_complete:
            tally = self._run.tally
            for breach in tally.exceeded:
                said = {"title": QUALITY_GATE.code}
                self._output.write(_command(_GATE_LEVEL, said, breach.message))
            found, files = count(tally.n_findings, "finding"), count(tally.n_files, "file")
            self._output.write(f"{found} in {files}\n")


def _place(finding: Finding, lines: Lines) -> dict[str, str]:
    """Return lines and columns from 1; columns only within a line, as GitHub wants it."""
    start, end = finding.span.start, finding.span.end
    first, last = lines.line_at(start) + 1, lines.line_at(end) + 1
    place = {"line": str(first), "endLine": str(last)}
    if first == last:
        place |= {"col": str(lines.column(start) + 1), "endColumn": str(lines.column(end))}
    return place


def _command(name: str, properties: Mapping[str, str], data: str) -> str:
    said = ",".join(f"{key}={_escaped(one, _OF_PROPERTIES)}" for key, one in properties.items())
    return f"::{name} {said}::{_escaped(data, _OF_DATA)}\n"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    for character, escape in escapes.items():
        text = text.replace(character, escape)
    return text
