"""Models of many families, a few thousand random parameters each, saved as real ones are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
    Qwen2Config,
)

SAMPLE = (
    "# Reading\n\nThe quick brown fox reads the manual. It doesn't skip a page, not even page 42.\n"
    "- one item\n- another `item`\n\nÜber naïve 😀 emoji, 漢字 and the rest of the text. "
)
VOCAB_SIZE = 400

_SIZES: dict[str, Any] = {
    "vocab_size": VOCAB_SIZE,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 96,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": None,
}
_GPT2_SIZES: dict[str, Any] = {
    "vocab_size": VOCAB_SIZE,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 96,
    "bos_token_id": 0,
    "eos_token_id": 0,
}
FAMILIES: dict[str, tuple[type[PreTrainedConfig], dict[str, Any]]] = {
    "gpt2": (GPT2Config, _GPT2_SIZES),
    "llama": (LlamaConfig, {**_SIZES, "num_key_value_heads": 2}),
    "qwen2": (Qwen2Config, {**_SIZES, "num_key_value_heads": 1}),
    "gemma2": (
        Gemma2Config,
        {
            **_SIZES,
            "head_dim": 8,
            "num_key_value_heads": 2,
            "final_logit_softcapping": 5.0,
            "attn_logit_softcapping": 5.0,
            "sliding_window": 24,
        },
    ),
    "mistral": (MistralConfig, {**_SIZES, "num_key_value_heads": 2, "sliding_window": 16}),
    "gpt_neox": (GPTNeoXConfig, _SIZES),
}


@cache
def byte_level_json() -> str:
    """A byte-level BPE of a few hundred tokens, trained here and now."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE - 20,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([SAMPLE] * 3, trainer)
    return tokenizer.to_str()


@cache
def sentencepiece_json() -> str:
    """A BPE as SentencePiece makes them: ▁ for spaces, bytes for what is not in the vocabulary."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    words = ["▁", *"abcdefghijklmnopqrstuvwxyz.", "▁t", "▁th", "▁the", "é"]
    vocabulary = {token: idx for idx, token in enumerate(["<s>", "<unk>", *bytes_, *words])}
    tokenizer = Tokenizer(
        models.BPE(
            vocabulary,
            [("▁", "t"), ("▁t", "h"), ("▁th", "e")],
            byte_fallback=True,
            unk_token="<unk>",
            fuse_unk=True,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return tokenizer.to_str()


def lower_case_json() -> str:
    """A tokenizer that rewrites its input: lower case, composed characters."""
    tokenizer = Tokenizer.from_str(byte_level_json())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    return tokenizer.to_str()


def save_model(directory: Path, family: str, *, tokenizer: str = "", seed: int = 0) -> Path:
    """Save a random model of a family with a tokenizer; return the directory."""
    torch.manual_seed(seed)
    config_class, sizes = FAMILIES[family]
    model = AutoModelForCausalLM.from_config(config_class(**sizes))
    # Freshly made models predict almost nothing; larger weights make differences visible.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(6.0)
    model.save_pretrained(directory)
    (directory / "tokenizer.json").write_text(tokenizer or byte_level_json(), encoding="utf-8")
    return directory


def change_config(directory: Path, **values: object) -> None:
    """Overwrite entries of a saved model's configuration."""
    path = directory / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, **values}))
