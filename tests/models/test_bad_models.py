"""Every model that can not be used is refused with a sentence that says why."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForMaskedLM, BertLMHeadModel

from ppl_engine.errors import (
    DeviceError,
    EngineError,
    ModelLoadError,
    ModelNotFoundError,
    NotEnoughMemoryError,
    NumericsError,
)
from ppl_engine.models import loading
from ppl_engine.models.body import Body, Past
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.device import resolve_precision
from ppl_engine.models.files.directory import find_model
from ppl_engine.models.loading import load_scorer
from ppl_engine.models.memory import is_out_of_memory
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import score_document
from tests.models.tiny import (
    SAMPLE,
    VOCAB_SIZE,
    byte_level_json,
    change_config,
    lower_case_json,
    save_model,
)
from tests.stepping import finished


@pytest.fixture(name="directory")
def _directory(tmp_path: Path) -> Path:
    return save_model(tmp_path / "model", "llama")


def refused(model: Path | str, error: type[EngineError] = ModelLoadError) -> str:
    with pytest.raises(error) as caught:
        load_scorer(ModelChoice(str(model), "cpu", "exact"))
    message = str(caught.value)
    assert message.endswith(".")
    return message


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refused(tmp_path / "nowhere", ModelNotFoundError)


def test_a_file_is_not_a_model(directory: Path) -> None:
    assert "name the directory" in refused(directory / "config.json", ModelNotFoundError)


def test_a_hub_id_without_a_network_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "hub" in refused("nobody/no-such-model-here", ModelNotFoundError)


def test_a_directory_without_configuration_is_no_model(tmp_path: Path) -> None:
    assert "config.json" in refused(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_broken_configuration_is_named(directory: Path, content: str) -> None:
    (directory / "config.json").write_text(content)
    assert "config.json" in refused(directory)


def test_an_unknown_architecture_is_refused_and_its_code_never_run(directory: Path) -> None:
    (directory / "evil.py").write_text("raise SystemExit('code from a model directory was run')")
    change_config(
        directory,
        model_type="unheard-of",
        auto_map={"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"},
    )
    assert "can not load" in refused(directory)


def test_missing_weights_are_missed(directory: Path) -> None:
    (directory / "model.safetensors").unlink()
    assert "no weights" in refused(directory)


def test_pickled_weights_are_not_opened(directory: Path) -> None:
    (directory / "model.safetensors").unlink()
    (directory / "pytorch_model.bin").write_bytes(pickle.dumps({"not": "read"}))
    assert "safetensors" in refused(directory)


@pytest.mark.parametrize("kept", [0, 7, 500, 20_000])
def test_truncated_weights_are_recognized(directory: Path, kept: int) -> None:
    weights = directory / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    assert "truncated" in refused(directory)


def test_a_missing_shard_is_named(directory: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002.safetensors"}}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "model-00002.safetensors" in refused(directory)


def test_weights_of_another_model_are_recognized(directory: Path) -> None:
    weights = directory / "model.safetensors"
    tensors = load_file(weights)
    del tensors["model.norm.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    assert "model.norm.weight" in refused(directory)


def test_an_encoder_is_no_causal_model(tmp_path: Path) -> None:
    save_bert(tmp_path, BertForMaskedLM)
    assert "not a causal language model" in refused(tmp_path)


def test_an_encoder_in_disguise_is_found_out_by_what_it_does(tmp_path: Path) -> None:
    save_bert(tmp_path, BertLMHeadModel)
    assert "depends on the tokens that follow" in refused(tmp_path)


def test_a_head_of_an_unknown_kind_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = torch.nn.Linear.forward

    def scaled(self: torch.nn.Linear, x: torch.Tensor) -> torch.Tensor:
        result = forward(self, x)
        return result * 2 if self.out_features == VOCAB_SIZE else result

    monkeypatch.setattr(torch.nn.Linear, "forward", scaled)
    assert "logits" in refused(save_model(directory, "gpt2"))


def test_a_tokenizer_too_large_for_the_model_is_refused(directory: Path) -> None:
    tokenizer = json.loads(byte_level_json())
    tokenizer["model"]["vocab"] |= {f"x{k}": 1000 + k for k in range(3)}
    (directory / "tokenizer.json").write_text(json.dumps(tokenizer))
    assert "do not belong together" in refused(directory)


def test_a_broken_tokenizer_is_named(directory: Path) -> None:
    (directory / "tokenizer.json").write_text("{}")
    assert "tokenizer" in refused(directory)


def test_a_model_too_large_for_memory_is_refused_before_it_is_loaded(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "available_bytes", lambda _device: 1000)
    assert "GiB" in refused(directory, NotEnoughMemoryError)


def test_the_head_in_fp32_is_counted_as_memory(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bf16 on a CPU it is a copy; in fp32 it is the weights themselves."""
    files = find_model(str(directory))
    assert files.n_head_parameters == VOCAB_SIZE * 32
    weights = 2 * files.n_parameters + loading._WORKING_BYTES
    monkeypatch.setattr(loading, "available_bytes", lambda _device: weights)
    with pytest.raises(NotEnoughMemoryError):
        load_scorer(ModelChoice(str(directory), "cpu", "bf16"))
    weights += 4 * files.n_head_parameters
    load_scorer(ModelChoice(str(directory), "cpu", "bf16"))


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        device = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(DeviceError, match=device):
        load_scorer(ModelChoice(device=device))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"architectures": 5}, "not a causal"),
        ({"max_position_embeddings": 4}, "too short"),
        ({"logit_scale": "inv_sqrt_d_model"}, "can not be run"),
        ({"attn_implementation": "somebody/kernel"}, "attention"),
        ({"attn_implementation": "flash_attention_2"}, "attention"),
    ],
)
def test_a_configuration_with_odd_values_is_refused_in_words(
    directory: Path, values: dict[str, object], said: str
) -> None:
    change_config(directory, **values)
    assert said in refused(directory)


def test_a_missing_shard_of_no_name_is_an_error_too(directory: Path) -> None:
    index = {"weight_map": {"a": 5}}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "5" in refused(directory)


def test_no_name_is_no_model() -> None:
    assert "embedded" in refused("", ModelNotFoundError)


def test_a_bos_that_the_file_does_not_state_is_not_made_up(directory: Path) -> None:
    path = directory / "config.json"
    config = json.loads(path.read_text())
    del config["bos_token_id"]
    path.write_text(json.dumps({**config, "eos_token_id": 0}))
    assert load_scorer(ModelChoice(str(directory))).model.bos_policy == "eos"
    (directory / "tokenizer_config.json").write_text('{"bos_token": "<|endoftext|>"}')
    scorer = load_scorer(ModelChoice(str(directory)))
    assert (scorer.model.bos_policy, scorer.bos_id) == ("bos", 0)


def test_a_model_that_gives_no_numbers_is_not_silently_unscored(directory: Path) -> None:
    scorer = load_scorer(ModelChoice(str(directory)))
    with torch.no_grad():
        scorer._parts.head.weight[5] = torch.nan
    with pytest.raises(NumericsError, match="precision"):
        finished(score_document(SAMPLE, scorer, WindowCache(0)))


def test_a_tokenizer_that_rewrites_its_input_is_said_to(tmp_path: Path) -> None:
    directory = save_model(tmp_path, "llama", tokenizer=lower_case_json())
    (notice,) = load_scorer(ModelChoice(str(directory))).model.notices
    assert "approximate" in notice


def test_int8_on_a_gpu_is_refused() -> None:
    with pytest.raises(DeviceError, match="int8"):
        resolve_precision("int8", torch.device("cuda"))


@pytest.mark.parametrize(
    "message",
    [
        "CUDA out of memory. Tried to allocate 2 GiB",
        "MPS backend out of memory (MPS allocated: 8 GB)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED",
        "DefaultCPUAllocator: can't allocate memory",
        "DefaultCPUAllocator: not enough memory",
    ],
)
def test_lack_of_memory_is_recognized_by_every_backends_words(message: str) -> None:
    assert is_out_of_memory(RuntimeError(message))
    assert not is_out_of_memory(RuntimeError("shape mismatch"))


class Forgetful:
    """Stands for a model's body on a device where more than `limit` tokens do not fit."""

    def __init__(self, body: Body, limit: int) -> None:
        self._body = body
        self.limit = limit
        self.moved_to: list[torch.device] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._body, name)

    def hidden_states(self, ids: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        self._refuse(ids)
        return self._body.hidden_states(ids, wanted)

    def more_hidden_states(self, ids: torch.Tensor, past: Past, n_wanted: int) -> torch.Tensor:
        found = self._body.more_hidden_states(ids, past, n_wanted)
        self._refuse(ids)  # too late: the past is spoiled
        return found

    def to(self, device: torch.device) -> None:
        self.moved_to.append(device)
        self.limit = 10**6

    def _refuse(self, ids: torch.Tensor) -> None:
        if self.limit < ids.numel():
            raise torch.OutOfMemoryError("CUDA out of memory")


def test_lack_of_memory_makes_batches_smaller_and_changes_no_score() -> None:
    text = "\n".join(f"# Part {k}\n{SAMPLE}" for k in range(60))
    plenty = load_scorer(ModelChoice())
    expected = finished(score_document(text, plenty, WindowCache(0)))
    scarce = load_scorer(ModelChoice())
    limit_body(scarce, 700)
    found = finished(score_document(text, scarce, WindowCache(0)))
    assert scarce._step_tokens < plenty._step_tokens
    np.testing.assert_allclose(expected.logprob, found.logprob, atol=0.1)


def test_lack_of_memory_first_costs_what_was_kept_for_later() -> None:
    scorer = load_scorer(ModelChoice(precision="bf16"))
    expected = finished(score_document(SAMPLE, scorer, WindowCache(0)))
    body = limit_body(scorer, 0)
    failed: list[int] = []

    def refuse_once(ids: torch.Tensor) -> None:
        if not failed:
            failed.append(len(ids))
            raise torch.OutOfMemoryError("CUDA out of memory")

    body._refuse = refuse_once  # type: ignore[method-assign]
    found = finished(score_document(SAMPLE + "!", scorer, WindowCache(0)))
    assert failed[0] < len(expected) // 2 < len(found)
    np.testing.assert_allclose(expected.logprob[:50], found.logprob[:50], atol=0.1)


def test_a_device_without_memory_for_one_window_gives_way_to_the_cpu() -> None:
    scorer = load_scorer(ModelChoice())
    expected = finished(score_document(SAMPLE, scorer, WindowCache(0)))
    scorer._kept.clear()
    body = limit_body(scorer, 0)
    scorer._info = replace(scorer.model, device="cuda")
    found = finished(score_document(SAMPLE, scorer, WindowCache(0)))
    np.testing.assert_allclose(expected.logprob, found.logprob, atol=1e-3)
    assert [torch.device("cpu")] == body.moved_to
    assert scorer.model.device == "cpu"
    assert "ran out of memory" in scorer.model.notices[0]


def test_a_cpu_without_memory_is_an_error_that_says_so() -> None:
    scorer = load_scorer(ModelChoice())
    limit_body(scorer, 0)
    with pytest.raises(NotEnoughMemoryError, match="memory"):
        finished(score_document(SAMPLE, scorer, WindowCache(0)))


def limit_body(scorer: loading.CausalLM, limit: int) -> Forgetful:
    body = Forgetful(scorer._parts.body, limit)
    scorer._reader.parts = replace(scorer._parts, body=body)  # type: ignore[arg-type]
    return body


def save_bert(directory: Path, kind: type[BertForMaskedLM | BertLMHeadModel]) -> None:
    config = BertConfig(
        vocab_size=VOCAB_SIZE,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=96,
    )
    torch.manual_seed(0)
    model = kind(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(6.0)  # freshly made, it hardly attends to anything
    model.save_pretrained(directory)
    (directory / "tokenizer.json").write_text(byte_level_json(), encoding="utf-8")
