import asyncio
import inspect
import io
import json
import logging
import re
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_lsp.engine import Threads
from ppl_lsp.server import PplServer
from ppl_lsp.settings import Settings
from ppl_lsp.wire.rpc import PplProtocol, SafeWriter
from tests.server.fake_engine import load_fake_engine

HEADER = re.compile(rb"Content-Length: (\d+)\r\n.*?\r\n\r\n", re.DOTALL)
CAPABILITIES: dict[str, Any] = {"workspace": {"configuration": True}}


class PartialSink:
    """Takes bytes a few at a time, and lets other threads in between, as pipes do."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def write(self, data: bytes) -> int:
        for start in range(0, len(data), 512):
            self.taken += data[start : start + 512]
            threading.Event().wait(0)
        return len(data)

    def close(self) -> None:
        pass


class Peer:
    """A server without a process: messages go in as objects, what it sends comes out as such."""

    def __init__(self) -> None:
        self.sink = io.BytesIO()
        self.server = PplServer(Threads(load_fake_engine), Settings(), watch=lambda _: None)
        assert isinstance(self.server.protocol, PplProtocol)
        # Anything may come over the wire, whatever the types say.
        self.protocol: Any = self.server.protocol
        self.protocol.set_writer(self.sink)

    async def send(self, **message: Any) -> list[dict[str, Any]]:
        """Deliver one message as the reader would; return what came back."""
        self.sink.seek(0)
        self.sink.truncate()
        body = json.dumps({"jsonrpc": "2.0", **message})
        decoded = json.loads(body, object_hook=self.protocol.structure_message)
        self.protocol.handle_message(decoded)
        await turns()
        return messages(self.sink.getvalue())

    async def initialize(self, **params: Any) -> dict[str, Any]:
        everything = {"processId": None, "rootUri": None, "capabilities": CAPABILITIES} | params
        answers = await self.send(id=0, method="initialize", params=everything)
        return answers[-1]


async def turns() -> None:
    """Let the loop turn as often as the longest chain of handlers needs."""
    for _ in range(5):
        await asyncio.sleep(0)


def messages(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while match := HEADER.match(data):
        body = data[match.end() : match.end() + int(match[1])]
        found.append(json.loads(body))
        data = data[match.end() + int(match[1]) :]
    assert data == b""
    return found


def test_large_messages_of_concurrent_threads_arrive_intact() -> None:
    sink = PartialSink()
    peer = Peer()
    peer.protocol.set_writer(sink)
    threads = [
        threading.Thread(
            target=lambda: [peer.protocol.notify("x", {"text": "y" * 20_000}) for _ in range(20)]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(messages(bytes(sink.taken))) == 80


@dataclass
class ClosedSink:
    n_writes: int = 0

    def write(self, _: bytes) -> None:
        self.n_writes += 1
        raise BrokenPipeError("nobody reads")

    def close(self) -> None:
        raise BrokenPipeError("nor can what was written be flushed")


def test_a_client_that_is_gone_is_not_told_that_it_can_not_be_told() -> None:
    sink = ClosedSink()
    peer = Peer()
    peer.protocol.set_writer(sink)
    for _ in range(3):
        peer.protocol.notify("x", {})
    assert sink.n_writes == 1
    assert peer.protocol.writer
    peer.protocol.writer.close()


@given(st.text(alphabet=st.sampled_from('a\\"ud8\ud834\udd1e\udc00é𝄞'), max_size=20))
def test_every_message_is_well_formed_unicode_of_the_length_announced(text: str) -> None:
    sink = io.BytesIO()
    body = json.dumps({"text": text})
    SafeWriter(sink).write(body.encode())
    sent = sink.getvalue()
    assert len(sent) == len(body)
    expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    received = json.loads(sent)["text"]
    received.encode("utf-8")
    assert len(received) == len(expected)
    assert [c for c in received if c != "\ufffd"] == [c for c in expected if c != "\ufffd"]


async def test_a_second_initialize_is_refused() -> None:
    peer = Peer()
    assert "result" in await peer.initialize()
    assert (await peer.initialize())["error"]["code"] == -32600


async def test_requests_before_initialize_are_refused_and_notifications_dropped() -> None:
    peer = Peer()
    (answer,) = await peer.send(id=1, method="textDocument/hover", params={})
    assert answer["error"]["code"] == -32002
    assert await peer.send(method="textDocument/didOpen", params={}) == []


async def test_requests_after_shutdown_are_refused() -> None:
    peer = Peer()
    await peer.initialize()
    assert (await peer.send(id=1, method="shutdown"))[0]["result"] is None
    (answer,) = await peer.send(id=2, method="textDocument/hover", params={})
    assert answer["error"]["code"] == -32600


@pytest.mark.parametrize("is_shut_down", [True, False])
async def test_the_exit_code_tells_whether_there_was_a_shutdown(*, is_shut_down: bool) -> None:
    peer = Peer()
    await peer.initialize()
    if is_shut_down:
        await peer.send(id=1, method="shutdown")
    with pytest.raises(SystemExit) as end:
        await peer.send(method="exit")
    assert end.value.code == (0 if is_shut_down else 1)


async def test_a_key_named_jsonrpc_is_content_like_any_other() -> None:
    peer = Peer()
    options = {"jsonrpc": "2.0", "severity": "hint", "id": 3}
    answer = await peer.initialize(initializationOptions=options)
    assert answer["id"] == 0
    assert peer.server.session.settings.severity == "hint"


async def test_parameters_of_the_wrong_shape_are_answered_with_an_error() -> None:
    peer = Peer()
    await peer.initialize()
    (answer,) = await peer.send(id=4, method="textDocument/hover", params={"position": 3})
    assert (answer["id"], answer["error"]["code"]) == (4, -32602)


async def test_a_method_nobody_knows_is_answered_with_an_error() -> None:
    peer = Peer()
    await peer.initialize()
    (answer,) = await peer.send(id=5, method="ppl/nothing", params={"a": 1})
    assert answer["error"]["code"] == -32601


@pytest.mark.parametrize("message", [[1, 2], "text", 7, None])
async def test_what_is_no_message_is_ignored(message: object) -> None:
    peer = Peer()
    peer.protocol.handle_message(message)
    assert peer.sink.getvalue() == b""


async def test_a_cancel_that_crosses_with_its_answer_is_nobodys_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer = Peer()
    await peer.initialize()
    assert await peer.send(id=1, method="nobody/knows")
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert await peer.send(method="$/cancelRequest", params={"id": 1}) == []
        assert await peer.send(method="$/cancelRequest", params={"id": "other"}) == []
    assert not caplog.records


async def test_an_edit_of_a_document_that_is_not_open_is_logged_and_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer = Peer()
    await peer.initialize()
    change: dict[str, Any] = {
        "textDocument": {"uri": "file:///closed.md", "version": 2},
        "contentChanges": [{"text": "x"}],
    }
    with caplog.at_level(logging.WARNING):
        assert await peer.send(method="textDocument/didChange", params=change) == []
    assert "not open: file:///closed.md" in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


def test_every_handler_is_a_coroutine_so_that_none_blocks_the_loop_or_the_reader() -> None:
    handlers = Peer().server.protocol.fm.features
    assert {"textDocument/hover", "notebookDocument/didOpen"} <= set(handlers)
    for method, handler in handlers.items():
        assert inspect.iscoroutinefunction(handler), method


async def test_handlers_that_are_done_are_forgotten() -> None:
    peer = Peer()
    await peer.initialize()
    document = {"uri": "file:///a.md", "languageId": "x", "version": 1, "text": ""}
    for _ in range(10):
        await peer.send(method="textDocument/didOpen", params={"textDocument": document})
    assert peer.protocol._request_futures == {}


async def test_a_reply_to_a_question_whose_asker_was_cancelled_does_no_harm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer = Peer()
    await peer.initialize()
    change: dict[str, Any] = {"settings": None}
    sent = await peer.send(method="workspace/didChangeConfiguration", params=change)
    (question,) = [message for message in sent if message["method"] == "workspace/configuration"]
    asking: list[Any] = [*peer.protocol._request_futures.values()]
    for task in asking:
        if isinstance(task, asyncio.Task):
            task.cancel()
    await turns()
    # pygls would raise InvalidStateError here.
    await peer.send(id=question["id"], result=[{"severity": "hint"}])
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
