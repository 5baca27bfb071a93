import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from ppl_lsp.__main__ import main
from ppl_lsp.engine import Threads
from ppl_lsp.server import PplServer
from ppl_lsp.settings import Settings
from ppl_lsp.wire.process import watch_process
from ppl_lsp.wire.transport import serve_tcp
from tests.server.fake_engine import load_fake_engine

PATIENCE_S = 20.0
SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_the_end_of_a_watched_process_is_noticed() -> None:
    ended = threading.Event()
    paused = threading.Event()
    with subprocess.Popen(SLEEPER, stdin=subprocess.PIPE) as process:

        def pause(_: float) -> None:
            paused.set()
            process.wait(PATIENCE_S)

        assert watch_process(process.pid, ended.set, pause=pause)
        assert paused.wait(PATIENCE_S)
        assert not ended.is_set()
        process.communicate(b"\n")
    assert ended.wait(PATIENCE_S)


def test_a_zombie_counts_as_ended() -> None:
    ended = threading.Event()
    with subprocess.Popen(SLEEPER, stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.close()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        watch_process(process.pid, ended.set)
        assert ended.wait(PATIENCE_S)


@pytest.mark.parametrize("pid", [-1, 2**31 - 1, 2**80])
def test_what_is_no_process_is_not_watched(pid: int) -> None:
    assert watch_process(pid, lambda: None) is None


def test_a_process_that_can_not_be_seen_is_not_watched() -> None:
    process = subprocess.Popen(SLEEPER, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.wait(PATIENCE_S)
    assert watch_process(process.pid, lambda: None) is None


class FirstMessage(logging.Handler):
    """Keeps the first message that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.message = asyncio.get_running_loop().create_future()

    def emit(self, record: logging.LogRecord) -> None:
        if not self.message.done():
            self.message.set_result(record.getMessage())


class Port:
    """A server on a socket, and what is sent to it."""

    def __init__(self, number: int, serving: "asyncio.Task[int]") -> None:
        self.number = number
        self.serving = serving

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> "AsyncGenerator[Port, None]":
        server = PplServer(Threads(load_fake_engine), Settings(), watch=lambda _: None)
        first_message = FirstMessage()
        logging.getLogger("ppl_lsp.wire.transport").addHandler(first_message)
        serving = asyncio.create_task(serve_tcp(server, "127.0.0.1", 0))
        async with asyncio.timeout(PATIENCE_S):
            yield cls(int((await first_message.message).rpartition(":")[2]), serving)

    @asynccontextmanager
    async def sent(self, data: bytes) -> AsyncGenerator[asyncio.StreamReader, None]:
        """Connect and send; at the end the connection is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        writer.write(data)
        yield reader
        writer.close()


def framed(**message: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


HOVER = framed(id=1, method="textDocument/hover", params={})


async def test_a_second_client_on_the_socket_is_turned_away() -> None:
    async with Port.listening() as port:
        async with port.sent(HOVER) as first:
            assert await first.readline()
            async with port.sent(HOVER) as second:
                assert await second.read() == b""
        # The end of the first client without a shutdown ends the server.
        assert await port.serving == 1


@pytest.mark.parametrize("data", [b"POST / HTTP/1.1\r\n\r\n" + HOVER, b""])
async def test_who_does_not_speak_the_protocol_is_turned_away_and_takes_no_place(
    data: bytes,
) -> None:
    async with Port.listening() as port:
        async with port.sent(data) as other:
            if data:
                # The rest of what was sent is thrown away, which some systems call a reset.
                with contextlib.suppress(ConnectionResetError):
                    assert await other.read() == b""
        async with port.sent(HOVER) as client:
            assert (await client.readline()).startswith(b"Content-Length: ")
        assert await port.serving == 1


async def test_a_header_line_without_an_end_ends_the_server() -> None:
    async with Port.listening() as port, port.sent(b"Content-" + b"x" * 2**18):
        assert await port.serving == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tcp", "0.0.0.0:80"], "'0.0.0.0' is not a loopback address"),
        (["--tcp", "example.org:80"], "'example.org' is not a loopback address"),
        (["--tcp", "localhost"], "'localhost' does not end in a port"),
        (["--tcp", "127.0.0.1:70000"], "does not end in a port from 0 to 65535"),
        (["--pipe", "x"], "use --stdio or --tcp"),
        (["--socket=1"], "use --stdio or --tcp"),
        (["--device", "gpu"], "invalid choice: 'gpu'"),
    ],
)
def test_arguments_that_can_not_be_met_are_explained(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_help_names_the_ways_to_connect(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert "--tcp HOST:PORT" in told
    assert "--pipe" not in told
