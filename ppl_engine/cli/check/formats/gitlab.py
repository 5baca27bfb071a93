"""Code Quality reports of GitLab.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.gates import Breach
from ppl_engine.cli.check.kinds import QUALITY_GATE
from ppl_engine.cli.check.paths import relative
from ppl_engine.cli.output import Output
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import Json, dumps
from ppl_engine.findings.finding import Finding
from ppl_engine.ignoring.fingerprint import fingerprint

_SEVERITIES: Final = {"warning": "minor", "information": "info", "hint": "info"}
_GATE_SEVERITY: Final = "major"
_N_BYTES: Final = 16


class GitLabReport:
    """One array with an object for each finding."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run
        self._n_written = 0

    def add(self, checked: Checked) -> None:
        """Write the findings of a file."""
        path = relative(checked.path)
        for breach in checked.breaches:
            self._write(_gate_object(breach, path))
        for one in _finding_objects(checked, path):
            self._write(one)
        self._output.flush()

    def end(self, *, is_complete: bool) -> None:
        """Close the array. A gate of all files belongs to no line, and is not told here."""
        del is_complete
        self._output.write("\n]\n" if self._n_written else "[]\n")

    def _write(self, item: Json) -> None:
        self._output.write(",\n" if self._n_written else "[\n", dumps(item))
        self._n_written += 1


def _finding_objects(checked: Checked, path: str) -> Iterator[Json]:
    lines = Lines(checked.text)
    seen: Counter[str] = Counter()
    for finding in checked.verdict.findings:
        name = fingerprint(finding, checked.text)
        # Of two with one fingerprint, GitLab would show one.
        seen[name] += 1
        yield _object(finding, lines, path, _digest(path, name, str(seen[name])))


def _object(finding: Finding, lines: Lines, path: str, name: str) -> Json:
    span = finding.span
    place = {"begin": lines.line_at(span.start) + 1, "end": lines.line_at(span.end) + 1}
    return {
        "description": finding.message,
        "check_name": finding.code,
        "fingerprint": name,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path, "lines": place},
    }


def _gate_object(breach: Breach, path: str) -> Json:
    return {
        "description": breach.message,
        "check_name": QUALITY_GATE.code,
        "fingerprint": _digest(path, breach.gate),
        "severity": _GATE_SEVERITY,
        "location": {"path": path, "lines": {"begin": 1}},
    }


def _digest(*parts: str) -> str:
    encoded = "\0".join(parts).encode("utf-8", errors="surrogatepass")
    return blake2b(encoded, digest_size=_N_BYTES).hexdigest()
