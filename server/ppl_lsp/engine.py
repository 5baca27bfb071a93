"""The server's hold on an engine, which runs in a process of its own or in a thread of this one.

What speaks to it needs NumPy: it is imported beside the loop, after `initialize` was answered.
"""

import asyncio
import importlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ppl_engine.host.errors import HostError
from ppl_engine.host.launch import COMMAND, Launcher
from ppl_engine.models.choice import ModelChoice

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.explanation import Explanation
    from ppl_engine.host.client import EngineClient
    from ppl_engine.host.reach import Connector
    from ppl_engine.host.worker import Engine
    from ppl_engine.scoring.scorer import ModelInfo


class Way(Protocol):
    """How to get to the engine for a model."""

    def prepare(self, choice: ModelChoice) -> None:
        """Get ready for what will probably be asked for."""
        ...

    def connector(self, choice: ModelChoice) -> "Connector":
        """Return the way to the engine; raises HostError."""
        ...


class Processes:
    """An engine process for each model, shared with the other servers of this user."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._launchers: dict[ModelChoice, Launcher] = {}

    def prepare(self, choice: ModelChoice) -> None:
        """Start the process, so that it imports what it needs while we do."""
        try:
            self.connector(choice).prepare()
        except (HostError, OSError) as error:
            # It will be said to the user when the model is asked for.
            logger.warning("The engine could not be started ahead of time: %s", error)

    def connector(self, choice: ModelChoice) -> Launcher:
        """Return what starts the process for a model."""
        if choice not in self._launchers:
            self._launchers[choice] = Launcher(choice, self._command)
        return self._launchers[choice]


class Threads:
    """An engine in a thread of this process."""

    def __init__(self, load: "Callable[[ModelChoice], Engine]") -> None:
        self._load = load

    def prepare(self, choice: ModelChoice) -> None:
        """Do nothing: imports in another thread would only delay ours."""

    def connector(self, choice: ModelChoice) -> "Connector":
        """Return what starts the thread."""
        from ppl_engine.host.inside import InsideConnector  # noqa: PLC0415

        return InsideConnector(lambda: self._load(choice))


class RemoteEngine:
    """Loads, analyzes and explains; see `ppl_engine.host.client`."""

    def __init__(self, way: Way, *, on_state: Callable[[bool], None]) -> None:
        """`on_state` hears False when the engine was lost and True when another is there."""
        self._way = way
        self._on_state = on_state
        self._client: EngineClient | None = None

    async def load(self, choice: ModelChoice) -> "ModelInfo":
        """Turn to another engine; raises EngineError if it can not be loaded."""
        if self._client is None:
            module: Any = await asyncio.to_thread(importlib.import_module, "ppl_engine.host.client")
            # Another call may have been waiting for the same.
            self._client = self._client or module.EngineClient(
                self._way.connector, on_state=self._on_state
            )
        return await self._loaded().load(choice)

    async def analyze(self, document: str, text: str, **how: Any) -> "Analysis":
        """Analyze the newest text of a document."""
        return await self._loaded().analyze(document, text, **how)

    async def explain(
        self, document: str, analysis: "Analysis", offset: int
    ) -> "Explanation | None":
        """Explain the word at an offset of the newest analysis of a document."""
        return await self._loaded().explain(document, analysis, offset)

    def hurry(self, document: str) -> None:
        """Analyze a document before others: somebody waits for it."""
        if self._client:
            self._client.hurry(document)

    def forget(self, document: str) -> None:
        """Hear that a document is closed."""
        if self._client:
            self._client.forget(document)

    async def end_process(self) -> None:
        """End the engine process; the next `load` starts another."""
        if self._client:
            await self._client.end_process()

    def close(self) -> None:
        """Let go of the engine; its process stays for a while, for who comes back."""
        if self._client:
            self._client.close()

    def _loaded(self) -> "EngineClient":
        if self._client is None:
            raise RuntimeError("asked for work before a model was loaded")
        return self._client
