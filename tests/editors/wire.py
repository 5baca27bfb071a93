"""An editor that speaks to a server in the same process, in the bytes that go over a wire.

What the server sends is looked at as it comes: each request is answered once, and everything is
valid for the capabilities that were declared.
"""

import asyncio
import itertools
import json
import logging
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from ppl_engine.models.choice import ModelChoice
from ppl_lsp.engine import Threads
from ppl_lsp.server import PplServer
from ppl_lsp.settings import Settings
from ppl_lsp.wire.transport import serve
from tests.editors.declared import Declared
from tests.server.fake_editor import closing
from tests.server.fake_engine import FakeEngine, load_fake_engine

PATIENCE_S: Final = 60.0
CANCELLED: Final = -32800
_HEADER: Final = re.compile(rb"Content-Length: (\d+)\r\n.*?\r\n\r\n", re.DOTALL)
_TURNS: Final = 8  # of the loop, for the longest chain of handlers that wait for nothing


@dataclass
class Request:
    """What was asked of the server."""

    id: int
    method: str
    params: Any
    answer: dict[str, Any] | None = None
    is_cancelled: bool = False
    note: dict[str, Any] = field(default_factory=dict[str, Any])
    """What who asked wants to remember."""

    @property
    def result(self) -> Any:
        assert self.answer is not None, f"{self.method} has no answer"
        assert "error" not in self.answer, (self.method, self.answer)
        return self.answer["result"]


class Faults(logging.Handler):
    """Keeps every record that speaks of something wrong."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: re.Pattern[str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if not (self.expected and self.expected.search(record.getMessage())):
            self.records.append(record)


class Wire:
    """The editor's end."""

    def __init__(self, capabilities: Mapping[str, Any]) -> None:
        self.capabilities = capabilities
        self.requests: dict[int, Request] = {}
        self.notes: list[tuple[str, Any]] = []
        """The notifications of the server, in order."""

        self.engines: list[FakeEngine] = []
        self.complaints: list[str] = []
        self.faults = Faults()
        self.settings: Callable[[str | None], Any] = lambda _: {"debounceMs": 0}
        """What the editor's user has set, for a folder or the window."""

        self.to_answer: list[dict[str, Any]] = []
        self.is_prompt = True
        """Whether requests of the server are answered at once, or by `answer`."""

        self.on_note: Callable[[str, Any], object] = lambda _, __: None
        self.on_answer: Callable[[Request], object] = lambda _: None
        self.declared: Declared
        self._is_released = False
        self._ids = itertools.count(1)
        self._received = bytearray()
        self._news = asyncio.Event()
        self._reader = asyncio.StreamReader()
        self.server = PplServer(Threads(self._load), Settings(), watch=lambda _: None)
        self.server.protocol.set_writer(_Sink(self._take))
        self._serving: asyncio.Task[int]

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        capabilities: Mapping[str, Any],
        settings: Callable[[str | None], Any] = lambda _: {"debounceMs": 0},
        **params: Any,
    ) -> "AsyncGenerator[Wire]":
        """Agree with a server; at the end leave it in good order, and look back."""
        wire = cls(capabilities)
        wire.settings = settings
        logging.getLogger().addHandler(wire.faults)
        asyncio.get_running_loop().set_exception_handler(wire._on_exception)
        wire._serving = asyncio.create_task(serve(wire.server, wire._reader))
        try:
            await wire._agree(params)
            yield wire
            assert await wire._leave() == 0
            assert wire.complaints == []
            assert wire.faults.records == []
        finally:
            logging.getLogger().removeHandler(wire.faults)
            wire.release()
            wire._serving.cancel()
            wire.server.session.end()
            await closing()

    async def _agree(self, params: dict[str, Any]) -> None:
        everything: dict[str, Any] = {"processId": None, "rootUri": None, **params}
        everything["capabilities"] = self.capabilities
        server = (await self.ask("initialize", everything))["capabilities"]
        options = everything.get("initializationOptions") or {}
        known = {**self.capabilities, "commands": options.get("commands", ())}
        self.declared = Declared(known, server)
        self.complaints += self.declared.announced()
        self.notify("initialized", {})

    async def _leave(self) -> int:
        self.release()
        shutdown = self.request("shutdown", None)
        await self.until(lambda: shutdown.answer)
        await self.turns()
        unanswered = [one for one in self.requests.values() if one.answer is None]
        assert not unanswered, unanswered
        self.notify("exit", None)
        async with asyncio.timeout(PATIENCE_S):
            return await self._serving

    def release(self) -> None:
        """Let engines that are stuck go on, and have none be stuck from now on."""
        self._is_released = True
        for engine in self.engines:
            engine.release.set()

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Request:
        request = Request(next(self._ids), method, params)
        self.requests[request.id] = request
        self._send({"id": request.id, "method": method, "params": params})
        return request

    async def ask(self, method: str, params: Any) -> Any:
        request = self.request(method, params)
        await self.until(lambda: request.answer)
        return request.result

    def cancel(self, request: Request) -> None:
        request.is_cancelled = True
        self.notify("$/cancelRequest", {"id": request.id})

    def answer(self, idx: int = 0) -> None:
        """Answer one of the server's requests."""
        request = self.to_answer.pop(idx)
        result: Any = None
        if request["method"] == "workspace/configuration":
            result = [self.settings(item.get("scopeUri")) for item in request["params"]["items"]]
        self._send({"id": request["id"], "result": result})

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what only the server can bring about."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                assert not self.complaints, self.complaints
                self._news.clear()
                await self._news.wait()

    async def turns(self) -> None:
        """Let the server hear all that was said."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def published(self, uri: str, version: int | None) -> list[Any]:
        """Return what was pushed of a version, in order."""
        return [
            params["diagnostics"]
            for method, params in self.notes
            if method == "textDocument/publishDiagnostics"
            and (params["uri"], params.get("version")) == (uri, version)
        ]

    def _load(self, choice: ModelChoice) -> FakeEngine:
        engine = load_fake_engine(choice)
        self.engines.append(engine)
        if self._is_released:
            engine.release.set()
        return engine

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._reader.feed_data(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def _take(self, data: bytes) -> None:
        self._received += data
        while match := _HEADER.match(self._received):
            end = match.end() + int(match[1])
            if len(self._received) < end:
                break
            message = json.loads(self._received[match.end() : end])
            del self._received[:end]
            try:
                self._receive(message)
            except Exception as error:  # noqa: BLE001 - the server must not hear of it
                self.complaints.append(f"{message}: {error!r}")
        self._news.set()

    def _receive(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params")
        if method is None:
            self._receive_answer(message)
        elif "id" in message:
            self.complaints += self.declared.requested(method, params)
            self.to_answer.append(message)
            if self.is_prompt:
                self.answer(len(self.to_answer) - 1)
        else:
            self.complaints += self.declared.notified(method, params)
            self.notes.append((method, params))
            self.on_note(method, params)

    def _receive_answer(self, message: dict[str, Any]) -> None:
        request = self.requests.get(message["id"])
        if request is None or request.answer is not None:
            self.complaints.append(f"an answer to nothing, or a second one: {message}")
            return
        request.answer = message
        if "result" in message and request.id > 1:
            found = self.declared.answered(request.method, request.params, message["result"])
            self.complaints += (f"{request.method}: {one}" for one in found)
        self.on_answer(request)

    def _on_exception(self, _: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        self.complaints.append(f"an exception that nobody takes: {context}")
        self._news.set()


class _Sink:
    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take

    def write(self, data: bytes) -> None:
        self._take(data)

    def close(self) -> None:
        """Take no more; nothing comes after it."""
