"""Our own body against transformers, and the models it must leave to transformers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM

from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.llama.body import LlamaBody
from ppl_engine.models.llama.config import llama_shape
from ppl_engine.models.loading import load_scorer
from ppl_engine.models.products.linear import PackedLinear, PlainLinear, can_pack
from tests.models.tiny import FAMILIES, VOCAB_SIZE, byte_level_json, change_config, save_model

TOLERANCE_NATS = 1e-4


def save_random(directory: Path, family: str, sizes: dict[str, Any], seed: int) -> Path:
    """A random model of these sizes whose norms and biases are not what they begin as."""
    config_class, defaults = FAMILIES[family]
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config_class(**{**defaults, **sizes}))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.dim() == 2 else 1.0))
    model.save_pretrained(directory)
    (directory / "tokenizer.json").write_text(byte_level_json(), encoding="utf-8")
    return directory


@st.composite
def models(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    family = draw(st.sampled_from(["llama", "mistral", "qwen2"]))
    n_kv_heads = draw(st.sampled_from([1, 2, 3]))
    n_heads = n_kv_heads * draw(st.sampled_from([1, 2]))
    head_dim = draw(st.sampled_from([2, 6, 8]))
    sizes: dict[str, Any] = {
        "num_hidden_layers": draw(st.integers(1, 3)),
        "num_attention_heads": n_heads,
        "num_key_value_heads": n_kv_heads,
        "hidden_size": n_heads * head_dim,
        "intermediate_size": draw(st.sampled_from([5, 24])),
        "rms_norm_eps": draw(st.sampled_from([1e-6, 1e-2])),
        "rope_parameters": {
            "rope_theta": draw(st.sampled_from([100.0, 10000.0, 500000.0])),
            "rope_type": "default",
        },
        "tie_word_embeddings": draw(st.booleans()),
        "sliding_window": None,
    }
    if family != "qwen2":
        sizes["head_dim"] = draw(st.sampled_from([head_dim, 2 * head_dim]))
    return family, sizes


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(model=models(), seed=st.integers(0, 99), length=st.integers(1, 70))
def test_logits_equal_those_of_transformers(
    model: tuple[str, dict[str, Any]],
    seed: int,
    length: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = save_random(tmp_path_factory.mktemp("model"), *model, seed)
    scorer = load_scorer(ModelChoice(str(directory), "cpu", "exact"))
    assert isinstance(scorer._parts.body, LlamaBody)
    ids = torch.randint(0, VOCAB_SIZE, (2, length), generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        theirs = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)(ids).logits
        wanted = torch.arange(2 * length)
        ours = scorer._parts.head.logits(scorer._parts.body.hidden_states(ids, wanted))
        some = scorer._parts.head.logits(scorer._parts.body.hidden_states(ids, wanted[::3]))
    close(ours, theirs.flatten(0, 1))
    close(some, theirs.flatten(0, 1)[::3])


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(
        torch.log_softmax(ours, -1), torch.log_softmax(theirs, -1), rtol=0, atol=TOLERANCE_NATS
    )


@settings(max_examples=25, deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_reading_in_pieces_is_reading_at_once(
    own: CausalLM, data: st.DataObject, seed: int
) -> None:
    body = own._parts.body
    ids = torch.randint(0, VOCAB_SIZE, (80,), generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        whole = body.hidden_states(ids[None], torch.arange(80))
        past = body.new_past(data.draw(st.integers(0, 80)))
        for _ in range(data.draw(st.integers(1, 5))):  # read on, forget some, read on
            past.crop(data.draw(st.integers(0, past.n_tokens)))
            start = past.n_tokens
            end = data.draw(st.integers(min(80, start + 1), 80))
            if end == start:
                continue
            n_wanted = data.draw(st.integers(1, end - start))
            found = body.more_hidden_states(ids[start:end], past, n_wanted)
            assert past.n_tokens == end
            torch.testing.assert_close(found, whole[end - n_wanted : end], rtol=0, atol=1e-4)


@pytest.fixture(name="own", scope="module", params=["llama", "qwen2"])
def _own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CausalLM:
    directory = save_model(tmp_path_factory.mktemp("own"), request.param)
    return load_scorer(ModelChoice(str(directory), "cpu", "exact"))


def saved_config(tmp_path: Path, family: str) -> dict[str, Any]:
    return json.loads((save_model(tmp_path, family) / "config.json").read_text())


@pytest.mark.parametrize(
    "values",
    [
        {"model_type": "gemma2"},
        {"hidden_act": "gelu"},
        {"attention_bias": True},
        {"mlp_bias": True},
        {"sliding_window": 16},
        {"use_sliding_window": True},
        {"layer_types": ["full_attention", "sliding_attention"]},
        {"rope_scaling": {"type": "linear", "factor": 2.0}},
        {"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0}},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "factor": 8.0}},
        {"rope_parameters": {"rope_theta": 1e4, "partial_rotary_factor": 0.5}},
        {"rope_parameters": {}},
        {"rope_theta": 5e5},
        {"partial_rotary_factor": 0.5},
        {"quantization_config": {"bits": 4}},
        {"logit_scale": 2.0},
        {"something_new": None},
        {"num_key_value_heads": 3},
        {"num_key_value_heads": None},
        {"head_dim": 7},
        {"hidden_size": "32"},
        {"rms_norm_eps": None},
        {"tie_word_embeddings": "yes"},
    ],
)
def test_what_is_not_understood_goes_to_transformers(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    config = saved_config(tmp_path, "llama")
    assert llama_shape(config) is not None
    assert llama_shape({**config, **values}) is None


def test_a_mistral_slides_unless_it_says_not(tmp_path: Path) -> None:
    config = saved_config(tmp_path, "mistral")
    assert llama_shape(config) is None
    assert llama_shape({**config, "sliding_window": None}) is not None
    del config["sliding_window"]
    assert llama_shape(config) is None


@pytest.mark.parametrize("key", ["num_key_value_heads", "rms_norm_eps", "rope_parameters"])
def test_an_entry_left_out_is_not_made_up(tmp_path: Path, key: str) -> None:
    config = saved_config(tmp_path, "llama")
    del config[key]
    assert llama_shape(config) is None


def test_a_file_of_other_tensors_goes_to_transformers(tmp_path: Path) -> None:
    """Such as a head beside a tied embedding: transformers knows which of them counts."""
    directory = save_model(tmp_path, "llama")
    change_config(directory, tie_word_embeddings=True)
    scorer = load_scorer(ModelChoice(str(directory), "cpu", "exact"))
    assert not isinstance(scorer._parts.body, LlamaBody)


def test_packed_layers_give_what_plain_ones_give() -> None:
    if not can_pack():
        pytest.skip("this CPU or this build of torch has no packed bf16 layers")
    generator = torch.Generator().manual_seed(0)
    for rows, width, out in ((1, 8, 5), (7, 96, 33), (300, 64, 128)):
        w, x, other = (
            torch.randn(shape, generator=generator).bfloat16()
            for shape in ((out, width), (rows, width), (rows, out))
        )
        bias = torch.randn(out, generator=generator).bfloat16()
        packed, plain = PackedLinear(w, bias), PlainLinear(w.float(), bias.float())
        for ours, theirs in (
            (packed(x), plain(x.float())),
            (packed.silu(x), plain.silu(x.float())),
            (packed.times(x, other), plain.times(x.float(), other.float())),
            (packed.plus(x, other), plain.plus(x.float(), other.float())),
        ):
            torch.testing.assert_close(ours.float(), theirs, rtol=0.02, atol=0.05)


def test_the_embedded_model_needs_no_transformers() -> None:
    code = (
        "import sys\nfrom ppl_engine import ModelChoice, load_engine, score\n"
        "assert len(score('A text.', load_engine(ModelChoice())).ids)\n"
        "sys.exit('transformers was imported' if 'transformers' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_all_precisions_agree_with_transformers_in_exact(tmp_path: Path) -> None:
    directory = save_random(tmp_path, "qwen2", {"hidden_size": 64}, 1)
    ids = np.arange(60)
    with torch.inference_mode():
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        theirs = torch.log_softmax(model(torch.from_numpy(ids)[None]).logits[0], -1)
        for precision, mean_nats in (("bf16", 0.3), ("int8", 0.5), ("exact", 1e-4)):
            parts = load_scorer(ModelChoice(str(directory), "cpu", precision))._parts
            hidden = parts.body.hidden_states(torch.from_numpy(ids)[None], torch.arange(60))
            ours = torch.log_softmax(parts.head.logits(hidden), -1)
            assert ((ours - theirs).abs() * theirs.exp()).sum(-1).mean() < mean_nats
