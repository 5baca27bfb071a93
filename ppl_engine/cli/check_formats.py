"""What `ppl check` writes of a document: an object of the JSON contract, or text for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check import Checked, Tally
from ppl_engine.cli.heat_map import colored, in_brackets, legend
from ppl_engine.cli.output import Output, Part, on_terminal, width
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import Json, number
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.heat import BAND_EDGES_BITS, bands
from ppl_engine.scoring.summary import Summary
from ppl_engine.scoring.units import bits

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis

_N_CONTEXT: Final = 60
_STYLES: Final = {"warning": "yellow", "information": "cyan", "hint": "dim"}


def file_object(checked: Checked) -> Json:
    """Return what the JSON contract says of a file."""
    lines = Lines(checked.text)
    return {
        "path": checked.path,
        "summary": summary_object(checked.verdict.summary),
        "findings": [_finding_object(finding, lines) for finding in checked.verdict.findings],
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
        yield from _marked_line(finding, checked.text, lines)


def write_heat(output: Output, path: str, analysis: "Analysis") -> None:
    """Write a whole document with its surprisal."""
    text, words = analysis.text, analysis.words
    ends, surprisal_bits = words.ends.tolist(), words.surprisal_bits.tolist()
    heat = bands(words.surprisal_bits).tolist()
    output.write((f"{on_terminal(path)}\n\n", "bold"))
    if output.has_color:
        output.write(*colored(text, words.starts.tolist(), ends, heat))
    else:
        output.write(*in_brackets(text, ends, surprisal_bits, heat))
    output.write("\n" if text.endswith(("\n", "\r")) else "\n\n")
    output.flush()


def legend_parts(output: Output) -> Iterator[Part]:
    """Yield what the colors mean, where there are any."""
    if output.has_color:
        yield from legend(BAND_EDGES_BITS)
        yield "\n"


def total_parts(tally: Tally) -> Iterator[Part]:
    """Yield the line that ends a report."""
    yield f"{_count(tally.n_findings, 'finding')} in {_count(tally.n_files, 'file')}"
    if tally.n_ignored:
        yield f", {tally.n_ignored:,} ignored"
    yield f" ({_count(tally.n_words, 'word')}"
    if tally.n_bytes:
        yield f", {bits(-tally.log_likelihood) / tally.n_bytes:.2f} bits per byte"
    yield ")\n"


def _finding_object(finding: Finding, lines: Lines) -> Json:
    start, end = finding.span.start, finding.span.end
    return {
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


def _marked_line(finding: Finding, text: str, lines: Lines) -> Iterator[Part]:
    """Yield the part of the line around a finding, and carets under it."""
    line = lines.span(lines.line_at(finding.span.start))
    start, end = finding.span.start, min(finding.span.end, line.end)
    low, high = max(line.start, start - _N_CONTEXT), min(line.end, end + _N_CONTEXT)
    before = ("…" if line.start < low else "") + _flat(text[low:start])
    after = _flat(text[end:high]) + ("…" if high < line.end else "")
    flagged = _flat(text[start:end])
    yield f"    {before}{flagged}{after}\n    {' ' * width(before)}"
    yield ("^" * max(1, width(flagged)), "bold yellow")
    yield "\n"


def _flat(text: str) -> str:
    return on_terminal(text).replace("\t", " ")


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
