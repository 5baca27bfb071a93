"""A language server for one page, over its WebSocket."""

import asyncio
import contextlib
import logging
from typing import Any, Final, cast

from pygls.exceptions import JsonRpcException
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from ppl_lsp.playground.messages import NoMessageError, message, permitted, refused
from ppl_lsp.server import PplServer
from ppl_lsp.wire.rpc import PplProtocol, SafeWriter

logger = logging.getLogger(__name__)

_MOST_BYTES_WAITING: Final = 64 * 2**20


class Outbox:
    """Sends messages in the order in which they were written, from the loop's thread alone."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._n_waiting = 0

    def write(self, data: bytes) -> None:
        """Take one message. Raises OSError if the page has not read for too long."""
        self._n_waiting += len(data)
        if self._n_waiting > _MOST_BYTES_WAITING:
            self._connection.transport.abort()
            raise BrokenPipeError("the page does not read what it is sent")
        self._queue.put_nowait(data)

    def close(self) -> None:
        """Take no more; what was written is still sent."""

    async def send(self) -> None:
        """Send until cancelled, or until nobody listens any more."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                data = await self._queue.get()
                await self._connection.send(data, text=True)
                self._n_waiting -= len(data)


async def serve_page(connection: ServerConnection, server: PplServer) -> None:
    """Serve a page until it is closed or says `exit`."""
    writer = SafeWriter(outbox := Outbox(connection))
    server.protocol.set_writer(writer, include_headers=False)
    sending = asyncio.create_task(outbox.send())
    try:
        async for data in connection:
            _hear(server, writer, data)
    except SystemExit:
        logger.info("A page said that it is done")
    except ConnectionClosed as error:
        logger.info("A page is gone: %s", error)
    except NoMessageError as error:
        logger.warning("A page was sent away: %s", error)
        await connection.close(CloseCode.INVALID_DATA)
    finally:
        sending.cancel()
        server.session.end()


def _hear(server: PplServer, writer: SafeWriter, data: str | bytes) -> None:
    said = message(data)
    try:
        allowed = permitted(said)
    except JsonRpcException as error:
        if answer := refused(said, error):
            writer.write(answer)
        return
    _handle(server, allowed)


def _handle(server: PplServer, allowed: dict[str, Any]) -> None:
    try:
        cast(PplProtocol, server.protocol).handle_message(allowed)
    # As over other transports: one message that can not be handled ends no session.
    except Exception as error:
        logger.exception("A message can not be handled")
        server.report_server_error(error, JsonRpcException)
