"""Random typing from three clients at once, for as long as one likes.

    python -m tests.benchmarks.soak [--minutes 10] [--engine embedded|fake] [--keys-per-s 8]

Three clients of one engine process type, paste, delete, undo, hover, open and close at random. At
the end each document must be scored as it stands, equal to what a fresh client gets for it, nothing
may be pending, and the memory of the engine process must not have grown in the second half.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
import pytest

from ppl_engine.analysis import Analysis
from ppl_engine.errors import EngineError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.client import EngineClient
from ppl_engine.host.launch import COMMAND, Launcher
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import place_of
from ppl_engine.host.queue import Priority
from ppl_engine.models.choice import ModelChoice
from tests.host.fake_host import COMMAND as FAKE
from tests.models.test_wikitext import unpacked

CHOICE = ModelChoice(n_spare_cores=1)
N_CLIENTS = 3
N_DOCUMENTS = 3


@dataclass
class Typist:
    """A client with a few documents; types into one of them at a time."""

    client: EngineClient
    words: list[str]
    random: random.Random
    texts: dict[str, str] = field(default_factory=dict[str, str])
    undo: dict[str, str] = field(default_factory=dict[str, str])
    tasks: dict[str, "asyncio.Task[Analysis]"] = field(
        default_factory=dict[str, "asyncio.Task[Analysis]"]
    )
    n_keys: int = 0
    n_hovers: int = 0

    async def key(self) -> None:
        self.n_keys += 1
        name = self.random.choice([str(k) for k in range(N_DOCUMENTS)])
        text = self.texts.get(name, "")
        kind = self.random.random()
        if kind < 0.03:
            self.client.forget(name)
            self.forget(name)
            self.texts.pop(name, None)
            return
        if kind < 0.1:
            await self.hover(name)
            return
        self.texts[name], self.undo[name] = self.edited(name, text, kind), text
        self.ask(name)

    def edited(self, name: str, text: str, kind: float) -> str:
        at = self.random.randrange(len(text) + 1)
        if not text or kind < 0.13:
            start = self.random.randrange(len(self.words) - 2000)
            return text[:at] + " ".join(self.words[start : start + self.random.randrange(1500)])
        if kind < 0.2:
            return self.undo.get(name, text)
        if kind < 0.35:
            return text[:at] + text[at + self.random.randrange(400) :]
        return text[:at] + self.random.choice(self.words) + " " + text[at:]

    def ask(self, name: str) -> None:
        self.forget(name)
        self.tasks[name] = asyncio.create_task(
            self.client.analyze(
                name,
                self.texts[name],
                language="markdown",
                thresholds=Thresholds(),
                priority=Priority.EDITED,
            )
        )

    def forget(self, name: str) -> None:
        task = self.tasks.pop(name, None)
        if task:
            task.cancel()

    async def hover(self, name: str) -> None:
        task = self.tasks.get(name)
        if task and task.done():
            text = self.texts[name]
            assert task.result().text == text, "an analysis of another text"
            with contextlib.suppress(EngineError):
                await self.client.explain(name, task.result(), self.random.randrange(len(text) + 1))
                self.n_hovers += 1

    async def done(self) -> dict[str, Analysis]:
        return {name: await task for name, task in self.tasks.items()}


async def soaked(minutes: float, command: Any, keys_per_s: float) -> dict[str, object]:
    """Let them type; return what was seen."""
    words = unpacked("wikitext2-test.raw.xz").split(" ")
    typists = [
        Typist(EngineClient(lambda choice: Launcher(choice, command)), words, random.Random(k))
        for k in range(N_CLIENTS)
    ]
    for typist in typists:
        await typist.client.load(CHOICE)
    pid = HostLock(place_of(CHOICE, command).lock).holder()
    assert pid
    process = psutil.Process(pid)
    memory: list[int] = []
    began = time.monotonic()
    while (now := time.monotonic()) < began + 60 * minutes:
        for typist in typists:
            await typist.key()
        memory.append(process.memory_info().rss)
        await asyncio.sleep(max(0.0, now + 1 / keys_per_s - time.monotonic()))
    pause = time.monotonic()
    results = [await typist.done() for typist in typists]
    links: list[Any] = [typist.client._link for typist in typists]
    backlog_s = time.monotonic() - pause
    n_wrong = await compared(typists, results, command)
    for typist in typists:
        typist.client.close()
    half = len(memory) // 2
    return {
        "minutes": minutes,
        "keys": sum(typist.n_keys for typist in typists),
        "hovers": sum(typist.n_hovers for typist in typists),
        "backlog_s": round(backlog_s, 2),
        "pending_at_the_end": sum(len(link._pending) for link in links),
        "documents": sum(map(len, results)),
        "wrong_documents": n_wrong,
        "engine_restarts": int(not psutil.pid_exists(pid)),
        "memory_mb_at_half": round(max(memory[:half]) / 1e6),
        "memory_mb_at_end": round(max(memory[half:]) / 1e6),
    }


async def compared(typists: list[Typist], results: list[dict[str, Analysis]], command: Any) -> int:
    """Return how many results differ from what somebody gets who has typed nothing."""
    fresh = EngineClient(lambda choice: Launcher(choice, command))
    await fresh.load(CHOICE)
    n_wrong = 0
    for typist, found in zip(typists, results, strict=True):
        for name, analysis in found.items():
            text = typist.texts[name]
            again = await fresh.analyze(name, text, language="markdown", thresholds=Thresholds())
            n_wrong += not (
                analysis.text == text
                and np.array_equal(analysis.tokens.ids, again.tokens.ids)
                and analysis.tokens.logprob
                == pytest.approx(again.tokens.logprob, abs=0.05, nan_ok=True)
            )
    fresh.close()
    return n_wrong


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--engine", choices=("embedded", "fake"), default="embedded")
    parser.add_argument("--keys-per-s", type=float, default=8.0)
    options = parser.parse_args()
    command = FAKE if options.engine == "fake" else COMMAND
    with tempfile.TemporaryDirectory(prefix="ppl-") as directory, pytest.MonkeyPatch.context() as m:
        m.setenv("XDG_RUNTIME_DIR", directory)
        result = asyncio.run(soaked(options.minutes, command, options.keys_per_s))
    print(json.dumps(result))  # noqa: T201 - a program's output
    sys.exit(bool(result["wrong_documents"] or result["pending_at_the_end"]))


if __name__ == "__main__":
    main()
