"""The ranking against the formula, written down plainly."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.grounding.bm25 import K1, B, Ranking

WORDS = st.lists(st.sampled_from("abcdef"), max_size=8)


def plain(passages: list[list[str]], query: list[str]) -> list[float]:
    n = len(passages)
    mean = sum(map(len, passages)) / n
    found: list[float] = []
    for passage in passages:
        score = 0.0
        for term in set(query):
            n_holding = sum(term in one for one in passages)
            idf = math.log(1 + (n - n_holding + 0.5) / (n_holding + 0.5))
            count = passage.count(term)
            if count:
                norm = K1 * (1 - B + B * len(passage) / mean)
                score += idf * count * (K1 + 1) / (count + norm)
        found.append(score)
    return found


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_scores_are_those_of_the_formula(passages: list[list[str]], query: list[str]) -> None:
    scores = Ranking(passages).scores(query)
    np.testing.assert_allclose(scores, plain(passages, query), rtol=1e-12)


def test_without_passages_there_are_no_scores() -> None:
    assert len(Ranking([]).scores(["a"])) == 0
