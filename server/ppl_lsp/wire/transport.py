"""How bytes come and go: standard streams or a socket."""

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, Final, cast

from pygls.io_ import StdinAsyncReader, run_async

from ppl_lsp.server import PplServer
from ppl_lsp.wire.rpc import PplProtocol, SafeWriter

logger = logging.getLogger(__name__)

_LAST_WORDS_S: Final = 1.0
_BEGINNING: Final = b"Content-"
"""Of either header that a message may begin with."""


async def serve_streams(server: PplServer, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve until `exit` or the end of the input; return the exit code."""
    server.protocol.set_writer(SafeWriter(stdout, flush=stdout.flush))
    # A pool of its own: reading must never wait for other work.
    reader = StdinAsyncReader(stdin, ThreadPoolExecutor(1, thread_name_prefix="stdin"))
    return await serve(server, reader)


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
        result = await serve(server, _Begun(reader))
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


async def serve(server: PplServer, reader: Any) -> int:
    """Serve whoever is at the other end of the reader and of the writer; return the exit code."""
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
    finally:
        server.session.end()
    return 0 if cast(PplProtocol, server.protocol).is_shut_down else 1
