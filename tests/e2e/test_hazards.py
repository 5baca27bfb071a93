"""What goes wrong with language servers, byte by byte; each test fails without its measure."""

import asyncio
import itertools
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.editor import COMMAND, PATIENCE_S, ROOT, URI
from tests.host.fake_host import COMMAND as HOST
from tests.host.runtime import environment
from tests.server.fake_engine import BUSY, HOLD, PRINT

CAPABILITIES: dict[str, Any] = {}


@dataclass
class Wire:
    """Both ends of the pipes of a server."""

    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    @asynccontextmanager
    async def running(
        cls, *arguments: str, command: list[str] = COMMAND, cwd: Path = ROOT
    ) -> "AsyncGenerator[Wire, None]":
        process = await asyncio.create_subprocess_exec(
            *command, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment(), cwd=cwd
        )
        assert process.stdin
        assert process.stdout
        try:
            async with asyncio.timeout(PATIENCE_S):
                yield cls(process, process.stdout, process.stdin)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def send(self, method: str, params: object = None, **more: object) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        body = json.dumps(message).encode()
        self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def request(self, method: str, params: object = None) -> int:
        number = next(self.numbers)
        self.send(method, params, id=number)
        return number

    async def message(self) -> dict[str, Any]:
        """Read one message; anything else on the wire is a failure."""
        length = 0
        while (line := await self.reader.readline()) != b"\r\n":
            name, _, value = line.decode().partition(": ")
            assert name in ("Content-Length", "Content-Type"), f"noise on the wire: {line!r}"
            length = int(value) if name == "Content-Length" else length
        return json.loads(await self.reader.readexactly(length))

    async def answer(self, number: int) -> dict[str, Any]:
        return await self.until(lambda message: message.get("id") == number)

    async def notification(self, method: str) -> dict[str, Any]:
        return await self.until(lambda message: message.get("method") == method)

    async def until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not is_wanted(message := await self.message()):
            pass
        return message

    async def initialize(self, **params: object) -> None:
        everything = {"processId": None, "rootUri": None, "capabilities": CAPABILITIES} | params
        await self.answer(self.request("initialize", everything))
        self.send("initialized", {})

    async def ready(self, **params: object) -> None:
        await self.initialize(**params)
        await self.until(lambda message: message.get("params", {}).get("state") == "ready")

    def open(self, text: str) -> None:
        document = {"uri": URI, "languageId": "markdown", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})

    async def stuck(self, text: str = HOLD) -> None:
        """Bring the engine into a step that never ends."""
        await self.ready()
        self.open(text)
        await self.answer(self.hover())

    def hover(self) -> int:
        place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}}
        return self.request("textDocument/hover", place)


async def test_what_libraries_print_never_reaches_the_wire() -> None:
    async with Wire.running("--in-process") as wire:
        await wire.ready()
        wire.open(PRINT)
        await wire.notification("textDocument/publishDiagnostics")
        await wire.answer(wire.request("shutdown"))
        wire.send("exit")
        _, errors = await wire.process.communicate()
        assert b"noise from Python" in errors
        assert b"noise from C" in errors


@pytest.mark.parametrize("text", [HOLD, BUSY])
async def test_a_stuck_or_busy_engine_does_not_keep_others_waiting(text: str) -> None:
    async with Wire.running() as wire:
        await wire.stuck(text)
        answers = [await wire.answer(wire.hover()) for _ in range(3)]
        said = [answer["result"]["contents"]["value"] for answer in answers]
        assert [text for text in said if not text.startswith("ppl: scoring")] == []


async def test_a_request_is_cancelled_while_the_engine_is_stuck() -> None:
    async with Wire.running() as wire:
        await wire.stuck()
        number = wire.request("ppl/heatMap", {"textDocument": {"uri": URI}})
        wire.send("$/cancelRequest", {"id": number})
        assert (await wire.answer(number))["error"]["code"] == -32800


async def test_a_stuck_engine_does_not_delay_the_exit() -> None:
    async with Wire.running() as wire:
        await wire.stuck()
        await wire.answer(wire.request("shutdown"))
        wire.send("exit")
        assert await wire.process.wait() == 0


async def test_the_end_of_the_input_ends_the_server_even_when_the_engine_is_stuck() -> None:
    async with Wire.running() as wire:
        await wire.stuck()
        wire.writer.close()
        assert await wire.process.wait() == 1


async def test_exit_without_shutdown_is_an_error() -> None:
    async with Wire.running() as wire:
        await wire.initialize()
        wire.send("exit")
        assert await wire.process.wait() == 1


@pytest.mark.parametrize("is_told_by", ["initialize", "argument"])
async def test_the_server_ends_with_its_editor(is_told_by: str) -> None:
    # The pipes stay open, as when another child of the editor has inherited them.
    editor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys; sys.stdin.read()", stdin=PIPE
    )
    arguments = [f"--clientProcessId={editor.pid}"] if is_told_by == "argument" else []
    async with Wire.running(*arguments) as wire:
        await wire.initialize(processId=editor.pid if is_told_by == "initialize" else None)
        editor.kill()
        await editor.wait()
        assert await wire.process.wait() == 1


async def test_arguments_that_clients_append_do_no_harm() -> None:
    async with Wire.running("--stdio", "--clientProcessId", "1", "--new-thing=3") as wire:
        await wire.initialize()
        await wire.answer(wire.request("shutdown"))
        wire.send("exit")
        _, errors = await wire.process.communicate()
        assert b"--new-thing=3" in errors


@pytest.mark.parametrize("name", ["mine", "./mine", "embedded", "no/folder", ""])
async def test_no_folder_of_the_workspace_bears_the_name_of_a_model(
    name: str, tmp_path: Path
) -> None:
    for folder in ("mine", "embedded"):
        (tmp_path / folder).mkdir()
    async with Wire.running("--model", name, cwd=tmp_path) as wire:
        await wire.initialize()
        status = await wire.notification("ppl/status")
        # Only a name that begins with a dot is meant to be looked for here.
        chosen = str(tmp_path / "mine") if name == "./mine" else name
        assert status["params"]["model"] == chosen
        assert Path(psutil.Process(wire.process.pid).cwd()) == Path.home().resolve()


async def test_the_server_speaks_over_a_loopback_socket() -> None:
    async with Wire.running("--tcp", "127.0.0.1:0") as wire:
        assert wire.process.stderr
        line = await wire.process.stderr.readline()
        port = int(line.rpartition(b":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        socket = Wire(wire.process, reader, writer)
        await socket.ready()
        socket.open("a zzword")
        found = await socket.notification("textDocument/publishDiagnostics")
        assert len(found["params"]["diagnostics"]) == 1
        await socket.answer(socket.request("shutdown"))
        socket.send("exit")
        assert await wire.process.wait() == 0
        writer.close()


async def test_deprecations_in_the_framework_do_no_harm() -> None:
    # As CPython 3.14 does it.
    program = """
import asyncio, inspect, warnings
def deprecated(function):
    warnings.warn("use inspect.iscoroutinefunction", DeprecationWarning, stacklevel=2)
    return inspect.iscoroutinefunction(function)
asyncio.iscoroutinefunction = deprecated
from ppl_lsp.__main__ import main
main(command=COMMAND)
""".replace("COMMAND", repr(HOST))
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", program]
    async with Wire.running(command=command) as wire:
        await wire.ready()
        await wire.answer(wire.request("shutdown"))
        wire.send("exit")
        output, errors = await wire.process.communicate()
        assert (output, errors) == (b"", b"")


async def test_texts_with_unpaired_surrogates_come_back_as_text() -> None:
    async with Wire.running() as wire:
        await wire.ready()
        wire.open("a \ud834 zzword \udd1e")
        found = await wire.notification("textDocument/publishDiagnostics")
        (mark,) = found["params"]["diagnostics"]
        assert mark["range"]["start"] == {"line": 0, "character": 4}
