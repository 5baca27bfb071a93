"""JUnit XML: a test case for each file, which fails where something is found in it."""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as Xml

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.text import count
from ppl_engine.cli.check.kinds import QUALITY_GATE
from ppl_engine.cli.output import Output, on_terminal
from ppl_engine.cli.places import Lines

_SUITE: Final = "ppl check"
# What XML 1.0 can not say at all; other controls are pictures of themselves by then.
_NO_CHARACTER: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


class JUnitReport:
    """One suite, written at the end: its first line says how many cases fail."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run
        self._suite = Xml.Element("testsuite", name=_SUITE)
        self._n_failures = 0

    def add(self, checked: Checked) -> None:
        """Take in a file as a case."""
        found = [*_gate_lines(checked), *_finding_lines(checked)]
        title = count(len(checked.verdict.findings), "finding")
        said = "; ".join([title, *(breach.message for breach in checked.breaches)])
        self._add_case(checked.path, said, found)

    def end(self, *, is_complete: bool) -> None:
        """Write the suite, with what was finished."""
        del is_complete
        for breach in self._run.tally.exceeded:
            name = breach.gate if breach.root is None else f"{breach.root}: {breach.gate}"
            self._add_case(name, breach.message, [breach.message])
        counts = {"tests": str(len(self._suite)), "failures": str(self._n_failures), "errors": "0"}
        self._suite.attrib |= counts
        suites = Xml.Element("testsuites", {"name": _SUITE, **counts})
        suites.append(self._suite)
        Xml.indent(suites)
        written = Xml.tostring(suites, encoding="unicode")
        self._output.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n')

    def _add_case(self, name: str, title: str, found: list[str]) -> None:
        case = Xml.SubElement(self._suite, "testcase", classname=_SUITE, name=_sayable(name))
        if found:
            self._n_failures += 1
            failure = Xml.SubElement(case, "failure", message=_sayable(title), type="finding")
            failure.text = _sayable("\n".join(found))


def _gate_lines(checked: Checked) -> Iterator[str]:
    for breach in checked.breaches:
        yield f"{checked.path}: error {QUALITY_GATE.code}: {breach.message}"


def _finding_lines(checked: Checked) -> Iterator[str]:
    lines = Lines(checked.text)
    for finding in checked.verdict.findings:
        start = finding.span.start
        place = f"{checked.path}:{lines.line_at(start) + 1}:{lines.column(start) + 1}"
        yield f"{place}: {finding.severity} {finding.code}: {finding.message}"


def _sayable(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", on_terminal(text))
