"""What the JSON contract of docs/output.md says of documents."""

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.gates import Breach
from ppl_engine.cli.output import Output
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import Json, JsonDocument, number, write_json_lines
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.scoring.summary import Summary


class JsonReport:
    """One document; a file is handed on when it is finished."""

    def __init__(self, output: Output, run: Run) -> None:
        self._run = run
        self._document = JsonDocument(output, lambda: run.model)

    def add(self, checked: Checked) -> None:
        """Write a file."""
        self._document.add(file_object(checked))

    def end(self, *, is_complete: bool) -> None:
        """Make the document complete, even where the work is not."""
        del is_complete
        exceeded = self._run.tally.exceeded
        gates = [{**_gate_object(one), "root": one.root} for one in exceeded]
        self._document.end({"gates": gates})


class JsonLinesReport:
    """The object of a file in a line."""

    def __init__(self, output: Output, run: Run) -> None:
        del run
        self._output = output

    def add(self, checked: Checked) -> None:
        """Write a file."""
        write_json_lines(self._output, [[file_object(checked)]])

    def end(self, *, is_complete: bool) -> None:
        """Every line is complete by itself."""


def file_object(checked: Checked) -> Json:
    """Return what the JSON contract says of a file."""
    lines = Lines(checked.text)
    return {
        "path": checked.path,
        "summary": summary_object(checked.verdict.summary),
        "findings": [_finding_object(finding, lines) for finding in checked.verdict.findings],
        "gates": [_gate_object(breach) for breach in checked.breaches],
    }


def summary_object(summary: Summary) -> Json:
    """Return the totals of a text; null where there is nothing to average."""
    return {
        "perplexity": summary.perplexity,
        "bits_per_word": summary.bits_per_word,
        "bits_per_byte": summary.bits_per_byte,
        "max_surprisal_bits": summary.max_surprisal_bits,
        "top1_accuracy": summary.top1_accuracy,
        "n_words": summary.n_words,
        "n_tokens": summary.n_tokens,
        "n_bytes": summary.n_bytes,
    }


def _finding_object(finding: Finding, lines: Lines) -> Json:
    start, end = finding.span.start, finding.span.end
    found: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "start": start,
        "end": end,
        "range": {"start": _position_object(lines, start), "end": _position_object(lines, end)},
        "text": finding.text,
        "surprisal_bits": number(finding.surprisal_bits),
        "entropy_bits": None if finding.entropy_bits is None else number(finding.entropy_bits),
        "rank": finding.rank,
        "alternatives": [_alternative_object(one) for one in finding.alternatives],
    }
    if finding.bits_without_source is not None:
        found["bits_without_source"] = number(finding.bits_without_source)
    return found


def _gate_object(breach: Breach) -> dict[str, object]:
    return {"gate": breach.gate, "value": breach.value, "limit": breach.limit}


def _position_object(lines: Lines, offset: int) -> Json:
    position = lines.position(offset)
    return {"line": position.line, "character": position.character}


def _alternative_object(alternative: Alternative) -> Json:
    found: dict[str, object] = {
        "text": alternative.text,
        "probability": number(alternative.probability),
    }
    if alternative.gain_bits is not None:
        found["gain_bits"] = number(alternative.gain_bits)
    return found
