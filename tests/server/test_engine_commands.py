from ppl_lsp.features.engine_commands import pause, restart_engine, resume
from ppl_lsp.features.hover import hover
from tests.server.fake_editor import Editor, document, hover_at, text_of


async def test_nothing_is_scored_or_shown_while_paused() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    await editor.scored("zzword")
    await pause(editor.session)
    assert editor.marked() == 0
    assert editor.statuses[-1].message == "ppl: paused"
    assert editor.statuses[-1].state == "paused"
    editor.session.change(document("zzword zznew", 2))
    assert "paused" in text_of(await hover(editor.session, hover_at(1)))
    editor.session.configure({"severity": "hint"})
    assert editor.engines[0].analyzed == ["zzword"]
    await resume(editor.session)
    await editor.until(lambda: editor.versions()[-1][1] == 2)
    assert editor.marked() == 2


async def test_to_resume_what_is_switched_off_changes_nothing() -> None:
    editor = await Editor.ready()
    editor.session.configure({"enabled": False})
    await pause(editor.session)
    await resume(editor.session)
    assert editor.statuses[-1].message == "ppl: off"
    assert editor.statuses[-1].state == "off"


async def test_a_restarted_engine_scores_again_what_is_open() -> None:
    editor = await Editor.ready()
    await editor.scored("zzword")
    await restart_engine(editor.session)
    await editor.until(lambda: len(editor.engines) == 2 and editor.engines[1].analyzed)
    assert editor.engines[1].analyzed == ["zzword"]
    await editor.until(lambda: editor.statuses[-1].message.startswith("ppl "))
    assert editor.marked() == 1
