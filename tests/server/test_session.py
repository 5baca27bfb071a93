import asyncio

from lsprotocol import types

from ppl_lsp.features.heat_map import heat_map
from ppl_lsp.features.hover import hover
from ppl_lsp.publishing.holding import HOLD_S
from ppl_lsp.settings import Settings
from tests.server.fake_editor import PATIENCE_S, URI, Editor, document, heat, hover_at, text_of


async def test_an_opened_document_is_scored_at_once() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzword")
    assert editor.marked() == 1
    assert editor.pauses == []
    assert [status.message for status in editor.statuses][:3] == [
        "ppl: starting",
        "ppl: loading embedded",
        "ppl: ready",
    ]
    assert editor.statuses[-1].message.startswith("ppl ")


async def test_a_document_opened_while_the_model_loads_is_scored_afterwards() -> None:
    editor = Editor()
    editor.session.start()
    editor.session.open(document("zzword"))
    editor.session.configure(None)
    await editor.until(lambda: editor.published)
    assert editor.marked() == 1


async def test_only_the_newest_version_is_scored_once_typing_pauses() -> None:
    editor = await Editor.ready({"debounceMs": 250})
    await editor.scored("a")
    for version in (2, 3, 4):
        editor.session.change(document("zz" * version, version))
        await asyncio.sleep(0)
    assert [seconds for seconds, _ in editor.pauses if seconds < HOLD_S] == [0.25, 0.25, 0.25]
    for _, over in editor.pauses:
        over.set()
    await editor.until(lambda: len(editor.published) > 1)
    assert editor.versions() == [(URI, 1), (URI, 4)]
    assert editor.engines[0].analyzed == ["a", "zz" * 4]


async def test_the_result_of_an_older_version_is_dropped() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    editor.session.open(document("HOLD old", 1))
    engine = editor.engines[0]
    await asyncio.to_thread(engine.held.wait, PATIENCE_S)
    editor.session.change(document("new", 2))
    engine.release.set()
    await editor.until(lambda: editor.published)
    assert editor.versions() == [(URI, 2)]


async def test_nothing_is_published_for_a_document_closed_while_it_is_scored() -> None:
    editor = await Editor.ready()
    editor.session.open(document("HOLD zzword"))
    engine = editor.engines[0]
    await asyncio.to_thread(engine.held.wait, PATIENCE_S)
    editor.session.close(URI)
    engine.release.set()
    await editor.scored("other", uri="file:///b.md")
    assert [params.diagnostics for params in editor.published if params.uri == URI] == [[]]


async def test_closing_what_is_not_open_does_nothing() -> None:
    editor = await Editor.ready()
    editor.session.close("file:///never.md")
    assert editor.published == []


async def test_severity_is_applied_without_scoring_again() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzword")
    editor.session.configure({"severity": "warning"})
    assert editor.published[-1].diagnostics[0].severity == types.DiagnosticSeverity.Warning
    editor.session.configure({"severity": "off"})
    assert editor.marked() == 0
    assert editor.engines[0].analyzed == ["a zzword"]


async def test_marks_stay_while_a_newer_version_waits_to_be_scored() -> None:
    editor = await Editor.ready()
    await editor.scored("zzword")
    editor.session.change(document("zzword zznew.", 2))
    await asyncio.sleep(0)
    editor.session.configure({"severity": "warning"})
    assert editor.versions() == [(URI, 1), (URI, 2)]
    assert editor.marked() == 1
    editor.pauses[0][1].set()
    await editor.until(lambda: len(editor.published) > 2)
    assert editor.marked() == 2
    assert editor.published[-1].diagnostics[0].severity == types.DiagnosticSeverity.Warning


async def test_thresholds_are_applied_to_what_is_open() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzword")
    editor.session.configure({"surprisesPer1000Words": 0})
    await editor.until(lambda: len(editor.published) > 1)
    assert editor.marked() == 0


async def test_another_model_is_loaded_without_a_restart() -> None:
    editor = await Editor.ready()
    await editor.scored("a")
    editor.session.configure({"model": "other"})
    await editor.until(lambda: len(editor.published) > 1)
    assert editor.session.model == editor.engines[1].model
    assert editor.statuses[-1].model == "other"


async def test_the_model_asked_for_is_loaded_though_the_settings_change_at_once() -> None:
    editor = Editor()
    editor.session.start()
    editor.session.configure({"model": "other"})
    editor.session.configure({"model": "third", "enabled": False})
    await editor.until(lambda: editor.session.model is not None)
    editor.session.configure({"model": "other"})
    assert [engine.model.name for engine in editor.engines] == ["other"]


async def test_switched_off_it_takes_its_marks_away_and_says_so() -> None:
    editor = await Editor.ready()
    await editor.scored("zzword")
    editor.session.configure({"enabled": False})
    assert editor.marked() == 0
    assert editor.statuses[-1].message == "ppl: off"
    assert "ppl.enabled" in text_of(await hover(editor.session, hover_at(1)))
    editor.session.configure({"enabled": True})
    await editor.until(lambda: editor.marked() == 1)


async def test_switched_off_from_the_start_it_loads_no_model() -> None:
    editor = Editor()
    editor.session.start()
    editor.session.configure({"enabled": False})
    editor.session.open(document("zzword"))
    assert (await heat_map(editor.session, heat())).message == "ppl is off (setting ppl.enabled)."
    assert editor.engines == []


async def test_each_wrong_setting_is_reported_once_until_it_is_mended() -> None:
    editor = await Editor.ready({"repeatedWords": "x", "surprise": 1})
    editor.session.configure({"repeatedWords": "x", "surprise": 1})
    assert editor.shown == [
        "ppl.repeatedWords must be a whole number from 0 to 10000, not 'x'.",
        "ppl.surprise is not a setting.",
    ]
    editor.session.configure({})
    editor.session.configure({"surprise": 1})
    assert len(editor.shown) == 3


async def test_settings_that_go_away_fall_back_to_the_initialization_options() -> None:
    editor = Editor()
    editor.session.begin_with({"ppl": {"severity": "hint"}})
    editor.session.start()
    editor.session.configure({"severity": "warning"})
    editor.session.configure({})
    assert editor.session.settings == Settings(severity="hint")


async def test_a_hover_that_can_not_be_answered_yet_says_so() -> None:
    editor = await Editor.ready()
    editor.session.open(document("HOLD on"))
    await asyncio.to_thread(editor.engines[0].held.wait, PATIENCE_S)
    assert text_of(await hover(editor.session, hover_at(1))) == "ppl: scoring…"
    editor.engines[0].release.set()
    await editor.until(lambda: editor.published)
    assert "4.0 bits" in text_of(await hover(editor.session, hover_at(1)))


async def test_a_hover_says_what_was_found_unless_that_is_not_to_be_shown() -> None:
    editor = await Editor.ready({"severity": "off"})
    await editor.scored("and qqthen")
    said = "“qqthen” may be meant as “then” (“then” +12.5 bits, “THEN” +3.2 bits)"
    assert said in text_of(await hover(editor.session, hover_at(5)))
    assert "may be meant" not in text_of(await hover(editor.session, hover_at(1)))
    editor.session.close(URI)
    await editor.scored("<!-- ppl: off -->\n\nand qqthen", 2)
    params = types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(2, 5))
    answer = text_of(await hover(editor.session, params))
    assert answer.startswith("qqthen")
    assert "may be meant" not in answer


async def test_a_hover_does_not_repeat_what_editors_show_beside_it() -> None:
    editor = await Editor.ready()
    await editor.scored("and qqthen")
    answer = text_of(await hover(editor.session, hover_at(5)))
    assert "may be meant" in editor.published[-1].diagnostics[0].message
    assert "may be meant" not in answer
    assert "Reads better: “then” +12.5 bits, “THEN” +3.2 bits" in answer


async def test_a_hover_over_nothing_is_nothing() -> None:
    editor = await Editor.ready()
    await editor.scored("a   b\n\n")
    assert await hover(editor.session, hover_at(3)) is None
    unknown = types.HoverParams(types.TextDocumentIdentifier("file:///x"), types.Position(0, 0))
    assert await hover(editor.session, unknown) is None
