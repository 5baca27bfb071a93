"""Sessions of pages against the fake engine, with what CodeMirror's client says and expects."""

from typing import Any

import pytest

from ppl_lsp.playground.page_session import Outbox
from ppl_lsp.wire.rpc import SafeWriter
from tests.playground.playing import URI, Page, Playground

TEXT = "# A title\n\nSome calm words here and a zzword among them.\nThe list and qqthen more.\n"
DOCUMENT = {"textDocument": {"uri": URI}}


async def opened(page: Page, text: str = TEXT) -> list[dict[str, Any]]:
    await page.initialize()
    await page.open(text)
    return (await page.told("textDocument/publishDiagnostics", version=0))["diagnostics"]


async def test_a_page_gets_all_that_it_shows() -> None:
    async with Playground.running() as playground, playground.page() as page:
        found = await opened(page)
        assert [one["code"] for one in found] == ["surprising-word", "likely-mistake"]
        surprise, mistake = found
        assert surprise["range"]["start"] == {"line": 2, "character": 27}

        place = {**DOCUMENT, "position": {"line": 2, "character": 28}}
        hover = (await page.request("textDocument/hover", place))["result"]
        assert hover["contents"]["kind"] == "markdown"
        assert "40.0 bits" in hover["contents"]["value"]

        heat = (await page.request("ppl/heatMap", DOCUMENT))["result"]
        assert heat["isScored"]
        assert heat["version"] == 0
        assert heat["summary"]["nWords"] > 0

        profile = (await page.request("ppl/profile", DOCUMENT))["result"]
        assert [section["title"] for section in profile["sections"]] == ["A title"]

        context = {"diagnostics": [mistake], "only": ["quickfix"]}
        asked = {**DOCUMENT, "range": mistake["range"], "context": context}
        actions = (await page.request("textDocument/codeAction", asked))["result"]
        (preferred,) = [one for one in actions if one.get("isPreferred")]
        (edited,) = preferred["edit"]["documentChanges"]
        assert edited["textDocument"] == {"uri": URI, "version": 0}
        assert edited["edits"] == [{"range": mistake["range"], "newText": "then"}]


async def test_edits_are_offered_of_the_text_alone() -> None:
    async with Playground.running() as playground, playground.page() as page:
        (mistake,) = [one for one in await opened(page) if one["code"] == "likely-mistake"]
        asked = {**DOCUMENT, "range": mistake["range"], "context": {"diagnostics": [mistake]}}
        actions = (await page.request("textDocument/codeAction", asked))["result"]
        edits = [action["edit"]["documentChanges"] for action in actions if "edit" in action]
        assert edits
        assert {one["textDocument"]["uri"] for changed in edits for one in changed} == {URI}


async def test_edits_are_followed() -> None:
    async with Playground.running() as playground, playground.page() as page:
        await opened(page)
        start, end = ({"line": 2, "character": at} for at in (27, 33))
        change = {"range": {"start": start, "end": end}, "text": "fine"}
        document = {"uri": URI, "version": 1}
        changed = {"textDocument": document, "contentChanges": [change]}
        await page.notify("textDocument/didChange", changed)
        heat = (await page.request("ppl/heatMap", DOCUMENT))["result"]
        assert heat["version"] == 1
        assert max(band["surprisalBits"] for band in heat["bands"]) == 40.0
        assert {band["range"]["start"]["line"] for band in heat["bands"]} == {3}


async def test_two_pages_do_not_see_each_other() -> None:
    async with (
        Playground.running(linger_s=1000.0) as playground,
        playground.page() as one,
        playground.page() as other,
    ):
        assert len(await opened(one)) == 2
        await other.initialize()
        heat = (await other.request("ppl/heatMap", DOCUMENT))["result"]
        assert (heat["version"], heat["isScored"]) == (None, False)
        assert not [said for said in other.heard if "zzword" in str(said)]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        (
            "workspace/executeCommand",
            {"command": "ppl.ignoreWord", "arguments": [URI, "x", "user"]},
        ),
        ("workspace/executeCommand", {"command": "ppl.restartEngine", "arguments": []}),
        ("workspace/didChangeConfiguration", {"settings": {"ppl": {"model": "/tmp/model"}}}),
        ("workspace/didChangeWatchedFiles", {"changes": []}),
        ("ppl/heatMap", {"textDocument": {"uri": "file:///etc/passwd"}}),
        ("ppl/profile", {"textDocument": {"uri": "untitled:1"}}),
        ("textDocument/hover", {"textDocument": "playground:"}),
        ("textDocument/codeAction", None),
        ("textDocument/codeAction", []),
    ],
)
async def test_pages_are_refused_what_is_not_about_their_text(method: str, params: object) -> None:
    async with Playground.running() as playground, playground.page() as page:
        await page.initialize()
        answer = await page.request(method, params)
        assert answer["error"]["code"] in {-32601, -32602}
        await page.notify(method, params)
        assert (await page.request("ppl/heatMap", DOCUMENT))["result"]["version"] is None


async def test_a_document_of_the_disk_is_not_opened() -> None:
    async with Playground.running() as playground, playground.page() as page:
        await page.initialize()
        await page.open(TEXT, uri="file:///notes.md")
        await page.open(TEXT)
        await page.told("textDocument/publishDiagnostics", uri=URI)
        published = [one for one in page.heard if one.get("method", "").endswith("Diagnostics")]
        assert {one["params"]["uri"] for one in published} == {URI}


async def test_halves_of_characters_arrive_as_what_can_be_decoded() -> None:
    async with Playground.running() as playground, playground.page() as page:
        await opened(page, "Some calm words and a zz\ud800word here.\n")
        assert (await page.request("ppl/heatMap", DOCUMENT))["result"]["isScored"]


class DeafConnection:
    """A page that does not read; it satisfies what `Outbox` uses."""

    def __init__(self) -> None:
        self.is_aborted = False
        self.transport = self

    def abort(self) -> None:
        self.is_aborted = True


async def test_a_page_that_does_not_read_is_let_go() -> None:
    deaf: Any = DeafConnection()
    writer = SafeWriter(Outbox(deaf))
    for _ in range(100):
        writer.write(b" " * 2**20)
    assert deaf.is_aborted
