from lsprotocol import types

from ppl_lsp.features.code_lens import DESCRIBE_SECTION, SHOW_PROFILE, code_lens, describe_section
from tests.server.fake_editor import URI, Editor, document

TEXT = (
    "# One\n\na b c d e f g h i j\n\n## Short\n\na b\n\n## Two\n\nzzword a b c d e f g zzother i\n"
)
PROGRAM = '"""one two three four five six seven eight nine ten."""\n'


def asked() -> types.CodeLensParams:
    return types.CodeLensParams(types.TextDocumentIdentifier(URI))


async def titles(editor: Editor) -> list[tuple[int, str]]:
    lenses = await code_lens(editor.session, asked())
    return [
        (lens.range.start.line, lens.command.title)
        for lens in lenses or ()
        if lens.command is not None
    ]


async def test_a_lens_stands_over_every_section_of_some_length() -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    assert await titles(editor) == [
        (0, "perplexity 16 · 4.0 bits per word"),
        (8, "perplexity 1,495 · 10.5 bits per word · 2 findings"),
    ]


async def test_a_lens_calls_the_client_where_it_can() -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    lens, *_ = await code_lens(editor.session, asked()) or []
    assert lens.command
    assert (lens.command.command, lens.command.arguments) == (DESCRIBE_SECTION, [URI, "0"])
    editor.session.client_commands = frozenset({SHOW_PROFILE})
    lens, *_ = await code_lens(editor.session, asked()) or []
    assert lens.command
    assert lens.command.command == SHOW_PROFILE
    section = types.Range(types.Position(0, 0), types.Position(4, 0))
    assert lens.command.arguments == [URI, section]


async def test_a_section_is_described_to_the_user() -> None:
    editor = await Editor.ready()
    await editor.scored(TEXT)
    await describe_section(editor.session, URI, "4")
    await describe_section(editor.session, URI, "1")
    assert editor.shown == ["Short: perplexity 16 · 4.0 bits per word, 3 words"]


async def test_the_setting_says_where_lenses_are() -> None:
    editor = await Editor.ready()
    editor.session.open(document("# One\n\na b c d e f g h i j"))
    await editor.until(lambda: editor.published)
    assert len(await titles(editor)) == 1
    editor.session.configure({"codeLens": "off"})
    assert await code_lens(editor.session, asked()) is None


async def test_docstrings_have_a_lens_only_if_asked_for() -> None:
    editor = await Editor.ready()
    editor.session.open(document(PROGRAM, language="python"))
    await editor.until(lambda: editor.published)
    assert await code_lens(editor.session, asked()) is None
    editor.session.configure({"codeLens": "all"})
    assert len(await titles(editor)) == 1


async def test_there_is_no_lens_over_what_is_not_scored() -> None:
    editor = await Editor.ready()
    assert await code_lens(editor.session, asked()) is None
    editor.session.open(document("REFUSE " + TEXT))
    assert await code_lens(editor.session, asked()) is None
