"""What the client is shown of each document: what its rules leave of what was found."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from ppl_lsp.client import Client
from ppl_lsp.documents import Document
from ppl_lsp.features.diagnostics import render_diagnostics, render_none
from ppl_lsp.guidance import Guidance
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.ignoring.rules import Sifted


class Showing:
    """Publishes, and remembers what was published."""

    def __init__(self, client: Client, guidance: Guidance, on_change: Callable[[], object]) -> None:
        self._client = client
        self._guidance = guidance
        self._on_change = on_change
        self._numbers: Counter[str] = Counter()
        self._shown: dict[str, tuple[Document, Sifted]] = {}

    def show(self, document: Document, analysis: "Analysis", settings: Settings) -> None:
        """Show what is left of what was found; nothing before it is known what is to be left."""
        self._shown.pop(document.uri, None)
        rules = self._guidance.rules(document.uri)
        if rules is None:
            return
        # It was imported where the rules were made, beside the loop.
        from ppl_engine.ignoring.rules import sift  # noqa: PLC0415

        sifted = sift(analysis.findings, document.text, document.language, rules)
        self._shown[document.uri] = (document, sifted)
        self._client.publish(render_diagnostics(document, sifted, settings, rules.severities))
        self._changed(document.uri)

    def wipe(self, document: Document, settings: Settings) -> None:
        """Take the marks off a version."""
        self._shown.pop(document.uri, None)
        self._client.publish(render_diagnostics(document, None, settings, {}))
        self._changed(document.uri)

    def close(self, uri: str) -> None:
        """Take the marks off a document that was closed."""
        self._shown.pop(uri, None)
        self._client.publish(render_none(uri))

    def number(self, uri: str) -> int:
        """Return what is another number whenever something else is known or shown of a document."""
        return self._numbers[uri]

    def _changed(self, uri: str) -> None:
        self._numbers[uri] += 1
        self._on_change()

    def shown(self, document: Document | None) -> "tuple[Document, Sifted] | None":
        """Return what is shown of a snapshot; None if that is of another one."""
        shown = self._shown.get(document.uri) if document else None
        return shown if shown and shown[0] is document else None
