"""Going on from windows kept: the same scores as from scratch, for less."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.kept import KeptWindow, KeptWindows, n_shared
from ppl_engine.models.loading import load_scorer
from ppl_engine.models.rows import RowTable
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.models.tiny import FAMILIES, VOCAB_SIZE, save_model

TOLERANCE_NATS = 1e-4
CONTEXT = 96


class Counting:
    """A body that counts the tokens it reads."""

    def __init__(self, scorer: CausalLM) -> None:
        self._body = scorer._parts.body
        self.n_read = 0
        scorer._reader.parts = replace(scorer._parts, body=self)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)

    def more_hidden_states(self, ids: torch.Tensor, past: Any, n_wanted: int) -> torch.Tensor:
        self.n_read += len(ids)
        return self._body.more_hidden_states(ids, past, n_wanted)

    def begun_hidden_states(self, texts: Sequence[tuple[torch.Tensor, int]]) -> Any:
        self.n_read += sum(len(ids) for ids, _ in texts)
        return self._body.begun_hidden_states(texts)

    def hidden_states(self, ids: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        self.n_read += ids.numel()
        return self._body.hidden_states(ids, wanted)


def in_fp32(scorer: CausalLM) -> CausalLM:
    """`exact` goes on from nothing; fp32 is the same arithmetic and does."""
    scorer._info = replace(scorer.model, precision="fp32")
    return scorer


@pytest.fixture(name="pair", scope="module", params=FAMILIES)
def _pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[CausalLM, CausalLM]:
    """One that goes on and one that begins anew: grouped heads, learned positions, sliding."""
    directory: Path = save_model(tmp_path_factory.mktemp("kept"), request.param)
    choice = ModelChoice(str(directory), "cpu", "exact")
    return in_fp32(load_scorer(choice)), load_scorer(choice)


def score_one(scorer: CausalLM, w: Window) -> WindowScores:
    ((_, scores),) = next(iter(scorer.score_windows([w])))
    return scores


def assert_same(found: WindowScores, expected: WindowScores) -> None:
    for name in ("logprob", "entropy", "top_logprob", "boundary_before", "boundary_after"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=0, atol=TOLERANCE_NATS
        )
    np.testing.assert_allclose(found.hidden, expected.hidden, rtol=0, atol=1e-3)
    assert np.abs(found.rank - expected.rank).max(initial=0) <= 1


token = st.integers(0, VOCAB_SIZE - 1)


@st.composite
def edits(draw: st.DrawFn) -> Callable[[list[int]], list[int]]:
    """Insertions, deletions and replacements anywhere, small and large."""
    place, length = draw(st.floats(0, 1)), draw(st.integers(0, 30))
    new = draw(st.lists(token, max_size=30))

    def edit(ids: list[int]) -> list[int]:
        start = int(place * len(ids))
        changed = ids[:start] + new + ids[start + length :]
        return (changed or [1])[: CONTEXT - 1]

    return edit


@settings(max_examples=15, deadline=None)
@given(
    begin=st.lists(token, min_size=1, max_size=CONTEXT - 1),
    all_edits=st.lists(st.tuples(edits(), st.floats(0, 1), st.booleans()), max_size=4),
)
def test_after_any_edits_scores_are_those_from_scratch(
    pair: tuple[CausalLM, CausalLM],
    begin: list[int],
    all_edits: Sequence[tuple[Callable[[list[int]], list[int]], float, bool]],
) -> None:
    going_on, anew = pair
    going_on._kept.clear()
    versions = [begin]
    for edit, share, undo in [(lambda ids: ids, 0.5, False), *all_edits]:
        ids = versions[-2] if undo and len(versions) > 1 else edit(versions[-1])
        versions.append(ids)
        n_context = 1 + int(share * (len(ids) - 1))
        for n in (0, n_context):
            w = Window(np.array([0, *ids]), n)
            assert_same(score_one(going_on, w), score_one(anew, w))


def test_only_what_follows_an_edit_is_read(tmp_path: Path) -> None:
    scorer = in_fp32(load_scorer(ModelChoice(str(save_model(tmp_path, "llama")), "cpu", "exact")))
    body = Counting(scorer)
    ids = np.arange(90) % VOCAB_SIZE
    score_one(scorer, Window(ids, 30))
    assert body.n_read == 90
    for place in (20, 29, 30, 31, 60, 88):
        body.n_read = 0
        ids = ids.copy()
        ids[place] += 1
        score_one(scorer, Window(ids, 30))
        assert body.n_read == 90 - place
    body.n_read = 0
    score_one(scorer, Window(ids[:70], 30))
    assert body.n_read == 0


def test_the_very_same_window_is_read_again(tmp_path: Path) -> None:
    """Its scores are in the cache of windows; without one, repeated timings must not lie."""
    scorer = in_fp32(load_scorer(ModelChoice(str(save_model(tmp_path, "llama")), "cpu", "exact")))
    body = Counting(scorer)
    w = Window(np.arange(90) % VOCAB_SIZE, 30)
    for _ in range(2):
        score_one(scorer, w)
    assert body.n_read == 180


def test_a_sliding_window_goes_on_too(tmp_path: Path) -> None:
    scorer = in_fp32(load_scorer(ModelChoice(str(save_model(tmp_path, "mistral")), "cpu", "exact")))
    body = Counting(scorer)
    ids = np.arange(90) % VOCAB_SIZE
    score_one(scorer, Window(ids, 30))
    body.n_read = 0
    score_one(scorer, Window(np.append(ids[:80], 7), 30))
    assert body.n_read == 1


def test_exact_reads_everything_again(tmp_path: Path) -> None:
    scorer = load_scorer(ModelChoice(str(save_model(tmp_path, "llama")), "cpu", "exact"))
    body = Counting(scorer)
    w = Window(np.arange(90) % VOCAB_SIZE, 30)
    np.testing.assert_array_equal(score_one(scorer, w).logprob, score_one(scorer, w).logprob)
    assert body.n_read == 180
    assert len(scorer._kept) == 0


def test_many_windows_are_read_side_by_side_and_not_kept(tmp_path: Path) -> None:
    scorer = in_fp32(load_scorer(ModelChoice(str(save_model(tmp_path, "llama")), "cpu", "exact")))
    windows = [Window(np.arange(k, k + 40 + k) % VOCAB_SIZE, 10 + k) for k in range(20)]
    found = dict(pair for batch in scorer.score_windows(windows) for pair in batch)
    assert len(scorer._kept) == 0
    for idx, w in enumerate(windows):
        assert_same(found[idx], score_one(scorer, w))


def test_a_model_that_can_not_go_back_reads_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one with a recurrent state; here one whose cache forgets to forget."""
    monkeypatch.setattr("ppl_engine.models.foreign.ForeignPast.crop", lambda *_: None)
    scorer = load_scorer(ModelChoice(str(save_model(tmp_path, "gpt2")), "cpu", "bf16"))
    assert not scorer._parts.body.goes_on
    w = Window(np.arange(60) % VOCAB_SIZE, 1)
    score_one(scorer, w)
    assert len(scorer._kept) == 0


class FakePast:
    n_tokens = 0

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes

    def crop(self, n_tokens: int) -> None: ...


def kept(ids: list[int], n_bytes: int = 100) -> KeptWindow:
    nothing = np.zeros(0, np.float32)
    table = RowTable(nothing, nothing, np.zeros(0, np.int64), nothing, nothing, nothing[:, None])
    return KeptWindow(np.array(ids), FakePast(n_bytes), 0, table)


def test_the_oldest_are_dropped_when_the_bound_is_reached() -> None:
    windows = KeptWindows(250)
    for first in (1, 2, 3):
        windows.put(kept([first] * 50))
    assert windows.n_bytes == 200
    assert windows.take(np.array([1] * 51)) is None
    assert windows.take(np.array([2] * 50)) is None
    found = windows.take(np.array([2] * 40 + [9] * 10))
    assert found is not None
    assert found[1] == 40
    assert len(windows) == 1
    windows.put(kept([4] * 50, n_bytes=1000))
    assert len(windows) == 0


def test_little_in_common_is_not_worth_it() -> None:
    windows = KeptWindows(1000)
    windows.put(kept([1] * 50))
    assert windows.take(np.array([1] * 15 + [2] * 50)) is None
    assert windows.take(np.array([1] * 49 + [2] * 600)) is None
    assert windows.take(np.array([1] * 16)) is not None
    assert len(windows) == 0


@given(a=st.lists(st.integers(0, 2)), b=st.lists(st.integers(0, 2)))
def test_shared_is_the_longest_common_beginning(a: list[int], b: list[int]) -> None:
    n = n_shared(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64))
    assert a[:n] == b[:n]
    assert n == min(len(a), len(b)) or a[n] != b[n]
