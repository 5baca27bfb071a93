"""Every number against the plain forward pass of transformers, token by token."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.foreign import ForeignBody
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import hidden_states, score_document
from ppl_engine.scoring.scores import TokenScores
from tests.models.tiny import FAMILIES, SAMPLE, save_model
from tests.stepping import finished

TOLERANCE_NATS = 1e-4
TEXT = SAMPLE * 4


@pytest.fixture(name="directories", scope="module")
def _directories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {family: save_model(root / family, family) for family in FAMILIES}


def scored(scorer: CausalLM, text: str = TEXT) -> TokenScores:
    return finished(score_document(text, scorer, WindowCache(2**24)))


@torch.inference_mode()
def naive(directory: Path, scorer: CausalLM, tokens: TokenScores) -> dict[str, list[float]]:
    """One forward pass of the whole model for each segment, all logits at once, by the book."""
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    is_boundary = scorer._parts.head.is_boundary.bool()
    edges = [*tokens.segment_starts.tolist(), len(tokens)]
    found: dict[str, list[float]] = {name: [] for name in ("logprob", "entropy", "rank", "top")}
    found |= {"before": [], "after": []}
    for k in range(len(edges) - 1):
        context = tokens.ids[edges[max(0, k - 1)] : edges[k]].tolist()
        targets = tokens.ids[edges[k] : edges[k + 1]].tolist()
        logits = model(torch.tensor([[0, *context, *targets]])).logits[0].double()
        logprobs = torch.log_softmax(logits, dim=-1)
        boundary = -torch.logsumexp(logprobs[:, is_boundary], dim=-1)
        for j, target in enumerate(targets):
            row = logprobs[len(context) + j]
            found["logprob"].append(row[target].item())
            found["entropy"].append(-(row.exp() * row).sum().item())
            found["rank"].append(1 + (row > row[target]).sum().item())
            found["top"].append(row.max().item())
            found["before"].append(boundary[len(context) + j].item())
            found["after"].append(boundary[len(context) + j + 1].item())
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_equal_the_plain_forward_pass(family: str, directories: dict[str, Path]) -> None:
    scorer = load_scorer(ModelChoice(str(directories[family]), "cpu", "exact"))
    tokens = scored(scorer)
    expected = naive(directories[family], scorer, tokens)
    assert len(tokens.segment_starts) > 3
    for name, values in (
        ("logprob", tokens.logprob),
        ("entropy", tokens.entropy),
        ("top", tokens.top_logprob),
        ("before", tokens.boundary_before),
        ("after", tokens.boundary_after),
    ):
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=TOLERANCE_NATS)
    # Two tokens may be so close that fp32 and fp64 disagree on their order.
    assert (np.abs(tokens.rank - expected["rank"]) <= 1).mean() == 1.0
    assert (tokens.rank == expected["rank"]).mean() > 0.95


@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_batches_and_padding_change_nothing(family: str, directories: dict[str, Path]) -> None:
    exact = scored(load_scorer(ModelChoice(str(directories[family]), "cpu", "exact")))
    scorer = load_scorer(ModelChoice(str(directories[family]), "cpu", "exact"))
    scorer._info = replace(scorer.model, precision="fp32")
    batched = scored(scorer)
    np.testing.assert_allclose(exact.logprob, batched.logprob, rtol=0, atol=TOLERANCE_NATS)
    np.testing.assert_allclose(exact.entropy, batched.entropy, rtol=0, atol=TOLERANCE_NATS)


def test_scoring_twice_gives_the_same_bits_in_exact_precision(
    directories: dict[str, Path],
) -> None:
    scorer = load_scorer(ModelChoice(str(directories["llama"]), "cpu", "exact"))
    np.testing.assert_array_equal(scored(scorer).logprob, scored(scorer).logprob)


def test_hidden_states_predict_what_the_scores_say(directories: dict[str, Path]) -> None:
    scorer = load_scorer(ModelChoice(str(directories["qwen2"]), "cpu", "exact"))
    tokens = scored(scorer)
    idx = np.array([1, 40, len(tokens) - 1])
    kept, forgotten = WindowCache(2**24), WindowCache(0)
    for cache in (kept, forgotten):
        best = scorer.predict(finished(hidden_states(tokens, idx, scorer, cache)), 1)
        found = [row[0].logprob for row in best]
        np.testing.assert_allclose(found, tokens.top_logprob[idx], rtol=0, atol=TOLERANCE_NATS)


def test_a_model_without_weights_is_uniform(tmp_path: Path) -> None:
    directory = save_model(tmp_path, "llama")
    model = AutoModelForCausalLM.from_pretrained(directory)
    with torch.no_grad():
        model.lm_head.weight.zero_()
    model.config.tie_word_embeddings = False
    model.save_pretrained(directory)
    tokens = scored(load_scorer(ModelChoice(str(directory), "cpu", "exact")))
    perplexity = np.exp(-tokens.logprob.astype(np.float64).mean())
    assert perplexity == pytest.approx(model.config.vocab_size, rel=1e-5)
    assert tokens.rank.max() == 1


@pytest.mark.parametrize(
    ("precision", "mean_nats", "worst_nats"),
    [("bf16", 0.03, 0.5), ("fp16", 0.02, 0.5), ("int8", 0.15, 2.0)],
)
def test_lower_precisions_stay_close(precision: str, mean_nats: float, worst_nats: float) -> None:
    exact = scored(load_scorer(ModelChoice(precision="exact")), SAMPLE)
    lower = scored(load_scorer(ModelChoice(precision=precision)), SAMPLE)
    deviation = np.abs(exact.logprob - lower.logprob)
    assert 0 < deviation.mean() < mean_nats
    assert deviation.max() < worst_nats


def test_linear_layers_of_gpt2_become_int8_too(directories: dict[str, Path]) -> None:
    scorer = load_scorer(ModelChoice(str(directories["gpt2"]), "cpu", "int8"))
    body = scorer._parts.body
    assert isinstance(body, ForeignBody)
    kinds = {type(layer).__name__ for layer in body.model.base_model.modules()}
    assert "Int8Linear" in kinds
    assert "Conv1D" not in kinds
    exact = scored(load_scorer(ModelChoice(str(directories["gpt2"]), "cpu", "exact")))
    assert 0 < np.abs(exact.logprob - scored(scorer).logprob).mean() < 0.2


def test_a_model_without_bos_leaves_the_first_token_unscored(tmp_path: Path) -> None:
    directory = save_model(tmp_path, "llama")
    config = (directory / "config.json").read_text()
    config = config.replace('"bos_token_id": 0', '"bos_token_id": null')
    config = config.replace('"eos_token_id": 0', '"eos_token_id": null')
    (directory / "config.json").write_text(config)
    (directory / "generation_config.json").unlink()
    scorer = load_scorer(ModelChoice(str(directory), "cpu", "exact"))
    tokens = scored(scorer)
    assert scorer.model.bos_policy == "none"
    assert np.isnan(tokens.logprob[0])
    assert tokens.rank[0] == 0
    assert not np.isnan(tokens.logprob[1:]).any()
