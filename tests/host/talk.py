"""Both ends of a service in one event loop, message by message."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, ClassVar

from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.connection import Connection
from ppl_engine.host.messages import (
    PROTOCOL,
    REPLY,
    REQUEST,
    Analyze,
    Answered,
    Failed,
    Hello,
    Priority,
    Reply,
    Request,
    Stepped,
)
from ppl_engine.host.service import Service
from ppl_engine.host.vigil import Limits
from ppl_engine.host.worker import Engine
from tests.server.fake_engine import FakeEngine

PATIENCE_S = 60.0
IDENTITY = "this one"


async def until(condition: Callable[[], Any]) -> None:
    """Wait for what nobody announces, such as the end of a process."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


class Talker:
    """A client that says what a test wants it to say."""

    def __init__(self) -> None:
        self.heard: list[Reply] = []
        self.is_over = False
        self._news = asyncio.Event()
        self.connection: Connection[Reply, Request] = Connection(
            REPLY, REQUEST, on_message=self._hear, on_end=self._end
        )

    def say(self, *messages: Request) -> None:
        for message in messages:
            self.connection.send(message)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def begun(self, number: int) -> None:
        await self.until(lambda: Stepped(number, None) in self.heard)

    async def stepping(self, number: int) -> None:
        def is_stepping() -> bool:
            return any(
                isinstance(one, Stepped) and one.number == number and one.progress
                for one in self.heard
            )

        await self.until(is_stepping)

    async def value(self, number: int) -> Any:
        answer = await self.answer(number)
        assert isinstance(answer, Answered), answer
        return answer.value

    async def failure(self, number: int) -> Failed:
        answer = await self.answer(number)
        assert isinstance(answer, Failed), answer
        return answer

    async def answer(self, number: int) -> Answered | Failed:
        def found() -> list[Answered | Failed]:
            return [
                one
                for one in self.heard
                if isinstance(one, Answered | Failed) and one.number == number
            ]

        await self.until(found)
        (answer,) = found()
        return answer

    async def over(self) -> None:
        await self.until(lambda: self.is_over)

    def _hear(self, message: Reply) -> None:
        self.heard.append(message)
        self._news.set()

    def _end(self, error: Exception | None) -> None:
        del error
        self.is_over = True
        self._news.set()


class Talk:
    """A service with engines that a test can look at."""

    running: ClassVar[list["Talk"]] = []

    def __init__(
        self, *, secret: str = "", load: Callable[[], Engine] | None = None, **limits: Any
    ) -> None:
        self.running.append(self)
        self.engines: list[FakeEngine] = []
        self.talkers: list[Talker] = []
        self.service = Service(
            load or self._load, identity=IDENTITY, secret=secret, limits=Limits(**limits)
        )

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    async def stranger(self) -> Talker:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        for one in (ours, theirs):
            one.settimeout(0)
        await loop.connect_accepted_socket(self.service.accept, theirs)
        talker = Talker()
        self.talkers.append(talker)
        await loop.create_connection(lambda: talker.connection, sock=ours)
        return talker

    async def client(self) -> Talker:
        talker = await self.stranger()
        talker.say(Hello(PROTOCOL, IDENTITY, ""))
        await talker.until(lambda: talker.heard)
        return talker

    @classmethod
    async def end_all(cls) -> None:
        """End what a test has left running."""
        for talk in cls.running:
            for engine in talk.engines:
                engine.release.set()
            for talker in talk.talkers:
                talker.connection.abort()
                await talker.over()
            await until(lambda talk=talk: not talk.service.n_clients)
            talk.service.end()
            await talk.service.ended()
        cls.running.clear()

    def _load(self) -> FakeEngine:
        self.engines.append(FakeEngine())
        return self.engines[-1]


def analyze(
    number: int, text: str, document: str = "a", priority: Priority = Priority.OPENED
) -> Analyze:
    return Analyze(number, document, text, "markdown", Thresholds(), (), priority)
