"""How to get to an engine process: a Unix socket, or a loopback port with a secret on Windows.

The directory of a Unix socket keeps other users out. A port can be reached by all of them, so what
may not be read by them tells the secret that a client has to know.
"""

import asyncio
import contextlib
import json
import secrets
import socket
import sys
from collections.abc import Callable
from typing import Any

from ppl_engine.host.place import HAS_UNIX_SOCKETS, Place

Factory = Callable[[], asyncio.BaseProtocol]
_LOOPBACK = "127.0.0.1"


def new_secret() -> str:
    """Return what clients of a process that begins now have to know."""
    return "" if HAS_UNIX_SOCKETS else secrets.token_hex(32)


async def listen(place: Place, secret: str, accept: Factory) -> asyncio.Server:
    """Listen; for the process that holds the lock of the place alone: it replaces what is there."""
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        with contextlib.suppress(FileNotFoundError):
            place.socket.unlink()
        return await loop.create_unix_server(accept, str(place.socket))
    server = await loop.create_server(accept, _LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    unfinished = place.port.with_suffix(".new")
    unfinished.write_text(json.dumps({"port": port, "secret": secret}), encoding="ascii")
    unfinished.replace(place.port)
    return server


def withdraw(place: Place) -> None:
    """Take away what clients look for."""
    for path in (place.socket, place.port):
        with contextlib.suppress(OSError):
            path.unlink()


async def connect(place: Place, make: Factory) -> str:
    """Connect and return the secret to say; raises OSError where nobody listens."""
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        await loop.create_unix_connection(make, str(place.socket))
        return ""
    port, secret = _port_and_secret(place)
    await loop.create_connection(make, _LOOPBACK, port)
    return secret


def is_reachable(place: Place) -> bool:
    """Whether somebody listens; this may block for a moment."""
    try:
        if sys.platform != "win32":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1.0)
                probe.connect(str(place.socket))
        else:
            port, _ = _port_and_secret(place)
            socket.create_connection((_LOOPBACK, port), 1.0).close()
    except OSError:
        return False
    return True


def _port_and_secret(place: Place) -> tuple[int, str]:
    try:
        found: Any = json.loads(place.port.read_text(encoding="ascii"))
        return int(found["port"]), str(found["secret"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConnectionRefusedError(f"{place.port} can not be read") from error
