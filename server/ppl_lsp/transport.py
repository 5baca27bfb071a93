"""How bytes come and go: standard streams or a socket, and when all is over."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, Final, cast

import psutil
from pygls.io_ import StdinAsyncReader, run_async

from ppl_lsp.rpc import PplProtocol, SafeWriter
from ppl_lsp.server import PplServer

logger = logging.getLogger(__name__)

_POLL_S: Final = 2.0
_LAST_WORDS_S: Final = 1.0
_BEGINNING: Final = b"Content-"
"""Of either header that a message may begin with."""


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for the protocol alone.

    From now on whatever prints, in Python or in C, prints to stderr, and whatever reads from
    standard input finds it empty.
    """
    sys.stdout.flush()
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return stdin, stdout


async def serve_streams(server: PplServer, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve until `exit` or the end of the input; return the exit code."""
    server.protocol.set_writer(SafeWriter(stdout, flush=stdout.flush))
    # A pool of its own: reading must never wait for other work.
    reader = StdinAsyncReader(stdin, ThreadPoolExecutor(1, thread_name_prefix="stdin"))
    return await _serve(server, reader)


async def serve_tcp(server: PplServer, host: str, port: int) -> int:
    """Serve the first client that speaks the protocol until it is done; others are turned away."""
    code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    clients: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refusal = await _refusal(reader) or ("a server has one session" if clients else None)
        if refusal:
            logger.warning("Turned a client away: %s", refusal)
            writer.close()
            return
        clients.append(writer)
        server.protocol.set_writer(SafeWriter(writer))
        result = await _serve(server, _Begun(reader))
        with contextlib.suppress(OSError, TimeoutError):
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), _LAST_WORDS_S)
        code.set_result(result)

    listener = await asyncio.start_server(connected, host, port)
    address = listener.sockets[0].getsockname()
    logger.warning("Listening on %s:%d", address[0], address[1])
    try:
        return await code
    finally:
        listener.close()


def watch_process(
    pid: int, on_end: Callable[[], object], *, pause: Callable[[float], object] = time.sleep
) -> threading.Thread | None:
    """Call `on_end` from a thread of its own once a process has ended.

    A process that can not be seen from the start is not watched: the editor may run in another
    container or on another machine.
    """
    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):  # some clients send -1
        logger.info("Process %d can not be seen and is not watched", pid)
        return None

    def watch() -> None:
        while _is_alive(process):
            pause(_POLL_S)
        on_end()

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    return thread


class _Begun:
    """A connection of which `_BEGINNING` was read already."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._beginning = _BEGINNING
        self.readexactly = reader.readexactly

    async def readline(self) -> bytes:
        beginning, self._beginning = self._beginning, b""
        return beginning + await self._reader.readline()


async def _refusal(reader: asyncio.StreamReader) -> str | None:
    """Return why a connection is none of a client of ours, after its first bytes.

    Any web page can make a browser connect to a loopback port and post what it likes; but a
    request of HTTP begins with its method.
    """
    try:
        beginning = await reader.readexactly(len(_BEGINNING))
    except (asyncio.IncompleteReadError, OSError):
        return "it left without a word"
    return None if beginning == _BEGINNING else "it does not speak the protocol"


async def _serve(server: PplServer, reader: Any) -> int:
    try:
        await run_async(
            stop_event=threading.Event(),
            reader=reader,
            protocol=server.protocol,
            logger=logger,
            error_handler=server.report_server_error,
        )
    except SystemExit as end:
        return cast(int, end.code)
    except (asyncio.IncompleteReadError, OSError) as error:
        logger.info("The connection broke: %s", error)
    # Whatever else a client sends, such as a header line without an end: a server that no longer
    # reads must not live on.
    except Exception:
        logger.exception("The connection can not be read")
        return 1
    return 0 if cast(PplProtocol, server.protocol).is_shut_down else 1


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
