import asyncio

from lsprotocol import types

from ppl_lsp.features.heat_map import heat_map
from ppl_lsp.protocol import HeatMapParams
from tests.server.fake_editor import PATIENCE_S, URI, Editor, document, heat


async def test_a_heat_map_waits_for_the_newest_version() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    editor.session.open(document("HOLD zzold", 1))
    waiting = asyncio.create_task(heat_map(editor.session, heat()))
    await asyncio.to_thread(editor.engines[0].held.wait, PATIENCE_S)
    editor.session.change(document("calm zznew", 2))
    editor.engines[0].release.set()
    answer = await waiting
    assert answer.version == 2
    assert [band.range.start.character for band in answer.bands] == [5]


async def test_a_heat_map_of_a_document_that_is_closed_meanwhile_is_empty() -> None:
    editor = await Editor.ready()
    editor.session.open(document("HOLD"))
    waiting = asyncio.create_task(heat_map(editor.session, heat()))
    await asyncio.to_thread(editor.engines[0].held.wait, PATIENCE_S)
    editor.session.close(URI)
    answer = await waiting
    assert (answer.version, answer.is_scored) == (None, False)
    editor.engines[0].release.set()


async def test_a_heat_map_covers_the_range_asked_for() -> None:
    editor = await Editor.ready()
    await editor.scored("zza\nzzb\nzzc")
    wanted = types.Range(types.Position(1, 1), types.Position(1, 2))
    params = HeatMapParams(types.TextDocumentIdentifier(URI), wanted)
    answer = await heat_map(editor.session, params)
    assert [band.range.start.line for band in answer.bands] == [1]
    assert answer.summary
    assert answer.summary.n_words == 3


async def test_a_heat_map_of_a_long_document_lets_others_get_their_turn() -> None:
    editor = await Editor.ready()
    await editor.scored("zzw calm\n" * 20_000)
    asked = asyncio.create_task(heat_map(editor.session, heat()))
    n_turns = 0
    while not asked.done():
        await asyncio.sleep(0)
        n_turns += 1
    assert len(asked.result().bands) == 20_000
    assert n_turns > 20
