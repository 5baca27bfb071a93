"""Everything that the server does, in every editor: valid for what the editor has declared."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.editors.sets import every_set
from tests.editors.wire import Wire

URI = "file:///notes.md"
SECTION = "A heading\n\n" + "one two three four five six seven eight nine ten\n"
TEXT = f"# {SECTION}\nand qqmistake with a zzword in it.\n"
SETS = every_set()
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
SETTINGS = {
    "debounceMs": 0,
    "inlayHints": True,
    "semanticTokens": True,
    "codeLens": "all",
}


async def edited(wire: Wire, version: int, text: str) -> None:
    wire.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": URI, "version": version},
            "contentChanges": [{"text": text}],
        },
    )
    await wire.turns()


async def diagnostics(wire: Wire, version: int) -> list[Any]:
    """Get them as this editor does."""
    if wire.declared.is_pulling:
        report = await wire.ask("textDocument/diagnostic", about())
        return report["items"]
    await wire.until(lambda: wire.published(URI, version))
    return wire.published(URI, version)[-1]


def about(**more: Any) -> dict[str, Any]:
    return {"textDocument": {"uri": URI}, **more}


@asynccontextmanager
async def reading(name: str) -> AsyncGenerator[Wire]:
    """An editor in which the text is open."""
    async with Wire.running(SETS[name], lambda _: SETTINGS, initializationOptions=SETTINGS) as wire:
        item = {"uri": URI, "languageId": "markdown", "version": 1, "text": TEXT}
        wire.notify("textDocument/didOpen", {"textDocument": item})
        yield wire


@pytest.mark.parametrize("name", SETS)
async def test_findings_and_what_can_be_done_about_them(name: str) -> None:
    async with reading(name) as wire:
        found = await diagnostics(wire, 1)
        assert [one["code"] for one in found] == ["likely-mistake", "surprising-word"]
        literal = wire.declared.can("textDocument.codeAction.codeActionLiteralSupport")
        for only in (None, ["quickfix"], ["source.fixAll"], ["source.fixAll.ppl"], ["refactor"]):
            context = {"diagnostics": found} | ({} if only is None else {"only": only})
            actions = await wire.ask("textDocument/codeAction", about(range=RANGE, context=context))
            if only != ["refactor"] and literal:
                assert actions


@pytest.mark.parametrize("name", SETS)
async def test_what_is_shown_beside_the_text(name: str) -> None:
    async with reading(name) as wire:
        await diagnostics(wire, 1)
        place = {"line": 4, "character": 5}
        hover = await wire.ask("textDocument/hover", about(position=place))
        assert "40.0 bits" in hover["contents"]["value"]
        can = wire.declared.can
        if can("textDocument.codeLens"):
            (lens,) = await wire.ask("textDocument/codeLens", about())
            await wire.ask("workspace/executeCommand", lens["command"])
        if can("textDocument.inlayHint"):
            assert await wire.ask("textDocument/inlayHint", about(range=RANGE))
        if can("textDocument.semanticTokens"):
            full = await wire.ask("textDocument/semanticTokens/full", about())
            assert full["data"]
            if can("textDocument.semanticTokens.requests.full.delta"):
                had = about(previousResultId=full["resultId"])
                assert await wire.ask("textDocument/semanticTokens/full/delta", had)
            if can("textDocument.semanticTokens.requests.range"):
                part = await wire.ask("textDocument/semanticTokens/range", about(range=RANGE))
                assert part["data"] == full["data"]
        assert len((await wire.ask("ppl/heatMap", about()))["bands"]) == 2
        assert (await wire.ask("ppl/profile", about()))["sections"]


@pytest.mark.parametrize("name", SETS)
async def test_an_editor_is_told_that_something_else_is_known_only_as_it_can_be(name: str) -> None:
    async with reading(name) as wire:
        await diagnostics(wire, 1)
        can = wire.declared.can
        for asked, what in (
            ("textDocument.codeLens", "textDocument/codeLens"),
            ("textDocument.semanticTokens", "textDocument/semanticTokens/full"),
        ):
            if can(asked):
                await wire.ask(what, about())
        if can("textDocument.inlayHint"):
            await wire.ask("textDocument/inlayHint", about(range=RANGE))
        await edited(wire, 2, TEXT.replace("zzword", "word"))
        assert {one["code"] for one in await diagnostics(wire, 2)} <= {"likely-mistake"}
        other = {"severity": "warning", "codeLens": "off", "semanticTokens": False}
        wire.settings = lambda _: SETTINGS | other
        wire.notify("workspace/didChangeConfiguration", {"settings": {"ppl": SETTINGS | other}})
        # Nothing is expected of what else the editor hears but that `Declared` has no complaints.
        await wire.turns()
        assert (await wire.ask("ppl/heatMap", about()))["version"] == 2
        for command in ("ppl.pause", "ppl.resume", "ppl.clearWorkspace", "ppl.restartEngine"):
            await wire.ask("workspace/executeCommand", {"command": command})
        assert (await wire.ask("ppl/heatMap", about()))["isScored"]
        wire.notify("textDocument/didClose", about())
