"""The heat map for editors that color by semantic tokens: a type for each of the five bands."""

import asyncio
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp
from ppl_lsp.documents import Document
from ppl_lsp.features.heat_map import WAIT_S, hot_words, is_scored
from ppl_lsp.line_index import LineIndex
from ppl_lsp.publishing.token_answers import Given, Token
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis

LEGEND: Final = types.SemanticTokensLegend(
    token_types=[f"surprise{band}" for band in range(1, 6)], token_modifiers=[]
)

OPTIONS: Final = types.SemanticTokensRegistrationOptions(
    legend=LEGEND, full=types.SemanticTokensFullDelta(delta=True), range=True
)


async def full(session: Session, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """Wait for the scores of the document and color all of it."""
    uri = params.text_document.uri
    tokens = await _tokens(session, uri, None)
    return None if tokens is None else _answer(session.token_answers.give(uri, tokens))


async def delta(
    session: Session, params: types.SemanticTokensDeltaParams
) -> types.SemanticTokens | types.SemanticTokensDelta | None:
    """Answer as `full` does, with the difference to what the client has if that is known."""
    uri = params.text_document.uri
    tokens = await _tokens(session, uri, None)
    if tokens is None:
        return None
    before = session.token_answers.known(uri, params.previous_result_id)
    given = session.token_answers.give(uri, tokens)
    if before is None:
        return _answer(given)
    return types.SemanticTokensDelta(list(edits(before.tokens, tokens)), given.result_id)


async def in_range(
    session: Session, params: types.SemanticTokensRangeParams
) -> types.SemanticTokens | None:
    """Wait for the scores of a range and color that."""
    tokens = await _tokens(session, params.text_document.uri, params.range)
    return None if tokens is None else types.SemanticTokens(_flat(tokens))


async def _tokens(
    session: Session, uri: str, wanted: types.Range | None
) -> tuple[Token, ...] | None:
    """Return the tokens of the version that is open now; raises ContentModified if it is edited.

    Clients move what they get by the edits that they have made since they asked.
    """
    asked = session.documents.get(uri)
    if asked is None:
        return None
    span = Span(0, len(asked.text)) if wanted is None else from_lsp.span(asked.lines, wanted)

    def is_enough(document: Document, partial: "Analysis") -> bool:
        return wanted is not None and document is asked and is_scored(partial, span)

    with session.refreshing.answering("semanticTokens", uri) as taken:
        if not session.settings.semantic_tokens:
            return None
        if wanted is not None:
            session.look(asked, span)
        analysis = await session.analysis(uri, timeout_s=WAIT_S, is_enough=is_enough)
        if session.documents.get(uri) is not asked:
            raise JsonRpcContentModified
        if analysis is None:
            return None
        taken()
        return await asyncio.to_thread(render, asked, analysis, span)


def render(document: Document, analysis: "Analysis", wanted: Span) -> tuple[Token, ...]:
    """Return the words that are not calm and touch a span."""
    found = ((Span(start, end), band) for start, end, band, _ in hot_words(analysis, wanted))
    return tuple(encoded(document.lines, found))


def encoded(lines: LineIndex, words: Iterable[tuple[Span, int]]) -> Iterator[Token]:
    """Encode ordered, disjoint words with their bands; what crosses lines is a token on each.

    Not all clients take tokens of more than a line, so that none is sent to any.
    """
    line = character = 0
    for span, band in words:
        for start, end in _on_lines(lines, span):
            from_line, from_character = start
            same = character if from_line == line else 0
            yield (from_line - line, from_character - same, end - from_character, band - 1, 0)
            line, character = from_line, from_character


def edits(before: Sequence[Token], after: Sequence[Token]) -> Iterator[types.SemanticTokensEdit]:
    """Yield the one edit that makes one list of the other, if they differ.

    It replaces what lies between their longest common beginning and end: tokens are relative to
    the one before, so that an edit of the text changes few of them.
    """
    n_same = sum(1 for _ in itertools.takewhile(_is_same, zip(before, after, strict=False)))
    most = min(len(before), len(after)) - n_same
    backwards = zip(reversed(before), reversed(after), strict=False)
    n_same_end = sum(1 for _ in itertools.takewhile(_is_same, itertools.islice(backwards, most)))
    old = before[n_same : len(before) - n_same_end]
    new = after[n_same : len(after) - n_same_end]
    if old or new:
        yield types.SemanticTokensEdit(5 * n_same, 5 * len(old), _flat(new))


def _is_same(pair: tuple[Token, Token]) -> bool:
    return pair[0] == pair[1]


def _on_lines(lines: LineIndex, span: Span) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield line and character where each part of a span begins, and the character it ends at."""
    for part in lines.parts(span):
        start, end = lines.position(part.start), lines.position(part.end)
        yield (start.line, start.character), end.character


def _answer(given: Given) -> types.SemanticTokens:
    return types.SemanticTokens(_flat(given.tokens), given.result_id)


def _flat(tokens: Iterable[Token]) -> list[int]:
    return list(itertools.chain.from_iterable(tokens))
