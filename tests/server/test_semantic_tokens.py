import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from ppl_engine.text.spans import Span
from ppl_lsp.features.semantic_tokens import delta, edits, encoded, full, in_range
from ppl_lsp.line_index import LineIndex, LinePosition, PositionEncoding
from ppl_lsp.publishing.token_answers import Token
from tests.server.fake_editor import PATIENCE_S, URI, Editor, document
from tests.texts import texts

DOCUMENT = types.TextDocumentIdentifier(URI)
ON = {"semanticTokens": True, "debounceMs": 0}

small = st.integers(0, 2)
token_lists = st.lists(st.tuples(small, small, small, small, st.just(0)), max_size=8)


@st.composite
def words_in(draw: st.DrawFn) -> tuple[str, list[tuple[Span, int]]]:
    text = draw(texts)
    places = draw(st.lists(st.integers(0, len(text)), max_size=12, unique=True))
    spans = [Span(start, end) for start, end in pairwise(sorted(places))][::2]
    return text, [(span, draw(st.integers(1, 5))) for span in spans]


def decoded(lines: LineIndex, tokens: list[Token]) -> list[tuple[int, int, int]]:
    """Follow the specification: where each token starts and ends in the text, and its type."""
    line = character = 0
    found: list[tuple[int, int, int]] = []
    for d_line, d_character, length, band, _ in tokens:
        line, character = line + d_line, d_character + (0 if d_line else character)
        start = lines.offset(LinePosition(line, character))
        found.append((start, lines.offset(LinePosition(line, character + length)), band))
    return found


@given(words_in(), st.sampled_from(PositionEncoding))
def test_tokens_cover_just_the_words_on_their_lines(
    made: tuple[str, list[tuple[Span, int]]], encoding: PositionEncoding
) -> None:
    text, words = made
    lines = LineIndex(text, encoding)
    tokens = decoded(lines, list(encoded(lines, words)))
    covered = {at: band for start, end, band in tokens for at in range(start, end)}
    assert covered == {
        at: band - 1
        for span, band in words
        for at in range(span.start, span.end)
        if text[at] not in "\r\n"
    }
    assert all(start < end for start, end, _ in tokens)
    assert not any("\n" in text[start:end] or "\r" in text[start:end] for start, end, _ in tokens)
    assert sum(end - start for start, end, _ in tokens) == len(covered)


@given(token_lists, token_lists)
def test_an_edit_makes_the_new_tokens_of_the_old(before: list[Token], after: list[Token]) -> None:
    made = list(edits(before, after))
    old = [number for token in before for number in token]
    for edit in reversed(made):
        old[edit.start : edit.start + edit.delete_count] = edit.data or []
    assert old == [number for token in after for number in token]
    assert bool(made) == (before != after)


@given(token_lists, token_lists, token_lists)
def test_an_edit_leaves_what_is_the_same_at_both_ends(
    head: list[Token], old: list[Token], tail: list[Token]
) -> None:
    new: Token = (9, 9, 9, 0, 0)
    (edit,) = edits([*head, *old, *tail], [*head, new, *tail])
    assert edit.start >= 5 * len(head)
    assert edit.delete_count <= 5 * len(old)
    assert len(edit.data or ()) <= 5


async def test_words_that_are_not_calm_are_colored() -> None:
    editor = await Editor.ready(ON)
    await editor.scored("a zzb\n𝄞 zzc d")
    answer = await full(editor.session, types.SemanticTokensParams(DOCUMENT))
    assert answer
    assert answer.data == [0, 2, 3, 4, 0, 1, 3, 3, 4, 0]


async def test_the_difference_to_the_last_answer_is_enough() -> None:
    editor = await Editor.ready(ON)
    await editor.scored("zza b\nzzc\nd")
    first = await full(editor.session, types.SemanticTokensParams(DOCUMENT))
    assert first
    assert first.result_id
    editor.session.change(document("zza b\nzznew\nzzc\nd", 2))
    params = types.SemanticTokensDeltaParams(DOCUMENT, first.result_id)
    second = await delta(editor.session, params)
    assert isinstance(second, types.SemanticTokensDelta)
    assert second.edits == [types.SemanticTokensEdit(5, 0, [1, 0, 5, 4, 0])]
    # What the client does not have any more is no base.
    assert isinstance(await delta(editor.session, params), types.SemanticTokens)


async def test_a_range_is_colored_alone() -> None:
    editor = await Editor.ready(ON)
    await editor.scored("zza\nzzb\nzzc")
    wanted = types.Range(types.Position(1, 0), types.Position(1, 3))
    answer = await in_range(editor.session, types.SemanticTokensRangeParams(DOCUMENT, wanted))
    assert answer
    assert answer.data == [1, 0, 3, 4, 0]


async def test_an_answer_is_not_for_a_text_that_was_edited_meanwhile() -> None:
    editor = await Editor.ready(ON)
    editor.session.open(document("HOLD zza"))
    waiting = asyncio.create_task(full(editor.session, types.SemanticTokensParams(DOCUMENT)))
    await asyncio.to_thread(editor.engines[0].held.wait, PATIENCE_S)
    editor.session.change(document("zza", 2))
    editor.engines[0].release.set()
    with pytest.raises(JsonRpcContentModified):
        await waiting


async def test_nothing_is_colored_unless_it_is_switched_on() -> None:
    editor = await Editor.ready()
    await editor.scored("zza")
    assert await full(editor.session, types.SemanticTokensParams(DOCUMENT)) is None
