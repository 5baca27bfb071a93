"""Findings as diagnostics, pushed whenever a document is scored anew."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lsprotocol import types

from ppl_engine.findings.finding import Finding, Severity
from ppl_lsp import to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.ignoring.rules import Sifted


def render_diagnostics(
    document: Document,
    shown: "Sifted | None",
    settings: Settings,
    severities: Mapping[str, Severity],
) -> types.PublishDiagnosticsParams:
    """Return what to publish for a version; nothing is marked where nothing is known.

    A workspace's severity of a code goes before that of the settings, unless these say `off`.
    """
    if shown is None or settings.severity == "off":
        return types.PublishDiagnosticsParams(document.uri, [], document.version)
    found = [
        to_lsp.diagnostic(
            document.lines,
            finding,
            severities.get(finding.code, _severity(finding, settings)),
            finding_id=finding_id(document, finding),
        )
        for finding in shown.findings
    ]
    doubts = [to_lsp.problem(document.lines, problem) for problem in shown.problems]
    return types.PublishDiagnosticsParams(document.uri, [*found, *doubts], document.version)


def _severity(finding: Finding, settings: Settings) -> Severity:
    stated = settings.severity
    return finding.severity if stated == "default" else cast(Severity, stated)


def finding_id(document: Document, finding: Finding) -> str:
    """Return what a finding is called between us and the client: its version and its place.

    No other of that version has the name, whatever is shown of it and whenever.
    """
    return f"{document.version}:{finding.span.start}"


def render_none(uri: str) -> types.PublishDiagnosticsParams:
    """Return what takes all marks off a document that was closed."""
    return types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
