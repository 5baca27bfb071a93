"""What the client is shown of each document: what its rules leave of what was found."""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_lsp.analyses import Sleep
from ppl_lsp.client import Client
from ppl_lsp.documents import Document, Edit
from ppl_lsp.features.diagnostics import render_diagnostics, render_none
from ppl_lsp.publishing.anchoring import anchored, places, whole_edit
from ppl_lsp.publishing.holding import Holding
from ppl_lsp.settings import Settings
from ppl_lsp.workspace.guidance import Guidance

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.ignoring.rules import Sifted


@dataclass(frozen=True, slots=True)
class _Published:
    """What the client has of a snapshot, or of one before it, moved along with the text."""

    document: Document
    sifted: "Sifted"
    settings: Settings


class Showing:
    """Publishes, and remembers what was published."""

    def __init__(self, client: Client, guidance: Guidance, *, sleep: Sleep = asyncio.sleep) -> None:
        self.on_change: Callable[[], object] = lambda: None
        """Hears whenever something else is known or shown of a document."""

        self._client = client
        self._guidance = guidance
        self._holding = Holding(self._release, sleep=sleep)
        self._numbers: Counter[str] = Counter()
        self._shown: dict[str, tuple[Document, Sifted]] = {}
        self._published: dict[str, _Published] = {}

    def show(self, document: Document, analysis: "Analysis", settings: Settings) -> None:
        """Show what is left of what was found; nothing before it is known what is to be left.

        Of a word that is being written nothing is published yet.
        """
        self._shown.pop(document.uri, None)
        rules = self._guidance.rules(document.uri)
        if rules is None:
            return
        # It was imported where the rules were made, beside the loop.
        from ppl_engine.ignoring.rules import sift  # noqa: PLC0415

        sifted = sift(analysis.findings, document.text, document.language, rules)
        self._shown[document.uri] = (document, sifted)
        self._publish(_Published(document, self._without_held(document, sifted), settings))
        self._changed(document.uri)

    def follow(
        self, before: Document, after: Document, edits: Sequence[Edit] | None, settings: Settings
    ) -> None:
        """Move what is published along with the text, and take away what an edit has touched.

        So nothing stands in a wrong place, or flashes, until the newer version is scored.
        """
        known = self._published.pop(after.uri, None)
        if edits is None and known is not None:
            edits = [whole_edit(before.text, after.text)]
        if edits is not None:
            self._holding.edited(after.uri, places(edits))
        if known is None or edits is None or known.document is not before:
            return

        def moved(span: Span) -> Span | None:
            return anchored(before, after, span, edits)

        found, doubts = known.sifted.findings, known.sifted.problems
        there = replace(
            known.sifted,
            findings=tuple(replace(one, span=at) for one in found if (at := moved(one.span))),
            problems=tuple(replace(one, span=at) for one in doubts if (at := moved(one.span))),
        )
        following = _Published(after, there, settings)
        if found or doubts:
            self._publish(following)
        self._published[after.uri] = following

    def wipe(self, document: Document, settings: Settings) -> None:
        """Take the marks off a version."""
        self._forget(document.uri)
        self._client.publish(render_diagnostics(document, None, settings, {}))
        self._changed(document.uri)

    def close(self, uri: str) -> None:
        """Take the marks off a document that was closed."""
        self._forget(uri)
        self._client.publish(render_none(uri))

    def end(self) -> None:
        """Publish nothing more."""
        self._holding.end()

    def number(self, uri: str) -> int:
        """Return what is another number whenever something else is known or shown of a document."""
        return self._numbers[uri]

    def shown(self, document: Document | None) -> "tuple[Document, Sifted] | None":
        """Return what is shown of a snapshot; None if that is of another one."""
        shown = self._shown.get(document.uri) if document else None
        return shown if shown and shown[0] is document else None

    def is_marked(self, document: Document, finding: Finding) -> bool:
        """Whether a finding of a snapshot is a diagnostic that the client has."""
        published = self._published.get(document.uri)
        return (
            published is not None
            and published.document is document
            and published.settings.severity != "off"
            and finding in published.sifted.findings
        )

    def _without_held(self, document: Document, sifted: "Sifted") -> "Sifted":
        """Leave out what touches a place where somebody writes, unless it is published already."""
        held = self._holding.places(document.uri)
        if not held:
            return sifted
        published = self._published.get(document.uri)
        old = published.sifted.findings if published and published.document is document else ()
        is_known = {(one.code, one.span) for one in old}

        def is_free(finding: Finding) -> bool:
            idx = bisect_left(held, finding.span.start)
            is_held = idx < len(held) and held[idx] <= finding.span.end
            return not is_held or (finding.code, finding.span) in is_known

        return replace(sifted, findings=tuple(filter(is_free, sifted.findings)))

    def _release(self, uri: str) -> None:
        """Publish what was held back."""
        published, shown = self._published.get(uri), self._shown.get(uri)
        if published and shown and shown[0] is published.document:
            whole = replace(published, sifted=shown[1])
            if whole.sifted.findings != published.sifted.findings:
                self._publish(whole)

    def _publish(self, published: _Published) -> None:
        document = published.document
        self._published[document.uri] = published
        rules = self._guidance.rules(document.uri)
        if rules is None:
            return
        self._client.publish(
            render_diagnostics(document, published.sifted, published.settings, rules.severities)
        )

    def _forget(self, uri: str) -> None:
        self._holding.forget(uri)
        self._shown.pop(uri, None)
        self._published.pop(uri, None)

    def _changed(self, uri: str) -> None:
        self._numbers[uri] += 1
        self.on_change()
