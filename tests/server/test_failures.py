import pytest

from ppl_lsp.features.heat_map import heat_map
from ppl_lsp.features.hover import hover
from tests.server.fake_editor import Editor, heat, hover_at, text_of

REFUSAL = "The engine refuses this text."
NO_MODEL = "ppl has no model: There is no model 'missing'."


async def test_a_model_that_can_not_be_loaded_is_reported_once_and_tried_again_later() -> None:
    editor = await Editor.ready()
    await editor.scored("zzword")
    editor.session.configure({"model": "missing"})
    await editor.until(lambda: editor.shown)
    assert editor.shown == ["ppl has no model: There is no model 'missing'."]
    assert editor.statuses[-1].state == "failed"
    assert editor.marked() == 0
    answer = await hover(editor.session, hover_at(0))
    assert "There is no model 'missing'" in text_of(answer)
    editor.session.configure({"model": "other"})
    await editor.until(lambda: editor.marked() == 1)
    assert len(editor.shown) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [("REFUSE", ["The engine refuses this text."]), ("CRASH", []), ("QUIT", [])],
)
async def test_a_document_that_can_not_be_scored_leaves_the_others_alone(
    text: str, shown: list[str]
) -> None:
    editor = await Editor.ready()
    await editor.scored(text)
    assert editor.marked() == 0
    assert editor.shown == shown
    assert not (await heat_map(editor.session, heat())).is_scored
    await editor.scored("zzword", uri="file:///b.md")
    assert editor.marked() == 1


async def test_the_same_sentence_is_shown_once_until_there_is_a_success() -> None:
    editor = await Editor.ready()
    await editor.scored("REFUSE", 1)
    await editor.scored("REFUSE more", 2)
    await editor.scored("REFUSE", uri="file:///b.md")
    assert editor.shown == [REFUSAL]
    await editor.scored("fine", uri="file:///c.md")
    await editor.scored("REFUSE still", 3)
    assert editor.shown == [REFUSAL]
    editor.session.close("file:///b.md")
    await editor.scored("fine", 4)
    await editor.scored("REFUSE", 5)
    assert editor.shown == [REFUSAL] * 2


async def test_a_model_that_could_not_be_loaded_is_not_tried_again_for_other_settings() -> None:
    editor = Editor()
    editor.session.start()
    editor.session.configure({"model": "missing"})
    await editor.until(lambda: editor.shown)
    editor.session.configure({"model": "missing"})
    editor.session.configure({"model": "missing", "severity": "hint"})
    states = [status.state for status in editor.statuses]
    assert states == ["starting", "loading", "failed"]


@pytest.mark.parametrize("meanwhile", [{"enabled": False}, {"model": "other"}])
async def test_a_model_set_anew_is_tried_again(meanwhile: dict[str, object]) -> None:
    editor = Editor()
    editor.session.start()
    editor.session.configure({"model": "missing"})
    await editor.until(lambda: editor.shown)
    editor.session.configure(meanwhile)
    await editor.until(lambda: editor.statuses[-1].state in {"ready", "off"})
    editor.session.configure({"model": "missing"})
    assert editor.statuses[-1].state == "loading"
    await editor.until(lambda: editor.statuses[-1].state == "failed")
    assert editor.shown == [NO_MODEL] * (1 if "enabled" in meanwhile else 2)


async def test_a_document_opened_after_the_model_failed_gets_its_answer() -> None:
    """Whoever waits for its diagnostics, as the demo does, would wait for ever."""
    editor = await Editor.ready()
    editor.session.configure({"model": "missing"})
    await editor.until(lambda: editor.shown)
    await editor.scored("zzword")
    assert editor.marked() == 0
