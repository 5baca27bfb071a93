import asyncio

from lsprotocol import types

from ppl_lsp.features.profile import profile
from ppl_lsp.protocol import ProfileParams
from tests.server.fake_editor import PATIENCE_S, URI, Editor, document


def asked(n_points: int | None = None) -> ProfileParams:
    return ProfileParams(types.TextDocumentIdentifier(URI), n_points)


async def test_a_profile_has_runs_of_equal_size_and_the_sections_of_the_document() -> None:
    editor = await Editor.ready()
    await editor.scored("before it\n\n# One\n\na b c\n\n## Two\n\nzzword d\n")
    answer = await profile(editor.session, asked(3))
    assert (answer.version, answer.is_scored, answer.message) == (1, True, "")
    assert [point.n_words for point in answer.points] == [3, 3, 3]
    assert [point.range.start for point in answer.points] == [
        types.Position(0, 0),
        types.Position(4, 0),
        types.Position(6, 3),
    ]
    assert [point.max_surprisal_bits for point in answer.points] == [4.0, 4.0, 40.0]
    assert [(one.title, one.level, one.n_words, one.n_findings) for one in answer.sections] == [
        ("a.md", 0, 2, 0),
        ("One", 1, 4, 0),
        ("Two", 2, 3, 1),
    ]
    assert answer.sections[2].range == types.Range(types.Position(6, 0), types.Position(9, 0))
    assert answer.summary
    assert answer.summary.n_words == 9


async def test_there_are_as_many_points_as_words_at_most_and_never_none_of_a_text() -> None:
    editor = await Editor.ready()
    await editor.scored("a b c")
    for n_points, expected in ((None, 3), (10_000, 3), (1, 1), (0, 1), (-5, 1)):
        assert len((await profile(editor.session, asked(n_points))).points) == expected
    editor.session.close(URI)
    await editor.scored("\n", 2)
    answer = await profile(editor.session, asked())
    assert (answer.is_scored, answer.points, answer.sections) == (True, (), ())


async def test_a_profile_of_what_is_not_there_says_why() -> None:
    editor = await Editor.ready()
    editor.session.configure({"enabled": False})
    answer = await profile(editor.session, asked())
    assert (answer.version, answer.message) == (None, "The document is not open.")
    editor.session.open(document("a"))
    answer = await profile(editor.session, asked())
    assert (answer.version, answer.is_scored) == (1, False)
    assert answer.message == "ppl is off (setting ppl.enabled)."


async def test_a_profile_waits_for_the_newest_version() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    editor.session.open(document("HOLD old", 1))
    waiting = asyncio.create_task(profile(editor.session, asked()))
    await asyncio.to_thread(editor.engines[0].held.wait, PATIENCE_S)
    editor.session.change(document("one two three", 2))
    editor.engines[0].release.set()
    answer = await waiting
    assert (answer.version, len(answer.points)) == (2, 3)
