"""Getting to an engine process that answers, started if there is none, killed if it hangs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from ppl_engine.host.connection import Connection
from ppl_engine.host.errors import HostError
from ppl_engine.host.messages import (
    PROTOCOL,
    REPLY,
    REQUEST,
    Hello,
    Refused,
    Reply,
    Request,
    Welcome,
)

_POLL_S: Final = 0.02


class Connector(Protocol):
    """The way to a process."""

    @property
    def identity(self) -> str:
        """What the process must be."""
        ...

    async def open(self, make: Callable[[], asyncio.BaseProtocol]) -> str:
        """Connect and return the secret; raises OSError where nobody listens."""
        ...

    def start(self) -> None:
        """Start a process, if none was started or it has ended."""
        ...

    def failure(self) -> str | None:
        """Say, once, how the process that was started has failed; None while it may succeed."""
        ...

    def kill(self, pid: int | None = None) -> None:
        """Kill the process that listens, if it is the one that is meant."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, and how often they may go wrong."""

    start_s: float = 60.0
    """Until a process that was started can be talked to."""

    most_failures: int = 3
    """It is given up when it fails so often before it can be talked to."""

    hello_s: float = 10.0
    ping_s: float = 5.0
    n_pings: int = 6
    """So many in a row unanswered, while it has work to do, and the process hangs."""

    retry_s: float = 0.1
    """Until it is started again after its end; doubled every time."""

    most_ends: int = 5
    """It is given up when it ends so many times within `ends_within_s`."""

    ends_within_s: float = 60.0
    most_blamed: int = 3
    """A request is given up when the process has ended so often while working on it."""

    cool_s: float = 30.0
    """What was given up is tried again for a request that comes this much later."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A process that has answered."""

    connection: Connection[Reply, Request]
    ended: "asyncio.Future[Exception | None]"
    """Its end to come."""

    pid: int


async def reach(connector: Connector, patience: Patience, hear: Callable[[Reply], None]) -> Reached:
    """Connect to a process; `hear` is called with all it says. Raises HostError."""
    connector.failure()  # of a process that had been reached: known already
    deadline = time.monotonic() + patience.start_s
    n_failures = 0
    while time.monotonic() < deadline:
        if reached := await _greeted(connector, patience, hear):
            return reached
        if failure := connector.failure():
            n_failures += 1
            if patience.most_failures <= n_failures:
                raise HostError(failure)
            await asyncio.sleep(patience.retry_s * 2**n_failures)
        await in_thread(connector.start)
        await asyncio.sleep(_POLL_S)
    raise HostError(f"The engine process could not be started within {patience.start_s:g} s.")


async def in_thread(function: Callable[..., object], *arguments: object) -> None:
    """Run what may block for a moment."""
    await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


async def _greeted(
    connector: Connector, patience: Patience, hear: Callable[[Reply], None]
) -> Reached | None:
    """Try to connect once; None where nobody is there, or nobody who answers."""
    greeting = _Greeting(hear)
    try:
        secret = await connector.open(lambda: greeting.connection)
    except OSError:
        return None
    try:
        async with asyncio.timeout(patience.hello_s):
            pid = await greeting.welcomed(Hello(PROTOCOL, connector.identity, secret))
    except ConnectionError:
        return None
    except TimeoutError:
        greeting.connection.abort()
        await in_thread(connector.kill)
        return None
    except BaseException:
        greeting.connection.abort()
        raise
    return Reached(greeting.connection, greeting.ended, pid)


class _Greeting:
    """A connection of which it is not yet known whether anybody answers."""

    def __init__(self, hear: Callable[[Reply], None]) -> None:
        loop = asyncio.get_running_loop()
        self._hear = hear
        self._pid: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[Exception | None] = loop.create_future()
        self.connection: Connection[Reply, Request] = Connection(
            REPLY, REQUEST, on_message=self._on_message, on_end=self._on_end
        )

    async def welcomed(self, hello: Hello) -> int:
        """Return the number of the process; raises ConnectionError or HostError."""
        self.connection.send(hello)
        return await self._pid

    def _on_message(self, message: Reply) -> None:
        if self._pid.done():
            self._hear(message)
        elif isinstance(message, Welcome):
            self._pid.set_result(message.pid)
        elif isinstance(message, Refused):
            self._pid.set_exception(HostError(f"The engine process refuses: {message.reason}"))

    def _on_end(self, error: Exception | None) -> None:
        if not self._pid.done():
            self._pid.set_exception(ConnectionError("It ended without a word."))
            self._pid.exception()  # is taken note of: who would wait may have been cancelled
        if not self.ended.done():
            self.ended.set_result(error)
