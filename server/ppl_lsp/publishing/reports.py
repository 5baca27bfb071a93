"""What clients see of each document: told to those that can only be told, asked for by the others.

A client that asks is never told, so that nothing is shown twice. It has to hear when to ask again.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from lsprotocol import types

from ppl_lsp.documents import Document
from ppl_lsp.news import News
from ppl_lsp.publishing.report import Had, Report, document_key, report_of

logger = logging.getLogger(__name__)

_REFRESH_WAIT_S: Final = 10.0
"""A client that does not answer is asked again all the same."""

_WORKSPACE: Final = ""  # stands among URIs for the request about all that is not open
_FORGOTTEN_WHEN_CLOSED: Final = "untitled:"


class DiagnosticsSender(Protocol):
    """The two ways in which a client learns of diagnostics."""

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        """Replace the diagnostics of a document."""
        ...

    def workspace_diagnostic_refresh_async(self, params: None) -> Coroutine[Any, Any, None]:
        """Ask the client to ask for diagnostics again."""
        ...


class Reports:
    """The newest report on each document, and what the client has got of them."""

    def __init__(self, sender: DiagnosticsSender) -> None:
        self.is_pulled = False
        """Whether the client asks."""

        self.has_links = True
        """Whether the client knows of links from a code to what is said about it."""

        self._sender = sender
        self._refreshing = _Refreshing(sender)
        self._news = News()
        # All of these by `_key` of the URI.
        self._is_open: set[str] = set()
        self._open: dict[str, Report] = {}
        self._unopened: dict[str, Report] = {}
        self._n_closed: Counter[str] = Counter()
        self._given: dict[str, str | None] = {}
        """What was answered last, of all that was asked for; None where nothing was yet."""

        self._n_waiting: Counter[str] = Counter()
        self._turns: Counter[str] = Counter()

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """Make the diagnostics of a version known, or of a file if there is no version."""
        if not self.has_links:
            for diagnostic in params.diagnostics:
                diagnostic.code_description = None
        if params.version is None:
            self._publish_unopened(params)
        else:
            self._publish_open(params, params.version)

    def open(self, uri: str) -> None:
        """Hear that a document is open: from now on its file does not count."""
        key = document_key(uri)
        self._is_open.add(key)
        file = self._unopened.pop(key, None)
        if file and file.items and file.uri != uri and not self.is_pulled:
            # The client spells the document in another way, and would show both.
            self._send(types.PublishDiagnosticsParams(file.uri, []))

    def close(self, uri: str) -> None:
        """Hear that a document was closed; what its file comes to is published next."""
        key = document_key(uri)
        self._is_open.discard(key)
        self._open.pop(key, None)
        self._given.pop(key, None)
        self._news.announce()
        # The client may keep those of the last version until it hears of the file.
        self._n_closed[key] += 1

    def given(self, uri: str) -> str | None:
        """Return the result id of what the client has of an open document."""
        return self._given.get(document_key(uri))

    def expect(self, uri: str) -> None:
        """Hear that the client wants to know when there is something new of a document."""
        self._given.setdefault(document_key(uri), None)

    def give(self, report: Report) -> None:
        """Hear that the client gets a report."""
        if report.version is not None:
            self._given[document_key(report.uri)] = report.result_id

    def give_closed(self, uri: str) -> None:
        """Hear that the client gets a report on what is not open.

        Some forget a document, and with it what they are told of it, only once they have this
        answer: what is to be known of the file is told once more.
        """
        key = document_key(uri)
        if key in self._unopened and key not in self._is_open:
            self._n_closed[key] += 1
            told = self._unopened[key]
            self._unopened[key] = report_of(told.uri, None, told.items, self._n_closed[key])
            self._news.announce()

    async def newest(
        self, uri: str, document: Callable[[], Document | None], *, timeout_s: float
    ) -> tuple[Report | None, bool]:
        """Wait a while for the report on the newest version of a document.

        The second value is whether somebody else asks for the same by now.
        """
        key = document_key(uri)
        self._turns[key] += 1
        turn = self._turns[key]

        def look() -> tuple[tuple[Report | None, bool]] | None:
            if self._turns[key] != turn:
                return ((None, True),)
            report = self.known(uri, document())
            return ((report, False),) if report else None

        with self._waits(key):
            return await self._news.until(look, timeout_s=timeout_s) or (None, False)

    def known(self, uri: str, document: Document | None) -> Report | None:
        """Return the report on a snapshot or, if there is none, on a file; None if it may come."""
        key = document_key(uri)
        if document is None:
            return self._unopened.get(key) or report_of(uri, None, (), self._n_closed[key])
        report = self._open.get(key)
        return report if report and report.version == document.version else None

    async def changed(self, had: Had, is_over: Callable[[], bool]) -> list[Report]:
        """Wait for reports on what is not open that a client does not have.

        Nothing is returned only once it `is_over`.
        """

        def look() -> tuple[list[Report]] | None:
            new = [one for one in self.unopened(had) if not had.has(one)]
            return (new,) if new or is_over() else None

        self._turns[_WORKSPACE] += 1
        with self._waits(_WORKSPACE):
            return await self._news.until(look, timeout_s=None) or []

    def unopened(self, had: Had) -> list[Report]:
        """Return the reports on what is not open; empty ones on what only the client knows of."""
        gone = [
            report_of(uri, None, (), self._n_closed[document_key(uri)])
            for uri in had.uris()
            if document_key(uri) not in self._unopened and document_key(uri) not in self._is_open
        ]
        return [*self._unopened.values(), *gone]

    def announce(self) -> None:
        """Have those who wait look again."""
        self._news.announce()

    def _publish_open(self, params: types.PublishDiagnosticsParams, version: int) -> None:
        if not self.is_pulled:
            self._send(params)
            return
        key = document_key(params.uri)
        report = self._open[key] = report_of(params.uri, version, tuple(params.diagnostics))
        is_awaited = self._n_waiting[key] > 0
        self._news.announce()
        if not is_awaited and self._given.get(key, report.result_id) != report.result_id:
            self._refreshing.begin()

    def _publish_unopened(self, params: types.PublishDiagnosticsParams) -> None:
        key = document_key(params.uri)
        before = self._unopened.get(key)
        report = report_of(params.uri, None, tuple(params.diagnostics), self._n_closed[key])
        if not (report.items or before or self._n_closed[key]):
            return  # nobody has ever heard of it
        if not params.uri.startswith(_FORGOTTEN_WHEN_CLOSED):
            self._unopened[key] = report
        if not self.is_pulled:
            self._send(params)
            return
        is_awaited = self._n_waiting[_WORKSPACE] > 0
        self._news.announce()
        if not is_awaited and before != report and self._turns[_WORKSPACE]:
            self._refreshing.begin()

    def _send(self, params: types.PublishDiagnosticsParams) -> None:
        self._sender.text_document_publish_diagnostics(params)

    @contextmanager
    def _waits(self, key: str) -> Generator[None]:
        self._n_waiting[key] += 1
        try:
            yield
        finally:
            self._n_waiting[key] -= 1


class _Refreshing:
    """Asks the client to ask again: one request at a time, however much is new."""

    def __init__(self, sender: DiagnosticsSender) -> None:
        self._sender = sender
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Have the client ask again soon."""
        self._is_wanted = True
        if self._task is None:
            self._task = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            request = asyncio.ensure_future(self._sender.workspace_diagnostic_refresh_async(None))
            request.add_done_callback(_log_refusal)
            # The request itself must not be cancelled: its answer would find nobody.
            await asyncio.wait({request}, timeout=_REFRESH_WAIT_S)
        self._task = None


def _log_refusal(request: "asyncio.Future[None]") -> None:
    if not request.cancelled() and (error := request.exception()):
        logger.info("The client could not refresh diagnostics: %s", error)
