"""Findings as diagnostics, pushed whenever a document is scored anew."""

from typing import TYPE_CHECKING

from lsprotocol import types

from ppl_lsp import to_lsp
from ppl_lsp.documents import Document
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis


def render_diagnostics(
    document: Document, analysis: "Analysis | None", settings: Settings
) -> types.PublishDiagnosticsParams:
    """Return what to publish for a version; nothing is marked where there is no analysis."""
    findings = analysis.findings if analysis and settings.severity != "off" else ()
    return types.PublishDiagnosticsParams(
        uri=document.uri,
        version=document.version,
        diagnostics=[
            to_lsp.diagnostic(
                document.lines, finding, settings, finding_id=f"{document.version}:{idx}"
            )
            for idx, finding in enumerate(findings)
        ],
    )


def render_none(uri: str) -> types.PublishDiagnosticsParams:
    """Return what takes all marks off a document that was closed."""
    return types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
