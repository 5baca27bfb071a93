"""What the client is told without having asked; nothing is said twice."""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from lsprotocol import types

from ppl_lsp.protocol import StatusParams
from ppl_lsp.publishing.refreshing import RefreshingSender
from ppl_lsp.publishing.reports import DiagnosticsSender, Reports
from ppl_lsp.tasks import TasksSender

if TYPE_CHECKING:
    from ppl_engine.scoring.scorer import ModelInfo


_ANSWER_WAIT_S: Final = 10.0


class Sender(DiagnosticsSender, RefreshingSender, TasksSender, Protocol):
    """What a language server sends."""

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        """Show a message to the user."""
        ...

    async def window_show_document_async(
        self, params: types.ShowDocumentParams
    ) -> types.ShowDocumentResult:
        """Have the client open something."""
        ...

    def ppl_status(self, params: StatusParams) -> None:
        """Say what the server is doing."""
        ...


class Client:
    """Remembers what the client was told last."""

    def __init__(self, sender: Sender, reports: Reports) -> None:
        self.can_show_documents = False
        self._sender = sender
        self._reports = reports
        self._status: StatusParams | None = None
        self._complaints: dict[str, frozenset[str]] = {}
        self._notices: set[str] = set()
        self._failures: dict[str, str] = {}

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """Replace the diagnostics of a document."""
        self._reports.publish(params)

    def tell(self, status: StatusParams) -> None:
        """Send a status, if it differs from the last one."""
        if status != self._status:
            self._status = status
            self._sender.ppl_status(status)

    def complain(self, subject: str, complaints: tuple[str, ...]) -> None:
        """Show what is wrong with a subject; each complaint once, until it is mended."""
        known = frozenset[str]().union(*self._complaints.values())
        for complaint in complaints:
            if complaint not in known:
                self._show(types.MessageType.Warning, complaint)
        self._complaints[subject] = frozenset(complaints)

    def notice(self, model: "ModelInfo") -> None:
        """Show what there is to know of how the model runs; each sentence once."""
        for sentence in model.notices:
            if sentence not in self._notices:
                self._notices.add(sentence)
                self._show(types.MessageType.Info, sentence)

    async def show_document(self, params: types.ShowDocumentParams) -> bool:
        """Have the client open something; return whether it has."""
        if not self.can_show_documents:
            return False
        request = asyncio.ensure_future(self._sender.window_show_document_async(params))
        # The request itself must not be cancelled: its answer would find nobody.
        await asyncio.wait({request}, timeout=_ANSWER_WAIT_S)
        return request.done() and not request.exception() and request.result().success

    def say(self, sentence: str) -> None:
        """Show what the user has asked for."""
        self._show(types.MessageType.Info, sentence)

    def fail(self, subject: str, message: str) -> None:
        """Show why something can not be done; each sentence once, until its subject succeeds."""
        if message not in self._failures.values():
            self._show(types.MessageType.Error, message)
        self._failures[subject] = message

    def succeed(self, subject: str) -> None:
        """Forget that something could not be done."""
        self._failures.pop(subject, None)

    def _show(self, severity: types.MessageType, message: str) -> None:
        self._sender.window_show_message(types.ShowMessageParams(severity, message))
