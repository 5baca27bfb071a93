import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.engine import Engine
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import Progress, hidden_states, score_document
from ppl_engine.scoring.scores import WindowScores
from tests.fakes import BigramScorer, uniform
from tests.stepping import finished
from tests.texts import NASTY

VOCABULARY = tuple("abcdefgh .\n")


def chain(context: int = 64) -> BigramScorer:
    rng = np.random.default_rng(5)
    rows = rng.random((len(VOCABULARY) + 1, len(VOCABULARY) + 1))
    return BigramScorer(VOCABULARY, rows / rows.sum(axis=1, keepdims=True), context=context)


texts = st.text(st.sampled_from(VOCABULARY), max_size=300)


@given(texts)
def test_every_token_gets_its_own_score(text: str) -> None:
    """In a bigram model context does not matter, so windows must not show in the result."""
    scorer = chain()
    tokens = finished(score_document(text, scorer, WindowCache(2**20)))
    previous = [0, *tokens.ids.tolist()][: len(tokens)]
    expected = np.log(scorer.probabilities[previous, tokens.ids])
    np.testing.assert_allclose(tokens.logprob, expected, rtol=1e-5)
    assert (tokens.context_length >= 0).all()


@given(texts, texts, st.integers(0, 300))
def test_scores_after_an_edit_equal_those_from_scratch(text: str, inserted: str, at: int) -> None:
    scorer, cache = chain(), WindowCache(2**20)
    finished(score_document(text, scorer, cache))
    edited = text[:at] + inserted + text[at:]
    warm = finished(score_document(edited, scorer, cache))
    cold = finished(score_document(edited, chain(), WindowCache(0)))
    np.testing.assert_array_equal(warm.ids, cold.ids)
    np.testing.assert_array_equal(warm.logprob, cold.logprob)
    np.testing.assert_array_equal(warm.segment_starts, cold.segment_starts)


def test_a_text_scored_before_needs_no_model() -> None:
    scorer, cache = chain(), WindowCache(2**20)
    text = "abc def. gh\n" * 40
    finished(score_document(text, scorer, cache))
    n_before = scorer.n_windows_scored
    finished(score_document(text, scorer, cache))
    assert n_before == scorer.n_windows_scored


def test_an_edit_scores_a_few_windows_however_long_the_text() -> None:
    rng = np.random.default_rng(0)
    for n in (2_000, 20_000):
        scorer, cache = chain(context=64), WindowCache(2**26)
        text = "".join(rng.choice(list(VOCABULARY), n))
        finished(score_document(text, scorer, cache))
        n_before = scorer.n_windows_scored
        edited = text[: n // 2] + "c" + text[n // 2 + 1 :]
        finished(score_document(edited, scorer, cache))
        assert scorer.n_windows_scored - n_before <= 6


def test_progress_ends_with_all_tokens_done() -> None:
    steps = list(score_document("abc def. gh\n" * 40, chain(), WindowCache(0)))
    assert steps[0] == Progress(0, 480)
    assert steps[-1] == Progress(480, 480)
    assert [s.n_done for s in steps] == sorted(s.n_done for s in steps)


def test_what_was_computed_before_a_cancel_is_kept() -> None:
    scorer, cache = chain(), WindowCache(2**20)
    text = "".join(np.random.default_rng(0).choice(list(VOCABULARY), 600))
    steps = score_document(text, scorer, cache)
    next(steps)
    next(steps)
    steps.close()
    n_before_cancel = scorer.n_windows_scored
    tokens = finished(score_document(text, scorer, cache))
    assert 0 < n_before_cancel < len(tokens.segment_starts) == scorer.n_windows_scored


def test_a_passage_that_repeats_is_scored_once() -> None:
    scorer = chain()
    tokens = finished(score_document("abc def. gh\n" * 40, scorer, WindowCache(0)))
    assert scorer.n_windows_scored < 5 < len(tokens.segment_starts)


def test_lines_are_scored_as_texts_of_their_own() -> None:
    engine = Engine(chain())
    lines = ["abc", "", "def. gh " * 40, "h"]
    found = list(engine.score_lines(lines))
    alone = [finished(Engine(chain()).score(line)) for line in lines]
    np.testing.assert_allclose(
        [score.log_likelihood for score in found],
        [tokens.logprob.sum() for tokens in alone],
        rtol=1e-5,
    )
    assert [score.n_tokens for score in found] == [3, 0, 320, 1]


def test_memory_for_hidden_states_is_bounded_by_the_cache() -> None:
    scorer, cache = chain(), WindowCache(20_000)
    text = "".join(np.random.default_rng(0).choice(list(VOCABULARY), 3_000))
    tokens = finished(score_document(text, scorer, cache))
    assert cache.n_bytes <= 20_000
    rows = finished(hidden_states(tokens, np.arange(0, 3_000, 100), scorer, cache))
    assert tokens.ids[99:2999:100].tolist() == rows[1:].argmax(axis=1).tolist()


def test_lines_are_read_as_they_are_needed() -> None:
    n_read = 0

    def endless() -> object:
        nonlocal n_read
        while True:
            n_read += 1
            yield "ab"

    scores = Engine(chain()).score_lines(endless())  # type: ignore[arg-type]
    next(scores)
    assert n_read < 1000


@pytest.mark.parametrize("text", NASTY)
def test_no_text_makes_an_analysis_fail(text: str) -> None:
    scorer = uniform(sorted(set("".join(NASTY))))
    engine = Engine(scorer)
    analysis = finished(engine.analyze(text, language="markdown", thresholds=Thresholds()))
    assert len(analysis.tokens) == len(text)
    for offset in range(-1, len(text) + 2):
        engine.explain(analysis, offset)


def scores_of(n_floats: int) -> WindowScores:
    none = np.zeros(0, dtype=np.float32)
    hidden = np.zeros((1, n_floats), dtype=np.float32)
    return WindowScores(none, none, none.astype(np.int64), none, none, none, hidden)


def test_the_cache_drops_what_was_used_longest_ago() -> None:
    cache = WindowCache(max_bytes=100)
    cache.put(b"a", scores_of(10))
    cache.put(b"b", scores_of(10))
    cache.get(b"a")
    cache.put(b"c", scores_of(10))
    assert [cache.get(key) is not None for key in (b"a", b"b", b"c")] == [True, False, True]
    assert cache.n_bytes <= 100


def test_replacing_an_entry_does_not_count_it_twice() -> None:
    cache = WindowCache(max_bytes=1000)
    for _ in range(3):
        cache.put(b"a", scores_of(10))
    assert cache.n_bytes == 40
