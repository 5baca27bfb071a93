"""The least that an editor does, for the demo: a client of a server process."""

import asyncio
import functools
from collections.abc import Sequence
from typing import Any, Final

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from ppl_lsp import __version__
from ppl_lsp.protocol import HEAT_MAP, STATUS

_AT_REST: Final = ("ready", "failed")


class DemoError(Exception):
    """The demo can not go on; says why."""


class DemoEditor(LanguageClient):
    """The least an editor does."""

    def __init__(self) -> None:
        super().__init__("ppl-demo", __version__)
        loop = asyncio.get_running_loop()
        self.marks: asyncio.Future[Sequence[types.Diagnostic]] = loop.create_future()
        """All of them: those that are shown before all is known are not waited for."""

        self._marks_by_now: Sequence[types.Diagnostic] | None = None
        self._state = ""
        self._complaints: list[str] = []
        self._log: asyncio.Task[bytes] | None = None
        feature: Any = self.feature
        feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(functools.partial(self._on_marks))
        feature(types.WINDOW_SHOW_MESSAGE)(functools.partial(self._on_message))
        feature(STATUS)(functools.partial(self._on_status))

    async def begin(self, command: Sequence[str]) -> None:
        """Start the server and agree with it on what both can do."""
        await self.start_io(command[0], *command[1:])
        if self._server and self._server.stderr:
            # A pipe that nobody empties would stop the server once it is full.
            self._log = asyncio.create_task(self._server.stderr.read())
        plain = types.HoverClientCapabilities(content_format=[types.MarkupKind.PlainText])
        fixes = types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
            ),
            is_preferred_support=True,
        )
        capabilities = types.ClientCapabilities(
            text_document=types.TextDocumentClientCapabilities(hover=plain, code_action=fixes)
        )
        await self.initialize_async(types.InitializeParams(capabilities))
        self.initialized(types.InitializedParams())

    def show(self, uri: str, text: str) -> None:
        """Open a document."""
        item = types.TextDocumentItem(uri, "markdown", 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    async def heat_map(self, uri: str) -> Any:
        """Ask for all bands, for as long as it takes."""
        while True:
            params = {"textDocument": {"uri": uri}}
            heat = await self.protocol.send_request_async(HEAT_MAP, params)
            if heat.isScored:
                return heat
            if "scoring" not in heat.message:
                raise DemoError(" ".join(self._complaints) or heat.message)

    async def hover(self, uri: str, place: types.Position | None) -> types.Hover | None:
        """Point at a word."""
        if place is None:
            return None
        params = types.HoverParams(types.TextDocumentIdentifier(uri), place)
        return await self.text_document_hover_async(params)

    async def preferred_fix(self, uri: str, mark: types.Diagnostic) -> str:
        """Ask what can be done about a mark; return the title of what is preferred, if any is."""
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            mark.range,
            types.CodeActionContext([mark], only=[types.CodeActionKind.QuickFix]),
        )
        actions = await self.text_document_code_action_async(params) or ()
        preferred = [
            one.title for one in actions if isinstance(one, types.CodeAction) and one.is_preferred
        ]
        return preferred[0] if preferred else ""

    async def end(self) -> None:
        """Say good-bye, if anybody is there, and wait for the server's end."""
        if self._server and self._server.returncode is None:
            await self.shutdown_async(None)
            self.exit(None)
        await self.stop()

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        """Give up waiting when the server is gone."""
        if not self.marks.done():
            log = await self._log if self._log else b""
            self.marks.set_exception(
                DemoError(f"the server ended with code {server.returncode}.\n{log.decode()}")
            )

    def _on_marks(self, params: types.PublishDiagnosticsParams) -> None:
        self._marks_by_now = params.diagnostics
        self._settle()

    def _on_message(self, params: types.ShowMessageParams) -> None:
        self._complaints.append(params.message)

    def _on_status(self, params: Any) -> None:
        self._state = params.state
        self._settle()

    def _settle(self) -> None:
        if self._marks_by_now is None or self._state not in _AT_REST or self.marks.done():
            return
        self.marks.set_result(self._marks_by_now)
