"""What came of the work on a document, told to the client and to those who wait for it."""

import logging
from typing import TYPE_CHECKING

from ppl_engine.errors import EngineError
from ppl_lsp.client import Client
from ppl_lsp.documents import Document
from ppl_lsp.features import status
from ppl_lsp.news import News

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress
    from ppl_lsp.session import Session

logger = logging.getLogger(__name__)


class Outcomes:
    """Listens to the analyses of a session."""

    def __init__(self, session: "Session", client: Client, news: News) -> None:
        self._session = session
        self._client = client
        self._news = news

    def on_progress(self, document: Document, progress: "Progress") -> None:
        """Show the share that is scored; the status is only sent when it reads differently."""
        del document
        self._session.tell("scoring", status.scoring_message(progress))

    def on_partial(self, document: Document, analysis: "Analysis") -> None:
        """Publish what was found by now."""
        self._session.showing.show(document, analysis, self._session.settings_of(document.uri))
        self._news.announce()

    def on_analyzed(self, document: Document, analysis: "Analysis") -> None:
        """Publish what was found."""
        # The engine may have moved the model for want of memory.
        self._session.model = analysis.model
        self._client.notice(analysis.model)
        self._client.succeed(document.uri)
        self._session.showing.show(document, analysis, self._session.settings_of(document.uri))
        self._session.tell("ready", status.scored_message(analysis))
        self._news.announce()

    def on_failed(self, document: Document, error: Exception) -> None:
        """Tell the user of an EngineError; other errors are bugs, logged where they happened."""
        logger.error("Could not score %s: %s", document.uri, error)
        self._session.tell("failed", "ppl: failed")
        if isinstance(error, EngineError):
            self._client.fail(document.uri, str(error))
        # What is still shown belongs to an older version.
        self._session.showing.wipe(document, self._session.settings_of(document.uri))
        self._news.announce()
