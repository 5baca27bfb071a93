"""Models side by side, against a plain loop over all logits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from ppl_engine.evaluation.comparing.comparison import ComparedText, Comparing, Comparison
from ppl_engine.evaluation.comparing.side_by_side import side_by_side
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.scoring.scorer import Scorer
from tests.fakes import uniform
from tests.models.tiny import SAMPLE, change_config, save_model, sentencepiece_json

TEXTS = [SAMPLE * 3, "A short one.", "", "And another, of 漢字 and 😀."]


@dataclass(frozen=True)
class Pair:
    """Two models of one tokenizer, and one of another."""

    directories: tuple[Path, Path]
    scorers: tuple[CausalLM, CausalLM]
    other: CausalLM


@pytest.fixture(name="pair", scope="module")
def _pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    root = tmp_path_factory.mktemp("models")
    base = save_model(root / "base", "llama", seed=1)
    changed = save_model(root / "changed", "gpt2", seed=2)
    other = save_model(root / "other", "qwen2", tokenizer=sentencepiece_json(), seed=3)
    change_config(other, max_position_embeddings=64)
    loaded = [
        load_scorer(ModelChoice(str(path), "cpu", "exact")) for path in (base, changed, other)
    ]
    return Pair((base, changed), (loaded[0], loaded[1]), loaded[2])


def compared(*scorers: Scorer) -> tuple[list[ComparedText], Comparison]:
    comparing = Comparing(scorers)
    texts = [EvaluatedText(str(k), text) for k, text in enumerate(TEXTS)]
    found = list(comparing.texts(side_by_side(texts, scorers)))
    return found, comparing.result()


@torch.inference_mode()
def naive(pair: Pair) -> dict[str, list[float]]:
    """Whole distributions of both models at every token, in float64."""
    models: list[Any] = [
        AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32) for path in pair.directories
    ]
    found: dict[str, list[float]] = {"kl": [], "delta": [], "same": []}
    for text in TEXTS:
        tokens = run(score_document(text, pair.scorers[0], WindowCache(0)))
        edges = [*tokens.segment_starts.tolist(), len(tokens)]
        for k in range(len(edges) - 1):
            context = tokens.ids[edges[max(0, k - 1)] : edges[k]].tolist()
            targets = tokens.ids[edges[k] : edges[k + 1]].tolist()
            ids = torch.tensor([[0, *context, *targets]])
            p, q = (torch.log_softmax(m(ids).logits[0].double(), dim=-1) for m in models)
            for j, target in enumerate(targets):
                row_p, row_q = p[len(context) + j], q[len(context) + j]
                found["kl"].append((row_p.exp() * (row_p - row_q)).sum().item())
                found["delta"].append((row_q[target].exp() - row_p[target].exp()).item())
                found["same"].append(float(row_p.argmax() == row_q.argmax()))
    return found


def test_divergence_is_that_of_whole_distributions(pair: Pair) -> None:
    _, result = compared(*pair.scorers)
    found, expected = result.versus[0].divergence, naive(pair)
    assert found is not None
    assert found.n_tokens == len(expected["kl"]) == result.models[0].n_tokens
    assert found.mean_kl_nats == pytest.approx(np.mean(expected["kl"]), abs=1e-5)
    assert found.max_kl_nats == pytest.approx(np.max(expected["kl"]), abs=1e-4)
    assert found.rms_delta_p == pytest.approx(
        np.sqrt(np.mean(np.square(expected["delta"]))), abs=1e-6
    )
    assert found.mean_delta_p == pytest.approx(np.mean(expected["delta"]), abs=1e-6)
    assert found.same_top_share == pytest.approx(
        np.mean(expected["same"]), abs=1.5 / found.n_tokens
    )
    for name, percentiles in (("kl", found.kl_percentiles), ("delta", found.delta_p_percentiles)):
        for share, value in percentiles.items():
            assert value == pytest.approx(np.percentile(expected[name], share), abs=1e-5)


def test_bits_per_byte_are_those_of_each_model_alone(pair: Pair) -> None:
    texts, result = compared(*pair.scorers)
    for k, scorer in enumerate(pair.scorers):
        nats = [
            -float(np.sum(run(score_document(text, scorer, WindowCache(0))).logprob, dtype=float))
            for text in TEXTS
        ]
        n_bytes = [len(text.encode()) for text in TEXTS]
        for one, sum_of_text, size in zip(texts, nats, n_bytes, strict=True):
            expected = sum_of_text / np.log(2) / size if size else None
            assert one.bits_per_byte[k] == pytest.approx(expected, abs=1e-4)
        assert result.models[k].bits_per_byte == pytest.approx(
            sum(nats) / np.log(2) / sum(n_bytes), abs=1e-4
        )
    difference = result.versus[0].difference
    assert difference is not None
    assert difference.interval is not None
    assert difference.interval.low < difference.bits_per_byte < difference.interval.high


def test_a_model_does_not_differ_from_itself(pair: Pair) -> None:
    _, result = compared(pair.scorers[0], pair.scorers[0])
    versus = result.versus[0]
    assert versus.difference is not None
    assert versus.difference.bits_per_byte == 0.0
    assert versus.divergence is not None
    assert versus.divergence.max_kl_nats < 1e-6
    assert versus.divergence.same_top_share == 1.0


def test_words_that_differ_most_come_first(pair: Pair) -> None:
    _, result = compared(*pair.scorers)
    words = result.versus[0].words
    sizes = [abs(word.difference_bits) for word in words]
    assert sizes == sorted(sizes, reverse=True)
    for word in words:
        text = TEXTS[int(word.name)]
        assert text[word.start : word.end] == word.text


def test_different_tokenizers_compare_by_bytes_and_say_what_does_not(pair: Pair) -> None:
    texts, result = compared(pair.scorers[0], pair.other, pair.scorers[1])
    assert result.versus[0].divergence is None
    reason = "their tokenizers cut these texts into different tokens"
    assert result.versus[0].why_no_divergence == reason
    assert result.versus[0].difference is not None
    assert result.versus[0].words
    # That one of three has other tokens takes nothing from the two that agree.
    assert result.versus[1].divergence is not None
    assert texts[0].divergences[0] is None
    assert texts[0].divergences[1] is not None


def test_scorers_without_distributions_or_of_other_sizes_say_so(pair: Pair) -> None:
    plain = uniform(["a", "b", " "])
    _, result = compared(plain, plain)
    assert result.versus[0].why_no_divergence == (
        "one of the models has no probabilities of all tokens"
    )
    assert result.models[0].bits_per_byte is not None
    del pair
