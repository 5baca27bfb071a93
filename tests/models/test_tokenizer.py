from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from tokenizers import Tokenizer

import ppl_engine.models
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from tests.models.tiny import byte_level_json, lower_case_json, sentencepiece_json
from tests.texts import NASTY, texts

EMBEDDED = Path(ppl_engine.models.__file__).parent / "embedded" / "tokenizer.json"
EXACT = {
    "embedded": TextTokenizer(Tokenizer.from_file(str(EMBEDDED))),
    "byte-level": TextTokenizer(Tokenizer.from_str(byte_level_json())),
    "sentencepiece": TextTokenizer(Tokenizer.from_str(sentencepiece_json())),
}
REWRITING = TextTokenizer(Tokenizer.from_str(lower_case_json()))


def check_tiles(tokenizer: TextTokenizer, text: str) -> None:
    """Tokens cover the text from end to end and overlap only where they share a character."""
    encoding = tokenizer.encode(text)
    starts, ends = encoding.starts.tolist(), encoding.ends.tolist()
    reached = 0
    for start, end in zip(starts, ends, strict=True):
        assert reached - 1 <= start <= reached
        assert reached <= end
        reached = end
    assert reached == len(text)


def check_bytes(tokenizer: TextTokenizer, text: str) -> None:
    """The bytes of the tokens are the bytes of the text; lone surrogates count as U+FFFD."""
    encoding = tokenizer.encode(text)
    joined = b"".join(tokenizer.token_bytes[idx] for idx in encoding.ids.tolist())
    expected = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode()
    assert encoding.exact_spans
    assert joined in {expected, b" " + expected}


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_tiled(name: str, text: str) -> None:
    check_tiles(EXACT[name], text)
    check_bytes(EXACT[name], text)


@given(texts)
def test_tokens_tile_any_text_byte_by_byte(text: str) -> None:
    for tokenizer in EXACT.values():
        check_tiles(tokenizer, text)
        check_bytes(tokenizer, text)


@given(texts)
def test_a_tokenizer_that_rewrites_its_input_still_covers_it(text: str) -> None:
    encoding = REWRITING.encode(text)
    starts, ends = encoding.starts, encoding.ends
    assert (starts <= ends).all()
    assert (ends[:-1] - 1 <= starts[1:]).all() or len(text) == 0
    assert len(ends) == 0 or ends[-1] == len(text)


def test_a_rewriting_tokenizer_is_owned_up_to() -> None:
    assert not REWRITING.encode("The MANUAL").exact_spans


def test_a_megabyte_on_one_line_is_tiled() -> None:
    check_tiles(EXACT["embedded"], "word 😀 " * 130_000)
    check_tiles(EXACT["embedded"], "a" * 1_000_000)


def test_special_tokens_in_a_text_are_text() -> None:
    tokenizer = EXACT["embedded"]
    assert 0 not in tokenizer.encode("see <|endoftext|> here").ids


@pytest.mark.parametrize(
    ("token", "begins_word"),
    [
        ("Ġthe", True),
        ("the", False),
        (".", True),
        ("Ċ", True),
        ("'t", False),
        ("'", True),
        ("1", False),
        ("_", False),
    ],
)
def test_what_can_continue_a_word(token: str, begins_word: bool) -> None:  # noqa: FBT001
    backend = Tokenizer.from_file(str(EMBEDDED))
    idx = backend.token_to_id(token)
    mask = EXACT["embedded"].boundary_tokens(len(EXACT["embedded"]), {0})
    assert begins_word == mask[idx]
    assert mask[0]


def test_rows_of_the_vocabulary_without_a_token_are_no_boundary() -> None:
    mask = EXACT["embedded"].boundary_tokens(len(EXACT["embedded"]) + 100, {0})
    assert not mask[-100:].any()
    assert np.count_nonzero(mask) > 1000
