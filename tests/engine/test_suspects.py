"""Which words are looked at more closely, by the bits that a test gives them."""

import random
from collections.abc import Mapping

import numpy as np
import pytest

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.word_list import words
from ppl_engine.findings.suspects import suspects
from ppl_engine.findings.vocabulary import WordsInText, vocabulary
from ppl_engine.scoring.word_scores import word_scores
from ppl_engine.text.prose import prose_of
from tests.engine.made_scores import made_tokens
from tests.samples import SAMPLES

LEXICON = Lexicon.of(f"{word}\t9" for word in words("the cat sat on a mat and saw hour it use"))
SUSPICION_BITS = 10.0


def known(text: str, bits: Mapping[str, float]) -> WordsInText:
    scores = word_scores(text, made_tokens(text, lambda piece: bits.get(piece, 1.0)))
    return WordsInText(text, scores, prose_of(text, "markdown"), vocabulary(text, scores))


def suspicious(text: str, bits: Mapping[str, float] | None = None) -> list[str]:
    here = known(text, bits or {})
    every = np.arange(len(here.words))
    found, _ = suspects(here, LEXICON, word_idx=every, suspicion_bits=SUSPICION_BITS)
    return [text[here.words.starts[idx] : here.words.ends[idx]] for idx in found.tolist()]


def test_calm_words_are_not_looked_at() -> None:
    assert suspicious("the cat sat on the mat") == []


def test_a_word_that_surprises_is_looked_at() -> None:
    assert suspicious("the cat sat on the mat", {"mat": 10.0}) == ["mat"]
    assert suspicious("the cat sat on the mat", {"mat": 9.9}) == []


def test_a_word_in_no_list_need_not_surprise_as_much() -> None:
    assert suspicious("the kat sat", {"kat": 6.0}) == ["kat"]
    assert suspicious("the kat sat", {"kat": 5.9}) == []
    assert suspicious("the cat sat", {"cat": 9.0}) == []
    assert suspicious("Cat sat", {"Cat": 9.0}) == []


def test_the_word_before_one_that_surprises_much_may_have_led_astray() -> None:
    assert suspicious("the cat sat on it", {"sat": 13.1}) == ["cat", "sat"]
    assert suspicious("the cat sat on it", {"sat": 12.9}) == ["sat"]
    assert suspicious("the cat, sat on it", {"sat": 13.1}) == ["sat"]


@pytest.mark.parametrize("text", ["see the the cat", "see The the cat", "see the\nthe cat"])
def test_a_doubled_word_is_looked_at_however_likely(text: str) -> None:
    assert suspicious(text) == ["the"]


def test_words_with_something_between_are_not_doubled() -> None:
    assert suspicious("the cat, the mat. The cat") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it saw a hour", ["hour"]),
        ("it saw an hour", []),
        ("it saw an use", ["use"]),
        ("it saw a use", []),
        ("it saw An cat", ["cat"]),
        ("it saw a cat", []),
    ],
)
def test_a_word_after_the_wrong_article_is_looked_at(text: str, expected: list[str]) -> None:
    assert suspicious(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the cat saw Zorro",
        "the cat saw zor_ro",
        "the cat saw zorRo",
        "the cat saw ZORRO",
        "the cat saw 1234",
        "the cat saw zor/ro",
        "the cat saw zorro(x)",
        "the cat saw --zorro",
        'the cat saw "zorro" on it',
        "the cat saw `zorro` on it",
        "the cat sat.\n\n```\nzorro zorro\n```\n",
        "the cat saw <zorro> on it",
    ],
)
def test_names_identifiers_quotations_and_code_are_not(text: str) -> None:
    strange = {"zorro": 40.0, "Zorro": 40.0, "zorRo": 40.0, "ZORRO": 40.0, "1234": 40.0, "ro": 40.0}
    assert not {"zorro", "ro"} & {word.lower() for word in suspicious(text, strange)}


@pytest.mark.parametrize("sample", SAMPLES)
def test_of_a_part_of_the_words_it_says_what_it_says_of_all(sample: str) -> None:
    text, rng = SAMPLES[sample][:3000], random.Random(7)
    bits = {word: rng.random() * 16 for word in text.split()}
    here = known(text, bits)
    n = len(here.words)
    whole, _ = suspects(here, LEXICON, word_idx=np.arange(n), suspicion_bits=SUSPICION_BITS)
    for _ in range(30):
        low, high = sorted((rng.randint(0, n), rng.randint(0, n)))
        some, _ = suspects(
            here, LEXICON, word_idx=np.arange(low, high), suspicion_bits=SUSPICION_BITS
        )
        np.testing.assert_array_equal(some, whole[(low <= whole) & (whole < high)])


def test_words_that_are_not_scored_are_not_looked_at() -> None:
    text = "the the kat sat on a hour"
    assert suspicious(text, dict.fromkeys(text.split(), float("nan"))) == []
