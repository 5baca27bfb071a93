from lsprotocol import types

from ppl_lsp.features.inlay_hints import inlay_hint
from tests.server.fake_editor import URI, Editor

WORDS = "a b c d e f g h i j"
TEXT = f"# Heading\n\n{WORDS}\n{WORDS}  \n\nshort one\n\n```\n{WORDS}\n```\n\n- {WORDS} zzk\n"


async def hints(editor: Editor, first: int = 0, last: int = 99) -> list[tuple[int, int, str]]:
    wanted = types.Range(types.Position(first, 0), types.Position(last, 0))
    params = types.InlayHintParams(types.TextDocumentIdentifier(URI), wanted)
    found = await inlay_hint(editor.session, params)
    return [(h.position.line, h.position.character, str(h.label)) for h in found or ()]


async def test_a_hint_stands_where_a_paragraph_of_prose_ends() -> None:
    editor = await Editor.ready({"inlayHints": True})
    await editor.scored(TEXT)
    assert await hints(editor) == [
        (3, 19, "16 · 4.0 bits/word"),
        (11, 25, "155 · 7.3 bits/word"),
    ]


async def test_a_hint_is_given_only_for_the_range_asked_for() -> None:
    editor = await Editor.ready({"inlayHints": True})
    await editor.scored(TEXT)
    assert [line for line, _, _ in await hints(editor, 4)] == [11]
    assert await hints(editor, 0, 3) == []


async def test_there_are_no_hints_unless_they_are_switched_on() -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    assert await hints(editor) == []
