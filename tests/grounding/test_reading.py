"""What is read of a text with its sources, against a scorer that shows any wrong window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ppl_engine.grounding.library import Library
from ppl_engine.grounding.reading import library_of, read_with
from ppl_engine.grounding.source import Source
from ppl_engine.grounding.windows import BETWEEN, Sizes, Windows, blocks
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import score_document
from ppl_engine.scoring.windows import Window
from tests.fakes import ContextScorer, uniform
from tests.models.tiny import byte_level_json
from tests.stepping import finished
from tests.texts import NASTY

LETTERS = tuple("abcdefgh \n")
TEXTS = st.text(alphabet="abcdefgh \n", max_size=300)


def text_of(window: Window) -> str:
    return "".join(("", *LETTERS)[idx] for idx in window.ids)


@given(TEXTS, st.lists(TEXTS, max_size=3), st.sampled_from([16, 40, 64, 300]))
def test_each_token_is_read_once_after_passages_of_the_sources(
    text: str, sources: list[str], context: int
) -> None:
    scorer = uniform(LETTERS, context=context)
    tokens = finished(score_document(text, scorer, WindowCache(0)))
    library = library_of([Source("", source) for source in sources], scorer)
    sizes = Sizes.for_context(context)
    read = list(blocks(tokens.segment_starts, len(tokens), sizes.block))
    assert [k for one in read for k in range(one.first, one.end)] == list(range(len(tokens)))
    for block in read:
        window = Windows(text, tokens, library, scorer, sizes).of(block)
        assert len(window.ids) <= context
        assert window.n_targets == block.end - block.first
        said = text_of(window)
        first = max(0, block.first - sizes.before)
        own = text[first : block.end]
        assert said.endswith(own)
        passages = said.removesuffix(own)
        assert not passages or passages.endswith(BETWEEN)
        assert all(
            piece.strip("\n") in "\n\n".join(sources) for piece in passages.split(BETWEEN) if piece
        )
    found = finished(read_with(library, text, tokens, scorer))
    assert not np.isnan(found.logprob).any()
    assert np.array_equal(found.ids, tokens.ids)


@given(TEXTS, st.integers(1, 40))
def test_passages_tile_a_source_and_are_no_longer_than_asked(text: str, longest: int) -> None:
    library = Library([Source("", text)], uniform(LETTERS), longest)
    assert "".join(map(library.text_of, library.passages)) == text
    assert all(len(one.ids) <= longest for one in library.passages)


def test_passages_that_follow_each_other_are_joined_as_they_stand() -> None:
    scorer = uniform(LETTERS)
    library = Library([Source("", "abcd" * 8), Source("", "h")], scorer, 8)
    between = scorer.encode(BETWEEN).ids
    n = len(library.passages)
    joined = library.joined(range(n), between)
    assert text_of(Window(joined, 0)) == "abcd" * 8 + BETWEEN + "h" + BETWEEN
    some = library.joined([0, n - 2, n - 1], between)
    first, last = library.text_of(library.passages[0]), library.text_of(library.passages[n - 2])
    assert text_of(Window(some, 0)) == BETWEEN.join([first, last, "h", ""])


def test_the_passages_that_share_rare_words_with_the_text_are_chosen_in_their_order() -> None:
    scorer = uniform(LETTERS, context=300)
    source = "\n\n".join(["ab cd ab", "hhh ab", "gg ab", "ab ab ab ab"])
    library = Library([Source("", source)], scorer, 9)
    chosen = library.fitting("gg and hhh", 40, 2)
    assert ["hhh" in library.text_of(library.passages[k]) for k in chosen[:1]] == [True]
    assert chosen == sorted(chosen)
    assert {"gg", "hhh"} <= set(
        "".join(library.text_of(library.passages[k]) for k in chosen).split()
    )
    assert library.fitting("fff", 40, 2) == []
    assert library.fitting("gg and hhh", 3, 2) == []


@pytest.mark.parametrize("text", NASTY)
def test_any_text_and_any_source_can_be_read(text: str) -> None:
    scorer = ContextScorer(TextTokenizer(Tokenizer.from_str(byte_level_json())))
    tokens = finished(score_document(text, scorer, WindowCache(0)))
    library = library_of([Source("nasty", text), Source("", "")], scorer)
    assert len(finished(read_with(library, text, tokens, scorer))) == len(tokens)
