"""What is visible of a long document is shown before the rest is scored."""

import asyncio
from typing import Any, cast

import pytest
from lsprotocol import types

from ppl_engine.analysis import Analysis, Partial, Progress
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.queue import Priority
from ppl_engine.text.spans import Span
from ppl_lsp.analyses import Analyses
from ppl_lsp.documents import Document
from ppl_lsp.engine import RemoteEngine
from ppl_lsp.features.heat_map import heat_map
from ppl_lsp.features.hover import hover
from ppl_lsp.protocol import HeatMap, HeatMapParams
from ppl_lsp.publishing.screens import Screens
from tests.server.fake_editor import URI, Editor, document, hover_at, text_of
from tests.server.fake_engine import GLIMPSE, FakeEngine

LINE = "calm zzword\n"
LONG = f"{GLIMPSE} on\n" + LINE * 3000


def lines(first: int, last: int) -> HeatMapParams:
    wanted = types.Range(types.Position(first, 0), types.Position(last, 0))
    return HeatMapParams(types.TextDocumentIdentifier(URI), wanted)


async def glimpsed(text: str = LONG) -> Editor:
    """An editor that was shown the beginning of a document; the engine waits for its release."""
    editor = await Editor.ready({"debounceMs": 0})
    editor.session.open(document(text))
    await editor.until(lambda: editor.published)
    return editor


async def test_the_beginning_is_marked_first_and_then_all() -> None:
    editor = await glimpsed()
    assert 0 < editor.marked() < 400
    assert editor.statuses[-1].message == "ppl: scoring 11 %"
    editor.engines[0].release.set()
    await editor.until(lambda: len(editor.published) > 1)
    assert editor.marked() == 3000
    assert editor.versions() == [(URI, 1), (URI, 1)]
    assert editor.statuses[-1].state == "ready"


async def test_a_heat_map_of_what_is_visible_does_not_wait_for_the_rest() -> None:
    editor = await glimpsed()
    answer = await heat_map(editor.session, lines(1, 4))
    assert (answer.version, answer.is_scored, answer.summary) == (1, True, None)
    assert [band.range.start.line for band in answer.bands] == [1, 2, 3]
    rest = asyncio.create_task(heat_map(editor.session, lines(300, 400)))
    whole = asyncio.create_task(
        heat_map(editor.session, HeatMapParams(types.TextDocumentIdentifier(URI)))
    )
    await asyncio.sleep(0.01)
    assert not rest.done()
    assert not whole.done()
    editor.engines[0].release.set()
    assert len((await rest).bands) == 100
    answer = await whole
    assert len(answer.bands) == 3000
    assert answer.summary


async def test_what_somebody_looks_at_is_scored_next_without_beginning_again_each_time() -> None:
    editor = await glimpsed()
    engine = editor.engines[0]
    asked: list[asyncio.Task[HeatMap]] = []
    for first in (1000, 2000):
        asked.append(asyncio.create_task(heat_map(editor.session, lines(first, first + 10))))
        await asyncio.sleep(0)
    engine.release.set()
    for task in asked:
        answer = await task
        assert answer.is_scored
    sent = [Span(0, 4000), Span(12_000, 12_120)]
    offset = len(LONG) - len(LINE) * 3000 - len(LINE)
    sent[1] = Span(sent[1].start + offset, sent[1].end + offset)
    assert [visible for _, _, (visible,) in engine.asked] == sent
    # The version after it begins with what was looked at last.
    editor.session.change(document(LONG + "x", 2))
    await editor.until(lambda: LONG + "x" in engine.analyzed)
    (visible,) = engine.asked[-1][2]
    assert visible == Span(24_000 + offset, 24_120 + offset)


async def test_a_short_document_is_not_begun_again() -> None:
    editor = await glimpsed(f"{GLIMPSE} on\n" + LINE * 1000)
    asked = asyncio.create_task(heat_map(editor.session, lines(900, 910)))
    await asyncio.sleep(0)
    editor.engines[0].release.set()
    assert (await asked).summary
    assert len(editor.engines[0].asked) == 1


async def test_what_is_known_of_an_older_version_is_not_shown_over_a_newer_one() -> None:
    editor = await glimpsed()
    editor.session.change(document(f"zznew {LONG}", 2))
    assert editor.versions() == [(URI, 1), (URI, 2)]
    editor.engines[0].release.set()
    await editor.until(lambda: len(editor.published) > 3)
    assert editor.versions() == [(URI, 1), (URI, 2), (URI, 2), (URI, 2)]
    assert editor.marked() == 3001


async def test_the_next_version_starts_from_what_was_known() -> None:
    editor = await glimpsed()
    editor.session.change(document("calm", 2))
    editor.engines[0].release.set()
    await editor.until(lambda: "calm" in editor.engines[0].analyzed)
    assert [before for _, before, _ in editor.engines[0].asked] == [None, LONG]


async def test_a_hover_says_how_far_it_is_until_all_is_scored() -> None:
    editor = await glimpsed()
    assert text_of(await hover(editor.session, hover_at(1))) == "ppl: scoring 11 %"


async def test_severity_is_applied_to_what_is_known() -> None:
    editor = await glimpsed()
    editor.session.configure({"severity": "warning", "debounceMs": 0})
    assert editor.published[-1].diagnostics[0].severity == types.DiagnosticSeverity.Warning
    assert editor.marked() == len(editor.published[0].diagnostics)


async def test_a_finding_keeps_its_name_when_more_are_found() -> None:
    editor = await glimpsed()
    before = [mark.data for mark in editor.published[-1].diagnostics]
    editor.engines[0].release.set()
    await editor.until(lambda: len(editor.published) > 1)
    after = [mark.data for mark in editor.published[-1].diagnostics]
    assert after[: len(before)] == before


class Deaf:
    """An engine that tells of its progress whenever it is told to, wanted or not."""

    def __init__(self) -> None:
        self.listeners: list[Any] = []

    async def analyze(self, document: str, text: str, *, on_progress: Any, **how: Any) -> Analysis:
        del document, text, how
        self.listeners.append(on_progress)
        return await asyncio.get_running_loop().create_future()


class Heard:
    def __init__(self) -> None:
        self.versions: list[int] = []

    def on_progress(self, document: Document, progress: Progress) -> None:
        del progress
        self.versions.append(document.version)

    def on_partial(self, document: Document, analysis: Analysis) -> None:
        del analysis
        self.versions.append(document.version)

    def on_analyzed(self, document: Document, analysis: Analysis) -> None:
        raise AssertionError(document, analysis)

    def on_failed(self, document: Document, error: Exception) -> None:
        raise AssertionError(document, error)


async def test_what_comes_late_for_an_older_version_is_told_to_nobody() -> None:
    engine, heard = Deaf(), Heard()
    analyses = Analyses(cast("RemoteEngine", engine), heard)
    partial = next(step for step in FakeEngine().analyze(
        LONG, language="markdown", thresholds=Thresholds(), visible=(Span(0, 9),)
    ) if isinstance(step, Partial))  # fmt: skip
    first, second = document("old", 1), document("new", 2)
    for snapshot in (first, second):
        analyses.request(snapshot, Thresholds(), Priority.OPENED, delay_s=0.0)
        await asyncio.sleep(0)
    engine.listeners[0](partial)
    assert heard.versions == []
    engine.listeners[1](partial)
    assert heard.versions == [2, 2]
    assert analyses.best(second) is partial.analysis
    assert analyses.best(first) is analyses.analysis(second) is None
    analyses.forget_all()


@pytest.mark.parametrize(
    ("text", "looked", "expected"),
    [
        ("", None, ()),
        ("a" * 9000, None, (Span(0, 4000),)),
        ("a" * 100, None, (Span(0, 100),)),
        ("a" * 100, Span(20, 50), (Span(20, 50),)),
        ("a" * 100, Span(90, 150), (Span(90, 100),)),
        ("a" * 100, Span(120, 150), ()),
    ],
)
def test_what_is_on_the_screen(text: str, looked: Span | None, expected: tuple[Span, ...]) -> None:
    screens, snapshot = Screens(), document(text)
    if looked:
        screens.look(URI, looked)
    assert screens.visible(snapshot) == expected
    screens.forget(URI)
    assert screens.visible(snapshot) == ((Span(0, min(len(text), 4000)),) if text else ())
