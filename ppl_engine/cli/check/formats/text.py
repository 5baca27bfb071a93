"""What is found, for people: each place with its line and a mark under it."""

from collections.abc import Iterator
from typing import Final

from ppl_engine.cli.check.checked import Checked, Run, Tally
from ppl_engine.cli.check.kinds import QUALITY_GATE
from ppl_engine.cli.output import Output, Part, on_terminal, width
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import write_text
from ppl_engine.findings.finding import Finding
from ppl_engine.scoring.units import bits

MARGIN: Final = "    "
"""Before a line of a document."""

_N_CONTEXT: Final = 60
_STYLES: Final = {"warning": "yellow", "information": "cyan", "hint": "dim"}
_GATE_STYLE: Final = "red"


class TextReport:
    """A line and its mark for each finding, and a line of totals."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run

    def add(self, checked: Checked) -> None:
        """Write what is found in a file."""
        write_text(self._output, [finding_parts(checked)])

    def end(self, *, is_complete: bool) -> None:
        """Write the totals, which mean nothing where the work was interrupted."""
        if is_complete:
            write_text(self._output, [total_parts(self._run.tally)])


def finding_parts(checked: Checked) -> Iterator[Part]:
    """Yield the findings of a file, each with its line and a mark under it."""
    lines = Lines(checked.text)
    path = on_terminal(checked.path)
    for finding in checked.verdict.findings:
        line = lines.line_at(finding.span.start)
        place = f"{path}:{line + 1}:{lines.column(finding.span.start) + 1}: "
        yield (place, "bold")
        yield (finding.severity, _STYLES[finding.severity])
        yield f" {finding.code}: {on_terminal(finding.message)}\n"
        yield from marked_line(finding, checked.text, lines)
    for breach in checked.breaches:
        yield (f"{path}: ", "bold")
        yield ("error", _GATE_STYLE)
        yield f" {QUALITY_GATE.code}: {breach.message}\n"


def total_parts(tally: Tally) -> Iterator[Part]:
    """Yield the lines that end a report."""
    for breach in tally.exceeded:
        if breach.root is not None:
            yield (f"{on_terminal(breach.root)}: ", "bold")
        yield ("error", _GATE_STYLE)
        yield f" {QUALITY_GATE.code}: {breach.message}\n"
    yield f"{count(tally.n_findings, 'finding')} in {count(tally.n_files, 'file')}"
    if tally.n_ignored:
        yield f", {tally.n_ignored:,} ignored"
    yield f" ({count(tally.n_words, 'word')}"
    if tally.n_bytes:
        yield f", {bits(-tally.log_likelihood) / tally.n_bytes:.2f} bits per byte"
    yield ")\n"


def marked_line(finding: Finding, text: str, lines: Lines) -> Iterator[Part]:
    """Yield the part of the line around a finding, and carets under it."""
    line = lines.span(lines.line_at(finding.span.start))
    start, end = finding.span.start, min(finding.span.end, line.end)
    low, high = max(line.start, start - _N_CONTEXT), min(line.end, end + _N_CONTEXT)
    before = ("…" if line.start < low else "") + _flat(text[low:start])
    after = _flat(text[end:high]) + ("…" if high < line.end else "")
    flagged = _flat(text[start:end])
    yield f"{MARGIN}{before}{flagged}{after}\n{MARGIN}{' ' * width(before)}"
    yield ("^" * max(1, width(flagged)), "bold yellow")
    yield "\n"


def _flat(text: str) -> str:
    return on_terminal(text).replace("\t", " ")


def count(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural but for 1."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
