"""Texts in a stream have the scores that each has alone, in order, and few are alive at a time."""

import gc
import threading
import weakref
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.streaming import (
    N_GROUPS_AHEAD,
    Bounds,
    Counts,
    Planned,
    plan_text,
    score_groups,
    score_planned,
    score_texts,
    total,
)
from tests.fakes import BigramScorer, uniform

CHARACTERS = "abcdefgh. \n"


def chain() -> BigramScorer:
    n = len(CHARACTERS) + 1
    matrix = np.random.default_rng(0).dirichlet(np.ones(n), size=n)
    return BigramScorer(sorted(CHARACTERS), matrix, context=16)


@given(
    texts=st.lists(st.text(CHARACTERS, max_size=60), max_size=12),
    n_items=st.integers(1, 5),
    n_tokens=st.integers(1, 60),
)
def test_each_text_has_the_score_it_has_alone(
    texts: list[str], n_items: int, n_tokens: int
) -> None:
    scorer = chain()
    found = list(score_texts(texts, scorer, bounds=Bounds(n_items, n_tokens)))
    assert len(found) == len(texts)
    for text, score in zip(texts, found, strict=True):
        alone = run(score_document(text, scorer, WindowCache(0))).logprob.astype(np.float64)
        assert score.log_likelihood == pytest.approx(alone.sum(), abs=1e-9)
        assert score.n_scored == len(alone)
        assert score.n_tokens == len(text)
        assert score.n_bytes == len(text)


@given(
    texts=st.lists(st.text(CHARACTERS, max_size=40), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=4),
)
def test_groups_may_be_given(texts: list[str], cuts: list[int]) -> None:
    scorer = chain()
    edges = [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    groups = [texts[a:b] for a, b in pairwise(edges)]

    def plan(text: str) -> Planned[Counts]:
        return plan_text(text, scorer)

    found = list(score_groups(groups, plan, scorer))
    assert [len(group) for group in found] == [len(group) for group in groups]
    alone = list(score_texts(texts, scorer))
    assert [total(*item) for group in found for item in group] == alone


def test_what_stands_twice_is_read_once() -> None:
    scorer = chain()
    list(score_texts(["abc"] * 100, scorer))
    assert scorer.n_windows_scored == 1


def test_an_item_may_have_no_window() -> None:
    def plan(item: int) -> Planned[int]:
        return Planned(item, ())

    assert list(score_planned([1, 2], plan, chain())) == [(1, []), (2, [])]


class Text(str):
    """A text whose life can be followed."""


def test_few_texts_are_alive_at_a_time() -> None:
    alive: weakref.WeakSet[Text] = weakref.WeakSet()
    bounds = Bounds(n_items=64)
    n_texts = 20_000
    most = 0

    def source() -> Iterator[str]:
        nonlocal most
        for k in range(n_texts):
            text = Text(f"{'abcdefgh'[k % 8]}{'abcdefgh'[k // 8 % 8]}")
            alive.add(text)
            most = max(most, len(alive))
            yield text

    scorer = uniform(sorted(CHARACTERS))

    def plan(text: str) -> Planned[str]:
        return Planned(text, plan_text(text, scorer).windows)

    n_found = sum(1 for _ in score_planned(source(), plan, scorer, bounds=bounds))
    assert n_found == n_texts
    # Those waiting, those being scored, and as many again until they are collected.
    assert most <= (N_GROUPS_AHEAD + 3) * bounds.n_items


def test_a_fault_of_the_source_comes_after_what_was_read() -> None:
    def source() -> Iterator[str]:
        yield "a"
        yield "b"
        raise ValueError("broken")

    scores = score_texts(source(), chain(), bounds=Bounds(n_items=1))
    assert [next(scores).n_tokens, next(scores).n_tokens] == [1, 1]
    with pytest.raises(ValueError, match="broken"):
        next(scores)


def test_a_stream_that_is_closed_reads_no_further() -> None:
    is_closed = threading.Event()

    def source() -> Iterator[str]:
        try:
            while True:
                yield "a"
        finally:
            is_closed.set()

    scorer = chain()
    stream = score_planned(
        source(), lambda text: plan_text(text, scorer), scorer, bounds=Bounds(n_items=2)
    )
    next(stream)
    stream.close()
    for thread in threading.enumerate():
        if thread.name == "ppl-reading-ahead":
            thread.join()
    gc.collect()
    assert is_closed.is_set()


def test_windows_of_many_texts_reach_the_model_together() -> None:
    calls: list[int] = []

    class Counting(BigramScorer):
        def score_windows(
            self, windows: Sequence[Window]
        ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
            calls.append(len(windows))
            return super().score_windows(windows)

    scorer = Counting(sorted(CHARACTERS), np.full((12, 12), 1 / 12))
    list(score_texts([f"{a}{b}" for a in "abcd" for b in "abcd"], scorer, bounds=Bounds(n_items=8)))
    assert calls == [8, 8]
