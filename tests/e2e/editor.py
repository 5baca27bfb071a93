"""An editor for tests: a client of a server process, with everything that it was told."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

from ppl_engine.text.spans import Span
from ppl_lsp.line_index import LineIndex, PositionEncoding
from ppl_lsp.to_lsp import lsp_range
from tests.host.runtime import environment

ROOT: Final = Path(__file__).parents[2]
URI: Final = "file:///notes.md"
PATIENCE_S: Final = 60.0
COMMAND: Final = [sys.executable, "-m", "tests.e2e.fake_server"]


@dataclass
class Editor:
    """The client's side of one session."""

    client: LanguageClient
    encoding: PositionEncoding = PositionEncoding.UTF16
    result: types.InitializeResult | None = None
    published: list[types.PublishDiagnosticsParams] = field(
        default_factory=list[types.PublishDiagnosticsParams]
    )
    statuses: list[Any] = field(default_factory=list[Any])
    registered: list[str] = field(default_factory=list[str])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def marked(self, version: int | None, uri: str = URI) -> list[types.Diagnostic]:
        """Wait for the diagnostics of a version."""

        def found() -> list[types.PublishDiagnosticsParams]:
            return [one for one in self.published if (one.uri, one.version) == (uri, version)]

        await self.until(found)
        return list(found()[-1].diagnostics)

    async def settled(self, version: int, n_marks: int, uri: str = URI) -> list[types.Diagnostic]:
        """Wait until a version has so many marks: some are moved, some held back for a moment."""

        def found() -> list[list[types.Diagnostic]]:
            return [
                list(one.diagnostics)
                for one in self.published
                if (one.uri, one.version) == (uri, version) and len(one.diagnostics) == n_marks
            ]

        await self.until(found)
        return found()[-1]

    def open(self, text: str, version: int = 1, uri: str = URI) -> None:
        item = types.TextDocumentItem(uri, "markdown", version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, text: str, span: Span, replacement: str, version: int) -> str:
        """Replace a stretch of the text that the editor knows; return the new text."""
        change = types.TextDocumentContentChangePartial(self.range(text, span), replacement)
        identifier = types.VersionedTextDocumentIdentifier(version, URI)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(identifier, [change])
        )
        return text[: span.start] + replacement + text[span.end :]

    def close(self) -> None:
        identifier = types.TextDocumentIdentifier(URI)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    def range(self, text: str, span: Span) -> types.Range:
        return lsp_range(LineIndex(text, self.encoding), span)

    def range_of(self, text: str, word: str) -> types.Range:
        start = text.index(word)
        return self.range(text, Span(start, start + len(word)))

    async def hover(self, position: types.Position) -> str | None:
        params = types.HoverParams(types.TextDocumentIdentifier(URI), position)
        answer: Any = await self.client.text_document_hover_async(params)
        return answer.contents.value if answer else None

    async def heat_map(self) -> Any:
        params = {"textDocument": {"uri": URI}}
        return await self.client.protocol.send_request_async("ppl/heatMap", params)

    def configure(self, **settings: object) -> None:
        """Change settings as editors do that can be asked for them: announced, then pulled."""
        self.client.set_configuration(settings, section="ppl")
        params = types.DidChangeConfigurationParams(settings={"ppl": settings})
        self.client.workspace_did_change_configuration(params)

    def _listen(self) -> None:
        feature: Any = self.client.feature
        del self.client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

        @feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self.news.set()

        @feature("ppl/status")
        def _(params: Any) -> None:
            self.statuses.append(params)
            self.news.set()

        @feature(types.CLIENT_REGISTER_CAPABILITY)
        def _(params: types.RegistrationParams) -> None:
            self.registered += [registration.method for registration in params.registrations]
            self.news.set()

    @classmethod
    @asynccontextmanager
    async def running(
        cls, capabilities: types.ClientCapabilities | str, options: object = None
    ) -> "AsyncGenerator[Editor, None]":
        """Start a server and an editor; both are gone at the end, in good order."""
        if isinstance(capabilities, str):
            capabilities = client_capabilities(capabilities)
        client = make_test_lsp_client()
        editor = cls(client)
        editor._listen()
        config = ClientServerConfig(
            COMMAND, client_factory=lambda: client, server_env=environment()
        )
        await config.start()
        editor.result = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities, root_uri="file:///", initialization_options=options
            )
        )
        editor.encoding = PositionEncoding(str(editor.result.capabilities.position_encoding))
        try:
            yield editor
            await client.shutdown_session()
        finally:
            # A test that failed leaves the server running, and `stop` waits for its end.
            process = client._server  # pyright: ignore[reportPrivateUsage]
            if process and process.returncode is None:
                process.kill()
            await client.stop()
