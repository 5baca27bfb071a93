"""Tokens of a changed text against those of a whole encode."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

import ppl_engine.models
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.retokenizing import TokenChange, encode_changed, token_change
from ppl_engine.scoring.scorer import Encoding
from ppl_engine.text.blocks import Cuts, changed_cuts, cuts
from ppl_engine.text.changes import text_change
from tests.edits import PIECES, versions
from tests.models.tiny import byte_level_json, lower_case_json, sentencepiece_json
from tests.samples import SAMPLES
from tests.texts import texts

EMBEDDED = Path(ppl_engine.models.__file__).parent / "embedded" / "tokenizer.json"


class CountingTokenizer:
    """A scorer as far as encoding goes; counts the characters it was given."""

    def __init__(self, json: str) -> None:
        self._tokenizer = TextTokenizer(Tokenizer.from_str(json))
        self.n_characters = 0

    def encode(self, text: str) -> Encoding:
        self.n_characters += len(text)
        return self._tokenizer.encode(text)


TOKENIZERS = {
    "embedded": EMBEDDED.read_text(encoding="utf-8"),
    "byte-level": byte_level_json(),
    "sentencepiece": sentencepiece_json(),
    "lower-case": lower_case_json(),
}


@pytest.fixture(name="tokenizer", scope="module", params=TOKENIZERS)
def _tokenizer(request: pytest.FixtureRequest) -> CountingTokenizer:
    return CountingTokenizer(TOKENIZERS[request.param])


def check(found: Encoding, expected: Encoding) -> None:
    for name in ("ids", "starts", "ends", "begins_word"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert getattr(found, name).dtype == getattr(expected, name).dtype
    assert found.exact_spans == expected.exact_spans


def check_change(tokenizer: CountingTokenizer, old: str, new: str) -> None:
    previous = tokenizer.encode(old)
    change = text_change(old, new)
    check(encode_changed(new, tokenizer, previous, change), tokenizer.encode(new))  # type: ignore[arg-type]


@given(texts, texts, texts, texts)
def test_tokens_after_any_edit_are_those_of_the_whole(
    tokenizer: CountingTokenizer, front: str, old: str, new: str, back: str
) -> None:
    front, back = front + "\nSome words before. ", " Some words after.\nAnd " + back
    check_change(tokenizer, front + old + back, front + new + back)


@pytest.mark.parametrize("sample", SAMPLES)
def test_tokens_and_cuts_after_many_edits_are_those_of_the_whole(
    tokenizer: CountingTokenizer, sample: str
) -> None:
    text = SAMPLES[sample]
    encoding, places = tokenizer.encode(text), cuts(text)
    for version in versions(text, 150, seed=len(text)):
        change = text_change(text, version)
        encoding = encode_changed(version, tokenizer, encoding, change)  # type: ignore[arg-type]
        places = changed_cuts(version, places, change)
        check(encoding, tokenizer.encode(version))
        check_cuts(places, cuts(version))
        text = version


def check_cuts(found: Cuts, expected: Cuts) -> None:
    np.testing.assert_array_equal(found.offsets, expected.offsets)
    np.testing.assert_array_equal(found.kinds, expected.kinds)


@given(texts, st.sampled_from(PIECES), st.sampled_from(PIECES), texts)
def test_cuts_after_any_edit_are_those_of_the_whole(
    front: str, old: str, new: str, back: str
) -> None:
    front, back = front + "Words go here. Or not.\n", " here and\nthere " + back
    before, after = front + old + back, front + new + back
    check_cuts(changed_cuts(after, cuts(before), text_change(before, after)), cuts(after))


def test_an_edit_encodes_a_few_lines_however_long_the_text() -> None:
    tokenizer = CountingTokenizer(TOKENIZERS["embedded"])
    text = "The quick brown fox reads the manual, page by page.\n" * 4000
    previous = tokenizer.encode(text)
    tokenizer.n_characters = 0
    for at in range(0, len(text), 9973):
        new = text[:at] + " word" + text[at:]
        encode_changed(new, tokenizer, previous, text_change(text, new))  # type: ignore[arg-type]
        assert tokenizer.n_characters < 1000
        tokenizer.n_characters = 0


def test_which_tokenizers_can_be_asked_for_a_part() -> None:
    respecting = [
        name
        for name, json in TOKENIZERS.items()
        if CountingTokenizer(json).encode("a").respects_seams
    ]
    assert respecting == ["embedded", "byte-level"]


@given(texts, texts)
def test_a_change_is_all_that_changed_and_no_more(old: str, new: str) -> None:
    change = text_change(old, new)
    assert old[: change.start] == new[: change.start]
    assert old[change.old_end :] == new[change.new_end :]
    assert len(new) - len(old) == change.shift
    removed, inserted = old[change.start : change.old_end], new[change.start : change.new_end]
    if removed and inserted:
        assert removed[0] != inserted[0]
        assert removed[-1] != inserted[-1]


ids = st.lists(st.integers(0, 3), max_size=30)


@given(ids, ids)
def test_a_change_of_tokens_is_all_that_changed(old: list[int], new: list[int]) -> None:
    change = token_change(np.array(old, np.int64), np.array(new, np.int64))
    assert old[: change.start] == new[: change.start]
    assert old[change.old_end :] == new[change.new_end :]
    assert isinstance(change, TokenChange)
    assert change.start <= min(change.old_end, change.new_end)
