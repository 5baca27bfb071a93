"""Our values as those of the protocol; the one place besides `from_lsp` that knows both."""

from typing import TYPE_CHECKING

from lsprotocol import types

from ppl_engine.findings.codes import DOCS, page_of
from ppl_engine.findings.finding import Finding, Severity
from ppl_engine.text.spans import Span
from ppl_lsp.line_index import LineIndex

if TYPE_CHECKING:
    from ppl_engine.ignoring.directives import Problem

SOURCE = "ppl"

_COMMENTS_PAGE = f"{DOCS}/ignoring.md"
_SEVERITIES = {
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
    "warning": types.DiagnosticSeverity.Warning,
}


def position(lines: LineIndex, offset: int) -> types.Position:
    """Return the position of a code-point offset."""
    at = lines.position(offset)
    return types.Position(at.line, at.character)


def lsp_range(lines: LineIndex, span: Span) -> types.Range:
    """Return the range over a span of code points."""
    return types.Range(position(lines, span.start), position(lines, span.end))


def diagnostic(
    lines: LineIndex, finding: Finding, severity: Severity, *, finding_id: str
) -> types.Diagnostic:
    """Return a finding as an editor shows it."""
    return types.Diagnostic(
        range=lsp_range(lines, finding.span),
        message=finding.message,
        severity=_SEVERITIES[severity],
        code=finding.code,
        code_description=types.CodeDescription(href=page_of(finding.code)),
        source=SOURCE,
        data={"id": finding_id},
    )


def problem(lines: LineIndex, problem: "Problem") -> types.Diagnostic:
    """Return a comment to us that is not understood as an editor shows it."""
    return types.Diagnostic(
        range=lsp_range(lines, problem.span),
        message=problem.message,
        severity=types.DiagnosticSeverity.Warning,
        code="comment",
        code_description=types.CodeDescription(href=_COMMENTS_PAGE),
        source=SOURCE,
    )
