"""Word probabilities, on models whose every probability can be written down."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import score_document
from ppl_engine.scoring.pieces import character_pieces
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.summary import summarize
from ppl_engine.scoring.units import NATS_PER_BIT, perplexity, perplexity_band
from ppl_engine.scoring.word_scores import WordScores, word_scores
from tests.fakes import BigramScorer, uniform
from tests.stepping import finished

TOY = (" a", " b", "a", "b")
LONGEST = 6


def toy(seed: int = 3) -> BigramScorer:
    rng = np.random.default_rng(seed)
    rows = rng.random((len(TOY) + 1, len(TOY) + 1)) ** 2
    return BigramScorer(TOY, rows / rows.sum(axis=1, keepdims=True), context=512)


def scored(text: str, scorer: BigramScorer) -> tuple[TokenScores, WordScores]:
    tokens = finished(score_document(text, scorer, WindowCache(0)))
    return tokens, word_scores(text, tokens)


def words_up_to(length: int) -> Iterator[str]:
    for n in range(1, length + 1):
        yield from map("".join, product("ab", repeat=n))


def unfinished_mass(scorer: BigramScorer) -> float:
    """P(the word after " b" is longer than LONGEST), by stepping the chain by hand."""
    matrix = scorer.probabilities
    is_start = np.array([False, True, True, False, False])
    is_inner = np.array([False, False, False, True, True])
    begins = matrix[2] * is_start / matrix[2][[0, 1, 2]].sum()
    inside = matrix * is_inner[None, :]
    return float((begins @ np.linalg.matrix_power(inside, LONGEST)).sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_probabilities_of_all_words_sum_to_one(seed: int) -> None:
    scorer = toy(seed)
    total = 0.0
    for word in words_up_to(LONGEST):
        _, words = scored(f" b {word} a", scorer)
        total += math.exp(float(words.logprob[1]))
    after_b = scorer.probabilities[2]
    ends_of_text = float(after_b[0] / after_b[[0, 1, 2]].sum())
    assert total + unfinished_mass(scorer) + ends_of_text == pytest.approx(1.0, abs=1e-5)


def test_uncorrected_probabilities_do_not_sum_to_one() -> None:
    scorer = toy()
    total = sum(
        math.exp(float(scored(f" b {word} a", scorer)[1].uncorrected_logprob[1]))
        for word in words_up_to(LONGEST)
    )
    assert not 0.9 < total < 1.1


@given(st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=8))
def test_corrections_cancel_over_a_text(chosen: list[str]) -> None:
    text = "".join(f" {word}" for word in chosen)
    tokens, words = scored(text, toy())
    edges = float(tokens.boundary_before[0]) - float(tokens.boundary_after[-1])
    expected = float(tokens.logprob.sum()) + edges
    assert float(words.logprob.sum()) == pytest.approx(expected, abs=1e-4)


@given(st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=8))
def test_no_word_is_more_than_certain(chosen: list[str]) -> None:
    _, words = scored("".join(f" {word}" for word in chosen), toy())
    assert (words.logprob <= 1e-5).all()


def test_a_bracket_is_not_charged_for_the_word_in_it() -> None:
    scorer = uniform((" (", "a", ")", " "))
    tokens, words = scored(" (a)", scorer)
    assert words.is_word.tolist() == [False, True, False]
    boundary = -math.log(4 / 5)  # every token but `a` ends a word
    assert float(words.logprob[0]) == pytest.approx(-math.log(5) + boundary)
    assert float(words.logprob[1]) == pytest.approx(-math.log(5) - boundary)
    assert len(tokens) == 3


def test_the_space_before_a_word_is_a_part_of_its_probability() -> None:
    _, words = scored("a b", uniform(("a", "b", " ")))
    assert list(zip(words.first_token, words.end_token, strict=True)) == [(0, 1), (1, 3)]


def test_words_that_a_token_joins_are_one_unit() -> None:
    _, words = scored("of the cat", uniform(("of the", " cat")))
    assert words.starts.tolist() == [0, 6 + 1]
    assert words.ends.tolist() == [6, 10]


def test_a_uniform_model_has_the_perplexity_of_its_vocabulary() -> None:
    scorer = uniform(("x", "y", "z"))
    text = "xyzzyx" * 5
    tokens, words = scored(text, scorer)
    summary = summarize(text, tokens, words)
    assert summary.perplexity == pytest.approx(4.0)
    assert summary.bits_per_byte == pytest.approx(2.0)
    assert summary.bits_per_word == pytest.approx(60.0)
    assert summary.top1_accuracy == 1.0
    assert (summary.n_words, summary.n_tokens, summary.n_bytes) == (1, 30, 30)


def test_an_empty_text_has_no_mean() -> None:
    tokens, words = scored("", uniform(("x",)))
    summary = summarize("", tokens, words)
    assert summary.perplexity is None
    assert summary.bits_per_byte is None
    assert summary.log_likelihood == 0.0
    assert len(character_pieces(tokens)) == 0


def test_a_word_is_found_at_its_ends_and_inside() -> None:
    _, words = scored("ab ba", uniform(("a", "b", " ")))
    assert [words.index_at(k) for k in range(6)] == [0, 0, 0, 1, 1, 1]
    assert words.index_at(7) is None


def test_surprisal_excess_and_gap_are_in_bits() -> None:
    scorer = toy()
    _, words = scored(" a b", scorer)
    surprisal = -words.logprob[1] / NATS_PER_BIT
    assert words.surprisal_bits[1] == pytest.approx(surprisal)
    assert words.excess_bits[1] == pytest.approx(surprisal - words.entropy[1] / NATS_PER_BIT)
    assert words.gap_bits[1] == pytest.approx(surprisal + words.top_logprob[1] / NATS_PER_BIT)


def test_perplexities_have_words() -> None:
    assert perplexity(0.0) == 1.0
    assert perplexity(1e6) > 1e300
    assert perplexity_band(1.0) != perplexity_band(20.0) != perplexity_band(1e9)
