"""A playground in this process with the fake engine, and what can be sent to it."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from ppl_lsp.engine import Threads
from ppl_lsp.playground.serving import serve_playground
from ppl_lsp.server import PplServer
from ppl_lsp.settings import Settings
from tests.server.fake_engine import load_fake_engine

PATIENCE_S: Final = 60.0
URI: Final = "playground:///1/sample.md"


def fake_server() -> PplServer:
    return PplServer(Threads(load_fake_engine), Settings(workspace_files=False), watch=lambda _: 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Playground:
    address: str
    serving: "asyncio.Task[None]"

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def token(self) -> str:
        return urlsplit(self.address).path.strip("/")

    @property
    def session(self) -> str:
        return f"ws://{self.host}/{self.token}/session"

    @classmethod
    @asynccontextmanager
    async def running(cls, *, linger_s: float = 0.0) -> AsyncGenerator[Self]:
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            serve_playground(fake_server, address.set_result, linger_s=linger_s)
        )
        async with asyncio.timeout(PATIENCE_S):
            try:
                yield cls(await address, serving)
            finally:
                serving.cancel()
                await asyncio.wait({serving})

    async def get(self, path: str | None = None, *, method: str = "GET", **headers: str) -> Answer:
        """Ask as a browser does, or as none would; the path is sent as it is."""
        path = f"/{self.token}/" if path is None else path
        sent = {"Host": self.host, **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {value}" for key, value in sent.items())]
        host, _, port = self.host.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        status, *fields = head.split("\r\n")
        return Answer(
            status=int(status.split()[1]) if status else 0,
            headers=dict(one.split(": ", 1) for one in fields),
            body=body,
        )

    @asynccontextmanager
    async def page(self) -> "AsyncGenerator[Page]":
        """Open the session of a page, as the page does."""
        async with connect(self.session, origin=self._our_origin(), max_size=None) as connection:
            yield Page(connection)

    def _our_origin(self) -> Any:
        return self.origin


@dataclass
class Page:
    """The client's side of a session."""

    connection: ClientConnection
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def notify(self, method: str, params: object) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        await self.connection.send(json.dumps(message))

    async def request(self, method: str, params: object = None) -> dict[str, Any]:
        """Return the answer; what else is said meanwhile is kept."""
        number = next(self.numbers)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        await self.connection.send(json.dumps(message))
        return await self.until(lambda one: one.get("id") == number)

    async def told(self, method: str, **params: object) -> dict[str, Any]:
        """Return what a notification said, once there is one with these parameters."""

        def is_it(one: dict[str, Any]) -> bool:
            said = one.get("params") or {}
            return one.get("method") == method and params.items() <= said.items()

        return (await self.until(is_it))["params"]

    async def until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for one in self.heard:
            if is_it(one):
                return one
        while True:
            one = json.loads(await self.connection.recv())
            self.heard.append(one)
            if is_it(one):
                return one

    async def initialize(self) -> dict[str, Any]:
        """Begin as CodeMirror's client does, and as the page has it say what it can do."""
        answer = await self.request("initialize", INITIALIZE)
        await self.notify("initialized", {})
        return answer["result"]["capabilities"]

    async def open(self, text: str, *, uri: str = URI, version: int = 0) -> None:
        item = {"uri": uri, "languageId": "markdown", "version": version, "text": text}
        await self.notify("textDocument/didOpen", {"textDocument": item})


INITIALIZE: Final = {
    "processId": None,
    "clientInfo": {"name": "@codemirror/lsp-client"},
    "rootUri": None,
    "capabilities": {
        "general": {"markdown": {"parser": "marked"}},
        "textDocument": {
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "diagnostic": {},
            "publishDiagnostics": {"versionSupport": True, "dataSupport": True},
            "codeAction": {
                "codeActionLiteralSupport": {
                    "codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}
                },
                "isPreferredSupport": True,
            },
        },
        "window": {"showMessage": {}},
        "workspace": {"workspaceEdit": {"documentChanges": True}},
    },
}
"""What @codemirror/lsp-client 6.3.0 sends with the extensions that the page gives it."""
