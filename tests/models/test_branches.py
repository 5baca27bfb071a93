"""Branches of a window, read beside each other, against each read by itself from its beginning."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.errors import NotEnoughMemoryError, NumericsError
from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.llama import blocks as blocks_module
from ppl_engine.models.llama.body import LlamaBody
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.branches import Branch, branches_as_windows
from ppl_engine.scoring.scores import Floats, Ints
from ppl_engine.scoring.windows import Window
from tests.models.test_kept import CONTEXT, Counting, assert_same, in_fp32, score_one, token
from tests.models.tiny import FAMILIES, VOCAB_SIZE, save_model

TOLERANCE_NATS = 1e-4
BF16_MEAN_NATS = 0.1
"""As far apart as bf16 scores are from those of transformers: it rounds the same sums otherwise."""

LONGEST = 12


@pytest.fixture(name="pair", scope="module", params=FAMILIES)
def _pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[CausalLM, CausalLM]:
    """One that goes on and one that reads every branch by itself."""
    directory = save_model(tmp_path_factory.mktemp("branches"), request.param)
    choice = ModelChoice(str(directory), "cpu", "exact")
    return in_fp32(load_scorer(choice)), load_scorer(choice)


@pytest.fixture(name="llama")
def _llama(tmp_path: Path) -> CausalLM:
    return in_fp32(load_scorer(ModelChoice(str(save_model(tmp_path, "llama")), "cpu", "exact")))


def one_by_one(scorer: CausalLM, ids: Ints, branches: Sequence[Branch]) -> list[Floats]:
    return branches_as_windows(scorer.score_windows, ids, branches)


def assert_close(found: Sequence[Floats], expected: Sequence[Floats]) -> None:
    assert [part.dtype for part in found] == [np.float32] * len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE_NATS)


@st.composite
def branched(draw: st.DrawFn) -> tuple[Ints, list[Branch]]:
    """A window, and branches anywhere in it: at both ends, repeated, one token long, without."""
    ids = draw(st.lists(token, min_size=1, max_size=CONTEXT - LONGEST))
    places = st.one_of(st.sampled_from([0, 1, len(ids)]), st.integers(0, len(ids)))
    tokens = st.lists(token, min_size=1, max_size=LONGEST).map(np.array)
    branches = draw(st.lists(st.builds(Branch, places, tokens), max_size=12))
    return np.array(ids), branches + draw(st.sampled_from([[], branches[:2]]))


@settings(max_examples=8, deadline=None)
@given(case=branched(), data=st.data())
def test_branches_are_worth_what_they_are_alone(
    pair: tuple[CausalLM, CausalLM],
    case: tuple[Ints, list[Branch]],
    data: st.DataObject,
) -> None:
    going_on, anew = pair
    ids, branches = case
    going_on._kept.clear()
    going_on._step_tokens = data.draw(st.sampled_from([1, 20, 1024]))
    n_known = data.draw(st.integers(0, len(ids)))
    if n_known > 0:
        other = data.draw(st.lists(token, max_size=10))
        score_one(going_on, Window(np.array([*ids[:n_known], *other]), 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            blocks_module, "_BLOCK_TOKENS", {"cpu": data.draw(st.sampled_from([1, 30, 128]))}
        )
        found = going_on.score_branches(ids, branches)
    assert_close(found, anew.score_branches(ids, branches))
    # Nor does it change what comes after: the same window or one that goes on from it.
    after = data.draw(st.sampled_from([ids, np.append(ids, 3)]))
    w = Window(after, data.draw(st.integers(0, len(after))))
    assert_same(score_one(going_on, w), score_one(anew, w))
    assert_close(going_on.score_branches(ids, branches), found)


def test_a_branch_is_worth_what_a_softmax_says(pair: tuple[CausalLM, CausalLM]) -> None:
    going_on, _ = pair
    ids = np.arange(3, 63)
    branch = Branch(50, np.array([7, 300, 11, 11]))
    with torch.inference_mode():
        body, head = going_on._parts.body, going_on._parts.head
        whole = torch.from_numpy(branch.window(ids).ids)
        hidden = body.hidden_states(whole[None], torch.arange(len(whole)))
        logprobs = torch.log_softmax(head.logits(hidden).double(), dim=-1)
    expected = logprobs[torch.arange(49, 53), whole[50:]].float().numpy()
    assert_close(going_on.score_branches(ids, [branch]), [expected])


@pytest.mark.parametrize("family", ["llama", "qwen2", "mistral"])
def test_bf16_rounds_otherwise_and_not_more(tmp_path: Path, family: str) -> None:
    scorer = load_scorer(ModelChoice(str(save_model(tmp_path, family)), "cpu", "bf16"))
    ids, branches = many_branches()
    found = np.concatenate(scorer.score_branches(ids, branches))
    alone = np.concatenate(one_by_one(scorer, ids, branches))
    assert np.abs(found - alone).mean() < BF16_MEAN_NATS


def test_the_embedded_model_reads_branches_in_bf16() -> None:
    scorer = load_scorer(ModelChoice())
    text = "If the file does not exist, the default values are used. Nothing is written to it."
    ids = np.append(scorer.bos_id or 0, scorer.encode(text).ids)
    branches = [Branch(n, scorer.encode(text[k:]).ids) for n, k in ((3, 30), (9, 7), (14, 40))]
    found = np.concatenate(scorer.score_branches(ids, branches * 9))
    alone = np.concatenate(one_by_one(scorer, ids, branches) * 9)
    np.testing.assert_allclose(found, alone, rtol=0, atol=0.5)
    assert np.abs(found - alone).mean() < BF16_MEAN_NATS


def many_branches() -> tuple[Ints, list[Branch]]:
    rng = np.random.default_rng(0)
    ids = rng.integers(0, VOCAB_SIZE, 80)
    lengths = rng.integers(1, 12, 40)
    return ids, [Branch(40 + k, rng.integers(0, VOCAB_SIZE, lengths[k])) for k in range(40)]


class CountingBranches(Counting):
    """Counts the tokens of branches too."""

    def branch_hidden_states(
        self, branches: Sequence[tuple[int, torch.Tensor]], past: Any
    ) -> torch.Tensor:
        self.n_read += sum(len(ids) for _, ids in branches)
        return self._body.branch_hidden_states(branches, past)


def test_a_kept_window_is_not_read_again(llama: CausalLM) -> None:
    body = CountingBranches(llama)
    ids, branches = many_branches()
    n_tokens = sum(len(branch.ids) for branch in branches)
    llama.score_branches(ids, branches)
    assert body.n_read == n_tokens + max(branch.n_shared for branch in branches) - 1
    body.n_read = 0
    llama.score_branches(ids, branches[:-1])
    assert body.n_read == n_tokens - len(branches[-1].ids)
    score_one(llama, Window(ids, 30))
    body.n_read = 0
    llama.score_branches(ids, branches)
    assert body.n_read == n_tokens
    score_one(llama, Window(np.append(ids, 7), 30))
    assert body.n_read == n_tokens + 1, "what was borrowed is still there to go on from"


def test_a_window_that_is_too_large_to_be_kept_is_read_once(llama: CausalLM) -> None:
    llama._kept._max_bytes = 0
    llama._step_tokens = 20
    body = CountingBranches(llama)
    ids, branches = many_branches()
    llama.score_branches(ids, branches)
    n_tokens = sum(len(branch.ids) for branch in branches)
    assert body.n_read == n_tokens + max(branch.n_shared for branch in branches) - 1
    assert len(llama._kept) == 0


def test_a_body_that_can_not_go_on_reads_each_branch_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ppl_engine.models.foreign.ForeignPast.crop", lambda *_: None)
    scorer = load_scorer(ModelChoice(str(save_model(tmp_path, "gpt2")), "cpu", "bf16"))
    assert not scorer._parts.body.goes_on
    ids, branches = many_branches()
    assert_close(scorer.score_branches(ids, branches), one_by_one(scorer, ids, branches))


def test_no_branches_are_no_work(pair: tuple[CausalLM, CausalLM]) -> None:
    for scorer in pair:
        assert scorer.score_branches(np.arange(20), []) == []
        (nothing,) = scorer.score_branches(np.arange(20), [Branch(0, np.array([5]))])
        assert np.isnan(nothing).tolist() == [True]


@pytest.mark.parametrize("branch", [Branch(-1, np.array([1])), Branch(21, np.array([1]))])
def test_a_branch_of_another_window_is_refused(
    pair: tuple[CausalLM, CausalLM], branch: Branch
) -> None:
    for scorer in pair:
        with pytest.raises(ValueError, match="branch"):
            scorer.score_branches(np.arange(20), [branch])


class Limited(CountingBranches):
    """A body for which branches of more than so many tokens at once are too many."""

    limit = 30

    def branch_hidden_states(
        self, branches: Sequence[tuple[int, torch.Tensor]], past: Any
    ) -> torch.Tensor:
        if sum(len(ids) for _, ids in branches) > self.limit:
            raise torch.OutOfMemoryError("out of memory")
        return super().branch_hidden_states(branches, past)


def test_lack_of_memory_makes_fewer_branches_at_once(llama: CausalLM) -> None:
    ids, branches = many_branches()
    expected = llama.score_branches(ids, branches)
    Limited(llama)
    assert_close(llama.score_branches(ids, branches), expected)


def test_a_cpu_without_memory_for_one_branch_is_an_error_that_says_so(llama: CausalLM) -> None:
    Limited(llama).limit = 0
    with pytest.raises(NotEnoughMemoryError, match="memory"):
        llama.score_branches(*many_branches())


def test_a_device_without_memory_for_one_branch_gives_way_to_the_cpu(llama: CausalLM) -> None:
    ids, branches = many_branches()
    expected = llama.score_branches(ids, branches)
    body = Limited(llama)
    body.limit = 0
    llama._info = replace(llama.model, device="cuda")

    def moved(device: torch.device) -> None:
        assert device.type == "cpu"
        body.limit = 1000

    body.to = moved  # type: ignore[attr-defined]
    assert_close(llama.score_branches(ids, branches), expected)
    assert llama.model.device == "cpu"


def test_numbers_that_are_none_are_an_error(llama: CausalLM) -> None:
    body = llama._parts.body
    assert isinstance(body, LlamaBody)
    body._norm = body._norm * torch.nan
    with pytest.raises(NumericsError):
        llama.score_branches(*many_branches())
    assert len(llama._kept) == 0


def test_some_next_tokens_are_worth_what_a_softmax_says(pair: tuple[CausalLM, CausalLM]) -> None:
    rng = np.random.default_rng(1)
    for scorer in pair:
        hidden = score_one(scorer, Window(rng.integers(0, VOCAB_SIZE, 70), 1)).hidden
        wanted = [rng.integers(0, VOCAB_SIZE, size) for size in rng.integers(0, 9, len(hidden))]
        logits = scorer._parts.head.logits(torch.from_numpy(hidden)).double()
        expected = torch.log_softmax(logits, dim=-1).float().numpy()
        assert_close(
            scorer.logprobs_at(hidden, wanted),
            [row[ids] for row, ids in zip(expected, wanted, strict=True)],
        )
        assert scorer.logprobs_at(hidden[:0], []) == []


def test_next_tokens_are_worth_the_same_as_in_a_window(pair: tuple[CausalLM, CausalLM]) -> None:
    ids = np.arange(5, 75)
    for scorer in pair:
        scores = score_one(scorer, Window(ids, 1))
        found = scorer.logprobs_at(scores.hidden, list(ids[1:, None]))
        np.testing.assert_allclose(np.concatenate(found), scores.logprob, rtol=0, atol=1e-4)
