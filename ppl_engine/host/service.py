"""What the engine process does for its clients: many of them, many documents, one engine.

Everything here happens on the event loop; the engine's part is in `worker`.
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ppl_engine.analysis import Partial
from ppl_engine.host.connection import FIRST_MESSAGE_BYTES, MOST_BYTES, Connection
from ppl_engine.host.errors import NoLongerHeldError, SupersededError, described
from ppl_engine.host.held import HeldAnalyses
from ppl_engine.host.messages import (
    PROTOCOL,
    REPLY,
    REQUEST,
    Analyze,
    Answered,
    Cancel,
    Explain,
    Failed,
    Forget,
    Hello,
    Hurry,
    Leave,
    Load,
    Numbered,
    Ping,
    Pong,
    Priority,
    Refused,
    Reply,
    Request,
    Stepped,
    Welcome,
)
from ppl_engine.host.queue import Job, Steps
from ppl_engine.host.vigil import Limits, Vigil
from ppl_engine.host.worker import Engine, Worker

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis

logger = logging.getLogger(__name__)


class Client:
    """One connection with what it has asked for."""

    def __init__(
        self,
        on_message: Callable[["Client", Request], None],
        on_end: Callable[["Client", Exception | None], None],
    ) -> None:
        self.jobs: dict[int, Job] = {}
        self.newest: dict[str, int] = {}
        """The request for each document that is not answered yet."""

        self.is_welcome = False
        self.clock: asyncio.TimerHandle | None = None
        self.connection: Connection[Request, Reply] = Connection(
            REQUEST,
            REPLY,
            on_message=lambda message: on_message(self, message),
            on_end=lambda error: on_end(self, error),
        )
        self.connection.most_bytes = FIRST_MESSAGE_BYTES


class Service:
    """All clients of one engine."""

    def __init__(
        self,
        load: Callable[[], Engine],
        *,
        identity: str,
        secret: str = "",
        limits: Limits | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        """Begin, without clients; `prepare` is called on the engine's thread before all else."""
        self._loop: Final = asyncio.get_running_loop()
        self._limits = limits or Limits()
        self._identity = identity
        self._secret = secret
        self._clients: set[Client] = set()
        self._held = HeldAnalyses(self._limits.held_bytes)
        self._worker = Worker(load, self._loop.call_soon_threadsafe)
        self._vigil = Vigil(self._limits, self._worker, lambda: self.n_jobs, self._unload)
        self._worker.start()
        if prepare:
            self._worker.submit(Job(self, Priority.ASKED, lambda: _once(prepare)))

    async def ended(self) -> bool:
        """Wait until there is no client any more; False if the engine is stuck."""
        try:
            return await self._vigil.ended
        finally:
            self._vigil.stop()
            self._worker.stop()

    def end(self) -> None:
        """End whatever clients there are."""
        self._vigil.end()

    @property
    def n_clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    @property
    def n_jobs(self) -> int:
        """How much is not done yet."""
        return sum(len(client.jobs) for client in self._clients)

    def accept(self) -> Connection[Request, Reply]:
        """Make the end of a new connection."""
        client = Client(self._on_message, self._on_end)
        client.clock = self._loop.call_later(self._limits.hello_s, client.connection.abort)
        self._clients.add(client)
        self._vigil.somebody_is_there()
        return client.connection

    def _on_end(self, client: Client, error: Exception | None) -> None:
        """Drop the work of a client that has gone."""
        if error:
            logger.info("A client was lost: %s", error)
        self._clients.discard(client)
        if client.clock:
            client.clock.cancel()
        for job in client.jobs.values():
            self._worker.cancel(job)
        client.jobs.clear()
        self._held.drop_client(client)
        if not self._clients:
            self._vigil.nobody_is_there()

    def _on_message(self, client: Client, message: Request) -> None:
        """Do what a client says."""
        if isinstance(message, Hello):
            self._greet(client, message)
        elif not client.is_welcome:
            self._refuse(client, "The first message must be Hello.")
        elif isinstance(message, Ping):
            client.connection.send(Pong())
        elif isinstance(message, Cancel):
            self._cancel(client, message.number)
        elif isinstance(message, Hurry):
            if job := client.jobs.get(message.number):
                self._worker.hurry(job, Priority.ASKED)
        elif isinstance(message, Forget):
            self._forget(client, message.document)
        elif isinstance(message, Leave):
            self._leave(client)
        else:
            self._begin(client, message)

    def _greet(self, client: Client, hello: Hello) -> None:
        if hello.protocol != PROTOCOL or hello.identity != self._identity:
            return self._refuse(client, "This engine process is another version or model.")
        if not hmac.compare_digest(hello.secret.encode(), self._secret.encode()):
            return self._refuse(client, "The secret is wrong.")
        if client.clock:
            client.clock.cancel()
            client.clock = None
        client.is_welcome = True
        client.connection.most_bytes = MOST_BYTES
        client.connection.send(Welcome(os.getpid()))
        return None

    def _refuse(self, client: Client, reason: str) -> None:
        client.connection.send(Refused(reason))
        client.connection.close()

    def _begin(self, client: Client, request: Numbered) -> None:
        if self._limits.most_jobs <= len(client.jobs) or request.number in client.jobs:
            return self._refuse(client, "More is asked for than a client may.")
        job = Job(client, Priority.ASKED, lambda: self._steps(client, request))
        number = request.number
        job.on_progress = lambda progress: self._on_progress(client, request, progress)
        job.on_result = lambda value: self._on_result(client, request, value)
        job.on_error = lambda error: self._finish(client, number, Failed(number, *described(error)))
        if isinstance(request, Analyze):
            job.priority = request.priority
            self._supersede(client, request.document)
            client.newest[request.document] = number
        client.jobs[number] = job
        self._vigil.stir()
        self._worker.submit(job)
        return None

    def _steps(self, client: Client, request: Numbered) -> Steps:
        if isinstance(request, Load):
            return self._loading()
        if isinstance(request, Explain):
            return self._explaining(client, request)
        return self._analyzing(client, request)

    def _loading(self) -> Steps:
        engine = yield from self._worker.loaded()
        return engine.model

    def _analyzing(self, client: Client, request: Analyze) -> Steps:
        engine = yield from self._worker.loaded()
        return (
            yield from engine.analyze(
                request.text,
                language=request.language,
                thresholds=request.thresholds,
                previous=self._held.newest(client, request.document),
                visible=request.visible,
            )
        )

    def _explaining(self, client: Client, request: Explain) -> Steps:
        engine = yield from self._worker.loaded()
        analysis = self._held.get(client, request.document, request.analysis)
        if analysis is None or analysis.model.revision != engine.model.revision:
            raise NoLongerHeldError("The analysis is no longer held.")
        yield
        return engine.explain(analysis, request.offset)

    def _on_progress(self, client: Client, request: Numbered, progress: Any) -> None:
        if isinstance(progress, Partial) and isinstance(request, Analyze):
            # The next version starts from it, should this one be given up.
            self._held.put(client, request.document, request.number, progress.analysis)
            progress = replace(progress, analysis=replace(progress.analysis, text=""))
        # Nobody misses a step of which there are more to come.
        if progress is None or not client.connection.is_clogged:
            client.connection.send(Stepped(request.number, progress))

    def _on_result(self, client: Client, request: Numbered, value: Any) -> None:
        if isinstance(request, Analyze):
            analysis: Analysis = value
            self._held.put(client, request.document, request.number, analysis)
            value = replace(analysis, text="")
        self._finish(client, request.number, Answered(request.number, value))

    def _finish(self, client: Client, number: int, reply: Answered | Failed) -> None:
        if client.jobs.pop(number, None) is None:
            return
        client.newest = {name: asked for name, asked in client.newest.items() if asked != number}
        client.connection.send(reply)
        if client.connection.is_clogged and not client.clock:
            client.clock = self._loop.call_later(self._limits.clogged_s, self._check_clog, client)
        self._vigil.stir()

    def _check_clog(self, client: Client) -> None:
        client.clock = None
        if client.connection.is_clogged:
            client.connection.abort(TimeoutError("It does not read what it is sent."))

    def _supersede(self, client: Client, document: str) -> None:
        number = client.newest.get(document)
        if number is not None and (job := client.jobs.get(number)):
            self._worker.cancel(job)
            error = SupersededError("A newer version is being scored.")
            self._finish(client, number, Failed(number, *described(error)))

    def _cancel(self, client: Client, number: int) -> None:
        if job := client.jobs.pop(number, None):
            self._worker.cancel(job)

    def _forget(self, client: Client, document: str) -> None:
        number = client.newest.pop(document, None)
        if number is not None:
            self._cancel(client, number)
        self._held.drop(client, document)

    def _leave(self, client: Client) -> None:
        for number in tuple(client.jobs):
            self._cancel(client, number)
        if self._clients == {client}:
            self._unload()

    def _unload(self) -> None:
        logger.info("The model is not needed now and is unloaded")
        self._held.clear()
        self._worker.submit(Job(self, Priority.SCANNED, self._worker.unloaded))


def _once(call: Callable[[], object]) -> Steps:
    yield
    call()
