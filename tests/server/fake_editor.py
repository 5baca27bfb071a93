"""The client of a session, without a wire between them."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from lsprotocol import types

from ppl_engine.models.choice import ModelChoice
from ppl_lsp.documents import Document
from ppl_lsp.engine import Threads
from ppl_lsp.line_index import PositionEncoding
from ppl_lsp.protocol import HeatMapParams, StatusParams
from ppl_lsp.session import Session
from ppl_lsp.settings import Settings
from tests.server.fake_engine import FakeEngine, load_fake_engine

URI = "file:///a.md"
PATIENCE_S = 60.0


class Editor:
    """Everything that a client of the session would have received, and a clock of its own."""

    running: ClassVar[list["Editor"]] = []

    def __init__(self, load: Callable[[ModelChoice], FakeEngine] = load_fake_engine) -> None:
        self.published: list[types.PublishDiagnosticsParams] = []
        self.n_refreshed = 0
        self.created: list[types.ProgressToken] = []
        self.progressed: list[types.ProgressParams] = []
        self.shown: list[str] = []
        self.statuses: list[StatusParams] = []
        self.refreshed: list[str] = []
        self.opened: list[types.ShowDocumentParams] = []
        self.pauses: list[tuple[float, asyncio.Event]] = []
        self.engines: list[FakeEngine] = []
        self._load = load
        self.running.append(self)
        self._news = asyncio.Event()
        self.session = Session(self, Threads(self.loaded), Settings(), sleep=self.sleep)

    @classmethod
    async def ready(cls, sent: object = None) -> "Editor":
        editor = cls()
        editor.session.start()
        editor.session.configure(sent)
        await editor.until(lambda: editor.session.model is not None)
        return editor

    @classmethod
    async def end_all(cls) -> None:
        """End what a test has left running."""
        for editor in cls.running:
            for engine in editor.engines:
                engine.release.set()
            editor.session.end()
        cls.running.clear()
        await closing()

    def loaded(self, choice: ModelChoice) -> FakeEngine:
        engine = self._load(choice)
        self.engines.append(engine)
        return engine

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        self.pauses.append((seconds, over))
        await over.wait()

    async def until_in_spite_of_pauses(self, condition: Callable[[], object]) -> None:
        """Wait, and let every pause end that is begun meanwhile."""

        def holds() -> object:
            for _, over in self.pauses:
                over.set()
            return condition()

        await when(holds)

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.published.append(params)
        self._news.set()

    async def workspace_diagnostic_refresh_async(self, params: None) -> None:
        del params
        self.n_refreshed += 1
        self._news.set()

    async def window_work_done_progress_create_async(
        self, params: types.WorkDoneProgressCreateParams
    ) -> None:
        self.created.append(params.token)

    def progress(self, params: types.ProgressParams) -> None:
        self.progressed.append(params)
        self._news.set()

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        self.shown.append(params.message)
        self._news.set()

    async def workspace_code_lens_refresh_async(self, params: None) -> None:
        assert params is None
        await self._refresh("codeLens")

    async def workspace_inlay_hint_refresh_async(self, params: None) -> None:
        assert params is None
        await self._refresh("inlayHint")

    async def workspace_semantic_tokens_refresh_async(self, params: None) -> None:
        assert params is None
        await self._refresh("semanticTokens")

    async def window_show_document_async(
        self, params: types.ShowDocumentParams
    ) -> types.ShowDocumentResult:
        self.opened.append(params)
        return types.ShowDocumentResult(success=True)

    async def _refresh(self, kind: str) -> None:
        self.refreshed.append(kind)
        self._news.set()

    def ppl_status(self, params: StatusParams) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.statuses.append(params)
        self._news.set()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def scored(self, text: str, version: int = 1, uri: str = URI) -> None:
        self.session.open(document(text, version, uri))
        await self.until(lambda: (uri, version) in self.versions())

    def versions(self) -> list[tuple[str, int | None]]:
        return [(params.uri, params.version) for params in self.published]

    def marked(self) -> int:
        return len(self.published[-1].diagnostics)


async def when(condition: Callable[[], object]) -> None:
    """Wait for what no client is told of."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0.001)


async def closing() -> None:
    """Let the loop close what it was told to close."""
    for _ in range(20):
        await asyncio.sleep(0.001)


def document(text: str, version: int = 1, uri: str = URI, language: str = "markdown") -> Document:
    return Document.of(uri, language, version, text, encoding=PositionEncoding.UTF16)


def hover_at(character: int) -> types.HoverParams:
    return types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(0, character))


def heat(uri: str = URI) -> HeatMapParams:
    return HeatMapParams(types.TextDocumentIdentifier(uri))


def text_of(answer: types.Hover | None) -> str:
    assert answer is not None
    contents: Any = answer.contents
    return contents.value
