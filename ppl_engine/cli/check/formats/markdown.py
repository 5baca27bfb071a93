"""A summary in Markdown, for job summaries and comments on changes.

What comes of documents stands in code, where GitHub and GitLab look for no mentions, issues and
addresses, and no character of it is left to be read as markup.
"""

import re
from collections.abc import Iterator
from typing import Final

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.text import MARGIN, count, marked_line
from ppl_engine.cli.check.gates import Breach
from ppl_engine.cli.output import Output, on_terminal
from ppl_engine.cli.places import Lines
from ppl_engine.findings.finding import Finding
from ppl_engine.scoring.units import bits

_MOST_CHARACTERS: Final = 60_000
"""A comment on GitHub has room for 65,536."""

_MOST_ROWS: Final = 100
_LARGEST_FINDING: Final = 2_000
"""In characters: a passage may be any length, and is not quoted whole."""

_QUOTED: Final = re.compile("“([^”]*)”")
_MARKUP: Final = re.compile(r"[!#$%&*:<>@\[\\\]^_`{|}~]|(?<=www)\.", re.IGNORECASE)
"""What is markup in the middle of a line, or begins an address that would be a link."""

_REFERENCE: Final = re.compile("&#(?:64|35|33);")
"""`@`, `#` and `!`; a word joiner after them makes them no beginning of a name or number."""

_TITLE: Final = "## ppl check"
_TABLE: Final = "| file | findings | bits per byte | perplexity |\n| --- | ---: | ---: | ---: |\n"


class MarkdownReport:
    """Totals, a table of the files in which something is found, and the findings."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run
        self._rows: list[str] = []
        self._n_rows_left_out = 0
        self._found: list[str] = []
        self._n_characters = 0
        self._n_findings_left_out = 0

    def add(self, checked: Checked) -> None:
        """Take in a file; one in which there is nothing to see is only counted."""
        if not checked.verdict.findings and not checked.breaches:
            return
        row = _row(checked)
        if len(self._rows) < _MOST_ROWS and self._has_room(row):
            self._rows.append(row)
        else:
            self._n_rows_left_out += 1
        heading = f"### {_code(checked.path)}\n\n"
        n_shown = 0
        for said in _details(checked):
            if not self._has_room(heading + said):
                break
            self._found.append(heading + said)
            heading = ""
            n_shown += 1
        self._n_findings_left_out += len(checked.verdict.findings) - n_shown

    def end(self, *, is_complete: bool) -> None:
        """Write the summary."""
        tally = self._run.tally
        says = f"{count(tally.n_findings, 'finding')} in {count(tally.n_files, 'file')}"
        if tally.n_ignored:
            says += f", {tally.n_ignored:,} ignored"
        if tally.n_bytes:
            per_byte = bits(-tally.log_likelihood) / tally.n_bytes
            says += f" ({count(tally.n_words, 'word')}, {per_byte:.2f} bits per byte)"
        if not is_complete or self._run.has_failed:
            says += ". Not everything could be checked; the log says why"
        self._output.write(f"{_TITLE}\n\n{says}.\n")
        for breach in tally.exceeded:
            where = "" if breach.root is None else f"{_code(breach.root)}: "
            self._output.write(f"\n{where}**{breach.message}**\n")
        if self._rows:
            self._output.write("\n", _TABLE, *self._rows)
        if self._n_rows_left_out:
            self._output.write(f"\nAnd {count(self._n_rows_left_out, 'file')} more.\n")
        self._output.write(*(f"\n{one}" for one in self._found))
        if self._n_findings_left_out:
            self._output.write(f"\nAnd {count(self._n_findings_left_out, 'finding')} more.\n")

    def _has_room(self, said: str) -> bool:
        self._n_characters += len(said)
        return self._n_characters <= _MOST_CHARACTERS


def _row(checked: Checked) -> str:
    summary, broken = checked.verdict.summary, {one.gate: one for one in checked.breaches}
    cells = (
        _code(checked.path),
        f"{len(checked.verdict.findings):,}",
        _cell(summary.bits_per_byte, broken.get("max-bits-per-byte"), digits=2),
        _cell(summary.perplexity, broken.get("max-perplexity"), digits=1),
    )
    return f"| {' | '.join(cells)} |\n"


def _cell(value: float | None, breach: Breach | None, *, digits: int) -> str:
    if breach is not None:
        return f"**{breach.message}**"
    return "" if value is None else f"{value:,.{digits}f}"


def _details(checked: Checked) -> Iterator[str]:
    lines = Lines(checked.text)
    for finding in checked.verdict.findings:
        start = finding.span.start
        place = f"Line {lines.line_at(start) + 1}, column {lines.column(start) + 1}"
        said = f"{place}: {finding.severity} `{finding.code}`: {_message(finding)}\n\n"
        yield said + _fenced(finding, checked.text, lines)


def _message(finding: Finding) -> str:
    """Return the message with what it quotes as code."""
    parts = _QUOTED.split(_flat(finding.message))
    return "".join(
        f"“{_code(part)}”" if index % 2 else _prose(part) for index, part in enumerate(parts)
    )


def _fenced(finding: Finding, text: str, lines: Lines) -> str:
    parts = (
        part if isinstance(part, str) else part[0] for part in marked_line(finding, text, lines)
    )
    indented = "".join(parts).split("\n")
    shown = "\n".join(_cut(line.removeprefix(MARGIN)) for line in indented)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown.removesuffix(chr(10))}\n{fence}\n"


def _code(text: str) -> str:
    """Return a text as code that holds any character; between backticks a table breaks at `|`."""
    return f"<code>{_escaped(_flat(text)) or '&#32;'}</code>"


def _prose(text: str) -> str:
    """Return a text that mentions nobody: here quotation marks of a document can have led."""
    return _REFERENCE.sub("\\g<0>\u2060", _escaped(text))


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)


def _flat(text: str) -> str:
    return on_terminal(_cut(text)).replace("\n", " ").replace("\t", " ")


def _cut(text: str) -> str:
    return text if len(text) <= _LARGEST_FINDING else text[:_LARGEST_FINDING] + "…"
