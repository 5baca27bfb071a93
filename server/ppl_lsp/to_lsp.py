"""Our values as those of the protocol; the one place besides `from_lsp` that knows both."""

from lsprotocol import types

from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_lsp.line_index import LineIndex
from ppl_lsp.settings import Settings

SOURCE = "ppl"

_PAGES = "https://github.com/ppl-lsp/ppl-lsp/blob/main/docs/findings"
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
    lines: LineIndex, finding: Finding, settings: Settings, *, finding_id: str
) -> types.Diagnostic:
    """Return a finding as an editor shows it, under the severity that the user chose."""
    return types.Diagnostic(
        range=lsp_range(lines, finding.span),
        message=finding.message,
        severity=_SEVERITIES[
            finding.severity if settings.severity == "default" else settings.severity
        ],
        code=finding.code,
        code_description=types.CodeDescription(href=page(finding.code)),
        source=SOURCE,
        data={"id": finding_id},
    )


def page(code: str) -> str:
    """Return the address of the page that explains a kind of finding."""
    return f"{_PAGES}/{code}.md"
