"""The scorers that tests of other layers are given say of branches what they say of windows."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.branches import Branch, branches_as_windows
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer
from tests.engine.test_analyzing import tokenizer
from tests.fakes import BigramScorer, ContextScorer

WORDS = (" wild", " zebra", " ran", ".")


def bigram() -> BigramScorer:
    matrix = np.random.default_rng(0).random((5, 5))
    return BigramScorer(WORDS, matrix / matrix.sum(axis=1, keepdims=True))


FAKES: dict[str, Callable[[], Scorer]] = {
    "bigram": bigram,
    "context": lambda: ContextScorer(tokenizer()),
    "costs": FakeScorer,
}
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map("".join)


@pytest.mark.parametrize("name", FAKES)
@given(text=texts, others=st.lists(st.tuples(st.floats(0, 1), texts)))
def test_a_fake_agrees_with_itself(name: str, text: str, others: list[tuple[float, str]]) -> None:
    scorer = FAKES[name]()
    own = scorer.encode(text).ids
    ids = own if scorer.bos_id is None else np.append(scorer.bos_id, own)
    branches = [
        Branch(max(1, int(share * len(ids))), scorer.encode(other).ids) for share, other in others
    ]
    (found,) = scorer.score_branches([ids], [branches])
    (expected,) = branches_as_windows(scorer.score_windows, [ids], [branches])
    assert [part.tolist() for part in found] == [part.tolist() for part in expected]
    ((_, scores),) = next(iter(scorer.score_windows([Window(ids, 1)])))
    places = scorer.logprobs_at(scores.hidden, list(ids[1:, None]))
    assert np.array([place.item() for place in places], np.float32).tolist() == (
        scores.logprob.tolist()
    )


def test_what_is_shared_is_of_the_window() -> None:
    window = Branch(2, np.array([7, 8])).window(np.array([0, 1, 2, 3]))
    assert (window.ids.tolist(), window.n_context) == ([0, 1, 7, 8], 2)


@pytest.mark.parametrize(("n_shared", "ids"), [(-1, [1]), (5, [1]), (2, [])])
def test_what_is_no_branch_is_refused(n_shared: int, ids: list[int]) -> None:
    with pytest.raises(ValueError, match="branch"):
        Branch(n_shared, np.array(ids, dtype=np.int64)).window(np.arange(4))
