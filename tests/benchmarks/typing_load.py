"""How much of a core server and engine take while somebody types, and at rest.

    python -m tests.benchmarks.typing_load [--seconds 30] [--keys-per-second 5]

Types prose, letter by letter, into a new paragraph in the middle of a document, through the real
server with its settings as they are. Processor seconds are those of the two processes; other work
on the machine makes them neither more nor less, but for what it does to caches. Pauses between keys
are log-normal, as those of people are: some are longer than the pause after which a document is
scored.
"""

import argparse
import asyncio
import itertools
import json
import math
import random
import sys
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Final

import psutil
from lsprotocol import types

from ppl_engine.host.launch import COMMAND
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import place_of
from ppl_engine.models.choice import ModelChoice
from tests.benchmarks.latency import URI, Stopwatch, text_of, whole

SAMPLE: Final = Path(__file__).parents[2] / "docs" / "sample.md"

SPREAD: Final = 0.6
"""The standard deviation of the logarithm of a pause."""

TYPED: Final = (
    "Before you change anything, make a copy of the file and keep it where you will find it again. "
    "The copy is small, and it saves you an hour when the new values turn out to be wrong. "
)


async def measured(text: str, seconds: float, keys_per_second: float) -> dict[str, object]:
    """Type into a text through a server of its own; return the load in percent of a core."""
    editor = Stopwatch()
    await editor.start_io(sys.executable, "-m", "ppl_lsp")
    await editor.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    editor.initialized(types.InitializedParams())
    editor.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "markdown", 1, text))
    )
    await editor.seen(1)
    await whole(editor)
    engine = HostLock(place_of(ModelChoice(n_spare_cores=1), COMMAND).lock).holder()
    if engine is None:
        raise SystemExit("The engine process is not there.")
    server = editor._server  # pyright: ignore[reportPrivateUsage]
    processes = {"server": psutil.Process(server.pid), "engine": psutil.Process(engine)}  # type: ignore[union-attr]
    await quiet(list(processes.values()))
    typing = await load(processes, typed(editor, text, seconds, 1 / keys_per_second))
    await quiet(list(processes.values()))
    rest = await load(processes, asyncio.sleep(seconds))
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()
    return {"words": len(text.split()), "typing": typing, "at_rest": rest}


async def typed(editor: Stopwatch, text: str, seconds: float, mean_pause_s: float) -> None:
    """Type into a paragraph of its own in the middle, until the time is over."""
    lines = text.split("\n")
    middle = next(k for k in range(len(lines) // 2, len(lines)) if not lines[k].strip())
    change(editor, 2, types.Position(middle, 0), "\n\n")
    rhythm = pauses(mean_pause_s)
    end = time.monotonic() + seconds
    for character, letter in enumerate(itertools.cycle(TYPED)):
        await asyncio.sleep(next(rhythm))
        if end < time.monotonic():
            break
        change(editor, character + 3, types.Position(middle + 1, character), letter)


def change(editor: Stopwatch, version: int, at: types.Position, inserted: str) -> None:
    """Insert something somewhere."""
    edit = types.TextDocumentContentChangePartial(types.Range(at, at), inserted)
    identifier = types.VersionedTextDocumentIdentifier(version, URI)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [edit]))


def pauses(mean_s: float) -> Iterator[float]:
    """Yield pauses between keys, the same in every run."""
    source = random.Random(0)
    middle = math.log(mean_s) - SPREAD**2 / 2
    while True:
        yield source.lognormvariate(middle, SPREAD)


async def load(processes: dict[str, psutil.Process], work: Awaitable[None]) -> dict[str, float]:
    """Return what processes take while something is done, in percent of one core."""
    before = {name: processor_s(one) for name, one in processes.items()}
    began = time.monotonic()
    await work
    elapsed_s = time.monotonic() - began
    taken = {name: processor_s(one) - before[name] for name, one in processes.items()}
    return {f"{name}_percent": round(100 * s / elapsed_s, 1) for name, s in taken.items()}


async def quiet(processes: list[psutil.Process]) -> None:
    """Wait until nothing is computed for two seconds."""
    last = -1.0
    while (now := sum(map(processor_s, processes))) != last:
        last = now
        await asyncio.sleep(2)


def processor_s(process: psutil.Process) -> float:
    """Return the processor seconds that a process has taken."""
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Print one JSON object per document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--keys-per-second", type=float, default=5.0)
    options = parser.parse_args()
    for name, text in (
        ("docs/sample.md", SAMPLE.read_text("utf-8")),
        ("WikiText-2", text_of(3000)),
    ):
        result = asyncio.run(measured(text, options.seconds, options.keys_per_second))
        print(json.dumps({"document": name, **result}))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
