"""The same engine without a process: a thread of this one, at the other end of a pair of sockets.

For tests, debugging, and where no process can be started.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable

from ppl_engine.host.service import Service
from ppl_engine.host.vigil import Limits
from ppl_engine.host.worker import Engine

_IDENTITY = "inside"


class InsideConnector:
    """Starts a service in a thread of its own for every connection."""

    identity = _IDENTITY

    def __init__(self, load: Callable[[], Engine], *, limits: Limits | None = None) -> None:
        """`load` is called on the thread of the engine."""
        self._load = load
        self._limits = limits or Limits(linger_s=0.1)

    async def open(self, make: Callable[[], asyncio.BaseProtocol]) -> str:
        """Start a service that ends soon after the connection does, and connect to it."""
        ours, theirs = socket.socketpair()
        for one in (ours, theirs):
            one.settimeout(0)
        started = asyncio.get_running_loop().create_future()
        here = asyncio.get_running_loop()

        def ready() -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                here.call_soon_threadsafe(lambda: started.done() or started.set_result(None))

        threading.Thread(
            target=lambda: asyncio.run(self._serve(theirs, ready)), name="host", daemon=True
        ).start()
        try:
            await started
            await here.create_connection(make, sock=ours)
        except BaseException:
            ours.close()
            raise
        return ""

    def start(self) -> None:
        """Do nothing: `open` always succeeds."""

    def failure(self) -> str | None:
        """Say nothing: a thread does not fail to start."""
        return None

    def kill(self, pid: int | None = None) -> None:
        """Do nothing: a thread can not be killed without us."""
        del pid

    async def _serve(self, theirs: socket.socket, ready: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        service = Service(self._load, identity=_IDENTITY, limits=self._limits)
        await loop.connect_accepted_socket(service.accept, theirs)
        ready()
        await service.ended()
