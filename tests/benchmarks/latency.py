"""What a person waits for, measured from the editor's side of the real server.

    python -m tests.benchmarks.latency [--words 300 3000 30000] [--edits 20]

Cold start, open to first diagnostics, a one-word edit to its diagnostics without the debounce,
hover on scored text, and memory of the server and of the engine process.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from typing import Any

import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from ppl_engine.host.launch import COMMAND
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import place_of
from ppl_engine.models.choice import ModelChoice
from tests.models.test_wikitext import unpacked

URI = "file:///benchmark.md"


class Stopwatch(LanguageClient):
    """An editor that knows when which version got its diagnostics."""

    def __init__(self) -> None:
        super().__init__("benchmark", "1")
        self.versions: asyncio.Queue[int | None] = asyncio.Queue()
        feature: Any = self.feature

        @feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self.versions.put_nowait(params.version)

        @feature("ppl/status")
        def _(_: object) -> None: ...

        @feature(types.WINDOW_SHOW_MESSAGE)
        def _(_: object) -> None: ...

    async def seen(self, version: int) -> None:
        """Wait for the diagnostics of a version."""
        while await self.versions.get() != version:
            pass


def text_of(n_words: int) -> str:
    """Running text with markup as in a Markdown document."""
    words = unpacked("wikitext2-test.raw.xz").split(" ")[:n_words]
    return " ".join(words).replace(" = ", " # ")


async def measured(n_words: int, n_edits: int) -> dict[str, object]:
    """Run one session."""
    editor = Stopwatch()
    began = time.perf_counter()
    await editor.start_io(sys.executable, "-m", "ppl_lsp")
    options = {"debounceMs": 0}
    await editor.initialize_async(
        types.InitializeParams(types.ClientCapabilities(), initialization_options=options)
    )
    to_initialize = time.perf_counter() - began
    editor.initialized(types.InitializedParams())
    text = text_of(n_words)
    item = types.TextDocumentItem(URI, "markdown", 1, text)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await editor.seen(1)
    to_diagnostics = time.perf_counter() - began
    edits = [await edit(editor, text, k + 2) for k in range(n_edits)]
    hovers = [await hover(editor, text) for _ in range(n_edits)]
    process = psutil.Process(editor._server.pid)  # type: ignore[union-attr]
    memory = process.memory_info().rss
    engine = HostLock(place_of(ModelChoice(n_spare_cores=1), COMMAND).lock).holder()
    engine_memory = psutil.Process(engine).memory_info().rss if engine else 0
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()
    return {
        "words": n_words,
        "start_to_initialize_s": round(to_initialize, 2),
        "start_to_first_diagnostics_s": round(to_diagnostics, 2),
        "edit_to_diagnostics_ms": spread(edits),
        "hover_ms": spread(hovers),
        "server_memory_mb": round(memory / 1e6),
        "engine_memory_mb": round(engine_memory / 1e6),
    }


async def edit(editor: Stopwatch, text: str, version: int) -> float:
    """Type one word somewhere; return the seconds until its diagnostics came."""
    line = random.randrange(text.count("\n") + 1)
    at = types.Position(line, 0)
    change = types.TextDocumentContentChangePartial(types.Range(at, at), "word ")
    identifier = types.VersionedTextDocumentIdentifier(version, URI)
    began = time.perf_counter()
    editor.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    await editor.seen(version)
    return time.perf_counter() - began


async def hover(editor: Stopwatch, text: str) -> float:
    """Point somewhere; return the seconds until the answer."""
    line = random.randrange(text.count("\n") + 1)
    document = types.TextDocumentIdentifier(URI)
    began = time.perf_counter()
    await editor.text_document_hover_async(types.HoverParams(document, types.Position(line, 7)))
    return time.perf_counter() - began


def spread(seconds: list[float]) -> dict[str, int]:
    """Return the median and the 95th percentile, in milliseconds."""
    cut = statistics.quantiles(seconds, n=20)
    return {"p50": round(1000 * statistics.median(seconds)), "p95": round(1000 * cut[18])}


def main() -> None:
    """Print one JSON object per length of document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[300, 3000, 30000])
    parser.add_argument("--edits", type=int, default=20)
    options = parser.parse_args()
    random.seed(0)
    for n_words in options.words:
        result = asyncio.run(measured(n_words, options.edits))
        print(json.dumps(result))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
