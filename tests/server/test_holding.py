from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Edit
from ppl_lsp.publishing.holding import HOLD_S
from tests.server.fake_editor import PATIENCE_S, URI, Editor, closing

QUICK = {"debounceMs": 0}


async def typed(editor: Editor, at: int, text: str, *, replaced: int = 0) -> None:
    """Edit the document and wait for its scores."""
    before = editor.session.documents[URI]
    edit = Edit(Span(at, at + replaced), text)
    version = before.version + 1
    editor.session.change(before.edited(edit).at_version(version), [edit])
    assert await editor.session.analysis(URI, timeout_s=PATIENCE_S)


def marks(editor: Editor) -> list[tuple[int, int]]:
    diagnostics = editor.published[-1].diagnostics
    return [(one.range.start.character, one.range.end.character) for one in diagnostics]


async def stop_typing(editor: Editor) -> None:
    await closing()
    for seconds, over in editor.pauses:
        if seconds == HOLD_S:
            over.set()
    await closing()


async def test_a_word_is_not_marked_before_it_is_left() -> None:
    editor = await Editor.ready(QUICK)
    await editor.scored("a b")
    await typed(editor, 3, " zzx")
    assert marks(editor) == []
    await typed(editor, 7, " ")
    assert marks(editor) == [(4, 7)]


async def test_a_word_is_marked_once_nobody_has_typed_for_a_while() -> None:
    editor = await Editor.ready(QUICK)
    await editor.scored("zza b")
    await typed(editor, 5, " zzx")
    assert marks(editor) == [(0, 3)]
    await stop_typing(editor)
    assert marks(editor) == [(0, 3), (6, 9)]
    assert editor.published[-1].version == 2


async def test_what_is_marked_stays_marked_when_somebody_writes_next_to_it() -> None:
    editor = await Editor.ready(QUICK)
    await editor.scored("a zzx b")
    await typed(editor, 5, "", replaced=2)
    assert marks(editor) == [(2, 5)]
    assert all(params.diagnostics for params in editor.published)


async def test_marks_move_with_the_text_at_once_and_those_touched_are_gone() -> None:
    editor = await Editor.ready(QUICK)
    await editor.scored("zza b\nzzc d")
    before = editor.session.documents[URI]
    edits = [Edit(Span(6, 6), "new "), Edit(Span(2, 3), "")]
    after = before
    for edit in edits:
        after = after.edited(edit)
    editor.session.change(after.at_version(2), edits)
    last = editor.published[-1]
    assert last.version == 2
    assert [one.range.start for one in last.diagnostics] == [types.Position(1, 4)]
    assert [one.data for one in last.diagnostics] == [{"id": "2:9"}]


async def test_nothing_is_published_anew_where_nothing_is_marked() -> None:
    editor = await Editor.ready()
    await editor.scored("calm")
    editor.session.change(editor.session.documents[URI].at_version(2), [])
    assert editor.versions() == [(URI, 1)]


async def test_a_mark_survives_several_edits_before_the_next_scores() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzx")
    for version, text in ((2, "b"), (3, "c")):
        edit = Edit(Span(0, 0), text)
        after = editor.session.documents[URI].edited(edit).at_version(version)
        editor.session.change(after, [edit])
    assert editor.published[-1].version == 3
    assert marks(editor) == [(4, 7)]


async def test_whoever_sends_whole_texts_sees_marks_move_too() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzx")
    before = editor.session.documents[URI]
    editor.session.change(before.edited(Edit(Span(0, 1), "one two")).at_version(2), None)
    assert marks(editor) == [(8, 11)]


async def test_nothing_is_held_back_of_a_document_that_was_closed() -> None:
    editor = await Editor.ready(QUICK)
    await editor.scored("a")
    await typed(editor, 1, " zzx")
    editor.session.close(URI)
    n_published = len(editor.published)
    await stop_typing(editor)
    assert len(editor.published) == n_published
