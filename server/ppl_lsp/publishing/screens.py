"""Where in documents somebody looks, as far as clients have said."""

from typing import Final

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document

_FIRST_SCREEN: Final = 4000
"""Code points: what is opened is shown from its beginning, unless the client says otherwise."""


class Screens:
    """Remembers what was last looked at; edits since then may have moved it a little."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}

    def look(self, uri: str, span: Span) -> None:
        """Hear what of a document is on the screen."""
        self._spans[uri] = span

    def forget(self, uri: str) -> None:
        """Hear that a document is closed."""
        self._spans.pop(uri, None)

    def visible(self, document: Document) -> tuple[Span, ...]:
        """Return what of a snapshot is probably on the screen; nothing of an empty text."""
        seen, n = self._spans.get(document.uri, Span(0, _FIRST_SCREEN)), len(document.text)
        clipped = Span(min(seen.start, n), min(seen.end, n))
        return (clipped,) if clipped.start < clipped.end else ()
