"""SARIF 2.1.0, for code scanning and viewers of results.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, sections by number below.
"""

from collections.abc import Iterator
from typing import Final

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.gates import Breach
from ppl_engine.cli.check.kinds import KINDS, QUALITY_GATE, Kind
from ppl_engine.cli.check.paths import uri
from ppl_engine.cli.output import Output
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import Json, dumps, number, program_version
from ppl_engine.findings.codes import HOME
from ppl_engine.findings.finding import Finding
from ppl_engine.ignoring.fingerprint import fingerprint
from ppl_engine.text.spans import Span

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {"warning": "warning", "information": "note", "hint": "note"}
_GATE_LEVEL: Final = "error"
_RULES: Final = (*KINDS.values(), QUALITY_GATE)
_INDEXES: Final = {rule.code: index for index, rule in enumerate(_RULES)}
_FINGERPRINT: Final = "pplFinding/v1"


class SarifReport:
    """One run with a result for each finding, written as they come."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run
        self._n_written = 0

    def add(self, checked: Checked) -> None:
        """Write the results of a file."""
        for result in _results(checked):
            self._output.write(",\n" if self._n_written else _head(), dumps(result))
            self._n_written += 1
        self._output.flush()

    def end(self, *, is_complete: bool) -> None:
        """Say how the run went, and close the document."""
        is_successful = is_complete and not self._run.has_failed
        invocation: dict[str, object] = {"executionSuccessful": is_successful}
        if self._run.tally.exceeded:
            invocation["toolExecutionNotifications"] = [
                _notification(breach) for breach in self._run.tally.exceeded
            ]
        tail = f'], "invocations": {dumps([invocation])}'
        if (model := self._run.model) is not None:
            said = {"model": model.name, "revision": model.revision, "precision": model.precision}
            tail += f', "properties": {dumps(said)}'
        head = "\n" if self._n_written else _head()
        self._output.write(f"{head}{tail}}}]}}\n")


def _head() -> str:
    driver: dict[str, object] = {
        "name": "ppl",
        "informationUri": HOME,
        "rules": [_rule(kind) for kind in _RULES],
    }
    if (version := program_version()) is not None:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The directory in which the command was run."}}
        },
    }
    opened = dumps(run).removesuffix("}")
    return f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{opened}, "results": [\n'


def _rule(kind: Kind) -> Json:
    level = _GATE_LEVEL if kind is QUALITY_GATE else _LEVELS[kind.severity]
    return {
        "id": kind.code,
        "shortDescription": {"text": f"{kind.title}."},
        "fullDescription": {"text": kind.about},
        "helpUri": kind.page,
        "help": {
            "text": f"{kind.about} See {kind.page}",
            "markdown": f"{kind.about} [More]({kind.page})",
        },
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["prose"]},
    }


def _results(checked: Checked) -> Iterator[Json]:
    lines, place = Lines(checked.text), _artifact(checked.path)
    for breach in checked.breaches:
        # Code scanning shows nothing that has no line: it is the whole document.
        whole = _region(Span(0, len(checked.text)), lines)
        location = {"physicalLocation": {"artifactLocation": place, "region": whole}}
        yield {
            **_told(QUALITY_GATE.code, _GATE_LEVEL, breach.message),
            "locations": [location],
            "partialFingerprints": {_FINGERPRINT: breach.gate},
            "properties": {"gate": breach.gate, "value": breach.value, "limit": breach.limit},
        }
    for finding in checked.verdict.findings:
        yield _result(finding, checked.text, lines, place)


def _result(finding: Finding, text: str, lines: Lines, place: Json) -> Json:
    region = _region(finding.span, lines)
    physical = {
        "artifactLocation": place,
        "region": {**region, "snippet": {"text": finding.span.of(text)}},
    }
    result: dict[str, object] = {
        **_told(finding.code, _LEVELS[finding.severity], finding.message),
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {_FINGERPRINT: fingerprint(finding, text)},
        "properties": {"surprisalBits": number(finding.surprisal_bits)},
    }
    # What was merely expected in the place of a word is no fix of it.
    proven = [one.text for one in finding.alternatives if one.gain_bits is not None]
    if proven:
        result["fixes"] = [_fix(one, region, place) for one in dict.fromkeys(proven)]
    return result


def _told(code: str, level: str, message: str) -> dict[str, object]:
    return {
        "ruleId": code,
        "ruleIndex": _INDEXES[code],
        "level": level,
        "message": {"text": _plain(message)},
    }


def _fix(alternative: str, region: Json, place: Json) -> Json:
    replacement = {"deletedRegion": region, "insertedContent": {"text": alternative}}
    change = {"artifactLocation": place, "replacements": [replacement]}
    said = f"Replace with “{alternative}”"
    return {"description": {"text": _plain(said)}, "artifactChanges": [change]}


def _region(span: Span, lines: Lines) -> dict[str, object]:
    """Return a stretch of text in lines and columns from 1; the end column is past it (§3.30)."""
    return {
        "startLine": lines.line_at(span.start) + 1,
        "startColumn": lines.column(span.start) + 1,
        "endLine": lines.line_at(span.end) + 1,
        "endColumn": lines.column(span.end) + 1,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _artifact(path: str) -> Json:
    reference, is_relative = uri(path)
    return {"uri": reference, "uriBaseId": _ROOT} if is_relative else {"uri": reference}


def _plain(message: str) -> str:
    """Return a message without links (§3.11.6) and placeholders (§3.11.5) of a document's own."""
    return message.replace("](", "\\](").replace("{", "{{").replace("}", "}}")


def _notification(breach: Breach) -> Json:
    said = breach.message if breach.root is None else f"{breach.root}: {breach.message}"
    return {"level": _GATE_LEVEL, "message": {"text": _plain(said)}}
