"""The playground as a whole: HTTP for the page, and a WebSocket with a session for each page."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from ppl_lsp.playground.browser import letter, show
from ppl_lsp.playground.door import HOST, Door
from ppl_lsp.playground.page_session import serve_page
from ppl_lsp.playground.pages import page
from ppl_lsp.playground.presence import LINGER_S, Presence
from ppl_lsp.server import PplServer

logger = logging.getLogger(__name__)

SESSION: Final = "session"
"""The name under which a page finds its WebSocket."""

MOST_PAGES: Final = 8
MOST_MESSAGE_BYTES: Final = 8 * 2**20
"""Of one message of a page, such as a text that is opened."""

Announce = Callable[[str], object]


async def serve_playground(
    new_server: Callable[[], PplServer],
    announce: Announce,
    *,
    with_browser: bool = False,
    linger_s: float = LINGER_S,
) -> None:
    """Serve until the last page has been closed for a while.

    `announce` is told the address as soon as it can be opened.
    """
    presence = Presence(linger_s=linger_s)
    doors: list[Door] = []  # one, as soon as the port is known
    with ExitStack() as until_seen:
        async with serve(
            partial(_session, new_server, presence, until_seen),
            HOST,
            0,
            process_request=lambda _, request: _answer(doors[0], request),
            max_size=MOST_MESSAGE_BYTES,
            compression=None,  # nothing goes farther than this machine
            ping_interval=None,  # a page that is gone closes its socket; at rest nothing wakes up
            server_header=None,
            logger=_quiet(),
        ) as listener:
            (socket,) = listener.sockets
            door = Door(socket.getsockname()[1])
            doors.append(door)
            announce(door.address)
            if with_browser:
                await asyncio.to_thread(show, until_seen.enter_context(letter(door.address)))
            await presence.over.wait()


async def _session(
    new_server: Callable[[], PplServer],
    presence: Presence,
    until_seen: ExitStack,
    connection: ServerConnection,
) -> None:
    until_seen.close()
    if presence.n_pages >= MOST_PAGES:
        await connection.close(CloseCode.TRY_AGAIN_LATER, "too many pages are open")
        return
    with presence.page():
        await serve_page(connection, new_server())


def _answer(door: Door, request: Request) -> Response | None:
    """Return what a request is answered with; None lets a page have its WebSocket."""
    if request.method != "GET":
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED)
    wants_session = "Upgrade" in request.headers
    admitted = door.admit(request.path, request.headers, from_our_page=wants_session)
    if isinstance(admitted, HTTPStatus):
        return _refusal(admitted)
    if wants_session:
        return None if admitted == SESSION else _refusal(HTTPStatus.NOT_FOUND)
    found = page(admitted, door)
    if found is None:
        return _refusal(HTTPStatus.NOT_FOUND)
    return _response(HTTPStatus.OK, found.headers, found.body)


def _refusal(status: HTTPStatus) -> Response:
    body = f"{status.phrase}. Open the address that the playground has printed.\n".encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    return _response(status, headers, body)


def _response(status: HTTPStatus, headers: dict[str, str], body: bytes) -> Response:
    return Response(status, status.phrase, Headers({**headers, "Connection": "close"}), body)


def _quiet() -> logging.Logger:
    """Return a log without what strangers send, who are turned away; it names addresses too."""
    quiet = logger.getChild("http")
    quiet.setLevel(logging.CRITICAL)
    return quiet
