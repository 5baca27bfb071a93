import pytest
from lsprotocol import types

from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp
from ppl_lsp.features.code_actions import FIX_ALL, QUICK_FIX, code_action, render
from ppl_lsp.features.edits import EditStyle
from ppl_lsp.features.place import Place
from tests.server.fake_editor import URI, Editor, document

TEXT = "qqthen zzword qqand"


def place(text: str, language: str, *alternatives: Alternative) -> Place:
    finding = Finding(
        "likely-mistake", "warning", "why", Span(0, 1), text[:1], 9.0, None, None, alternatives
    )
    return Place(document(text, language=language), finding, "1:0", None, None, EditStyle())


async def asked(editor: Editor, *only: str) -> list[types.CodeAction]:
    """Ask for actions at the beginning of the document."""
    start = types.Position(0, 0)
    context = types.CodeActionContext([], list(only) or None)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(URI), types.Range(start, start), context
    )
    found = await code_action(editor.session, params) or []
    return [one for one in found if isinstance(one, types.CodeAction)]


@pytest.mark.parametrize("only", ["source", "source.fixAll", "source.fixAll.ppl"])
async def test_all_that_is_sure_is_mended_at_once(only: str) -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    (action,) = await asked(editor, only)
    assert (action.kind, action.title) == (FIX_ALL, "Fix all 2 sure mistakes in this file")
    assert action.edit
    assert action.edit.changes
    assert [
        (edit.range.start.character, edit.range.end.character, edit.new_text)
        for edit in action.edit.changes[URI]
    ] == [(0, 6, "then"), (14, 19, "and")]


async def test_what_is_not_asked_for_is_not_offered() -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    assert {one.kind for one in await asked(editor)} == {QUICK_FIX, FIX_ALL}
    assert {one.kind for one in await asked(editor, QUICK_FIX)} == {QUICK_FIX}
    assert await asked(editor, "source.fixAll.other", "refactor", "source.fix") == []


async def test_there_is_nothing_to_fix_where_nothing_is_sure() -> None:
    editor = await Editor.ready()
    await editor.scored("a zzword")
    assert await asked(editor, FIX_ALL) == []


async def test_who_saves_gets_the_fixes_of_the_newest_version() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    await editor.scored("calm")
    editor.session.change(document("calm qqthen.", 2))
    (action,) = await asked(editor, FIX_ALL)
    assert action.title == "Fix the one sure mistake in this file"


def test_a_figure_is_shown_only_where_it_is_in_favor() -> None:
    doubled = place("a a", "markdown", Alternative("a", 0.1, gain_bits=-0.3))
    assert next(render(doubled)).title == "Replace with “a”"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("word\n", "markdown", "<!-- ppl: off -->\n\nword\n"),
        (
            "---\ntitle: x\n---\nword\n",
            "markdown",
            "---\ntitle: x\n---\n<!-- ppl: off -->\n\nword\n",
        ),
        ("---\nword", "markdown", "<!-- ppl: off -->\n\n---\nword"),
        ("\ufeffword", "markdown", "\ufeff<!-- ppl: off -->\n\nword"),
        ("<!DOCTYPE html>", "html", "<!DOCTYPE html>\n<!-- ppl: off -->\n\n"),
        ("#!/bin/sh\n# word\n", "shellscript", "#!/bin/sh\n# ppl: off\n\n# word\n"),
        (
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx\n",
            "python",
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# ppl: off\n\nx\n",
        ),
        ("word", "latex", "% ppl: off\n\nword"),
    ],
)
def test_a_file_is_switched_off_below_what_must_stay_first(
    text: str, language: str, expected: str
) -> None:
    at = place(text, language)
    actions = {one.title: one for one in render(at)}
    edit = actions["Turn ppl off in this file"].edit
    assert edit
    assert edit.changes
    (change,) = edit.changes[URI]
    assert isinstance(change, types.TextEdit)
    start = from_lsp.offset(at.document.lines, change.range.start)
    assert text[:start] + change.new_text + text[start:] == expected
