"""What a person waits for, measured from the editor's side of the real server.

    python -m tests.benchmarks.latency [--words 300 3000 30000] [--edits 20]

Cold start, open to the first diagnostics and to the first colors of a screen, a one-word edit to
its diagnostics and to its colors without the debounce (marks that an edit does not touch are moved
at once, so that diagnostics come before the scores), hover on scored text, and memory of the server
and of the engine process. With `--idle` also what both cost while nobody does anything.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from typing import Any, Union

import attrs
import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import LanguageServerProtocol

from ppl_engine.host.launch import COMMAND
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import place_of
from ppl_engine.models.choice import ModelChoice
from ppl_lsp.protocol import HEAT_MAP, HeatMap, converter
from tests.models.test_wikitext import unpacked

URI = "file:///benchmark.md"


@attrs.define
class HeatMapAnswer:
    """The envelope of an answer to `ppl/heatMap`."""

    id: Union[int, str]  # noqa: UP007 - the converter knows this union by this spelling
    result: HeatMap
    jsonrpc: str = "2.0"


class Protocol(LanguageServerProtocol):
    """Knows our answers: what pygls does not know it decodes in a second, which is not ours."""

    # The parent's is wrapped in a cache, which the type checker takes for a variable.
    def get_result_type(  # pyright: ignore[reportIncompatibleVariableOverride]
        self, method: str
    ) -> Any:
        """Return the type that the answer to a request is decoded into."""
        return HeatMapAnswer if method == HEAT_MAP else super().get_result_type(method)


class Stopwatch(LanguageClient):
    """An editor that knows when which version got its diagnostics."""

    def __init__(self) -> None:
        super().__init__("benchmark", "1", protocol_cls=Protocol, converter_factory=converter)
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


async def measured(n_words: int, n_edits: int, idle_s: float) -> dict[str, object]:
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
    to_colors = asyncio.create_task(colors(editor, 0))
    await editor.seen(1)
    to_diagnostics = time.perf_counter() - began
    first_colors = await to_colors
    await whole(editor)
    edits = [await edit(editor, text, k + 2) for k in range(n_edits)]
    hovers = [await hover(editor, text) for _ in range(n_edits)]
    process = psutil.Process(editor._server.pid)  # type: ignore[union-attr]
    memory = process.memory_info().rss
    engine = HostLock(place_of(ModelChoice(n_spare_cores=1), COMMAND).lock).holder()
    engine_memory = psutil.Process(engine).memory_info().rss if engine else 0
    pids = [process.pid, *([engine] if engine else [])]
    at_rest = {"cpu_at_rest_percent": await at_rest_percent(pids, idle_s)} if idle_s else {}
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()
    return {
        "words": n_words,
        "start_to_initialize_s": round(to_initialize, 2),
        "start_to_first_diagnostics_s": round(to_diagnostics, 2),
        "open_to_first_colors_ms": round(1000 * first_colors),
        "edit_to_diagnostics_ms": spread([seconds for seconds, _ in edits]),
        "edit_to_colors_ms": spread([seconds for _, seconds in edits]),
        "hover_ms": spread(hovers),
        "server_memory_mb": round(memory / 1e6),
        "engine_memory_mb": round(engine_memory / 1e6),
        **at_rest,
    }


async def colors(editor: Stopwatch, line: int) -> float:
    """Ask for the colors of a screen; return the seconds until they came."""
    began = time.perf_counter()
    screen = {"start": {"line": line, "character": 0}, "end": {"line": line + 40, "character": 0}}
    params = {"textDocument": {"uri": URI}, "range": screen}
    await editor.protocol.send_request_async("ppl/heatMap", params)
    return time.perf_counter() - began


async def whole(editor: Stopwatch) -> None:
    """Wait until all of the document is scored."""
    params = {"textDocument": {"uri": URI}}
    heat: Any = None
    while heat is None or heat.summary is None:
        heat = await editor.protocol.send_request_async("ppl/heatMap", params)


async def at_rest_percent(pids: list[int], idle_s: float) -> float:
    """Return how much of a core processes take after they have come to rest."""
    processes = [psutil.Process(pid) for pid in pids]
    for one in processes:
        one.cpu_percent()
    busy = 1.0
    while busy:
        await asyncio.sleep(2)
        busy = sum(one.cpu_percent() for one in processes)
    await asyncio.sleep(idle_s)
    return sum(one.cpu_percent() for one in processes)


async def edit(editor: Stopwatch, text: str, version: int) -> tuple[float, float]:
    """Type one word somewhere; return the seconds until its diagnostics and its colors came."""
    line = random.randrange(text.count("\n") + 1)
    at = types.Position(line, 0)
    change = types.TextDocumentContentChangePartial(types.Range(at, at), "word ")
    identifier = types.VersionedTextDocumentIdentifier(version, URI)
    began = time.perf_counter()
    editor.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    asked = asyncio.create_task(colors(editor, line))
    await editor.seen(version)
    to_diagnostics = time.perf_counter() - began
    return to_diagnostics, await asked


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
    parser.add_argument("--idle", type=float, default=0.0, metavar="SECONDS")
    options = parser.parse_args()
    random.seed(0)
    for n_words in options.words:
        result = asyncio.run(measured(n_words, options.edits, options.idle))
        print(json.dumps(result))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
