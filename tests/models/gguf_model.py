"""A tiny Llama of `tests.models.tiny` as a GGUF file, written as llama.cpp's converter does."""

import json
from pathlib import Path
from typing import Any, cast

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

_OUTER = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_INNER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write_gguf(model: Path, path: Path, *, is_quantized: bool) -> Path:
    """Write the Llama in a directory, in fp32 or its matrices in Q8_0."""
    config = json.loads((model / "config.json").read_text())
    writer = cast("Any", gguf).GGUFWriter(str(path), "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(config["vocab_size"])
    _add_tokenizer(writer, model, config["vocab_size"])
    kind = cast("Any", gguf).GGMLQuantizationType.Q8_0
    for name, weight in load_file(model / "model.safetensors").items():
        rows = _interleaved(name, weight.astype(np.float32), config)
        if is_quantized and rows.ndim == 2:
            quantized = cast("Any", gguf).quants.quantize(rows, kind)
            writer.add_tensor(_renamed(name), quantized, raw_dtype=kind)
        else:
            writer.add_tensor(_renamed(name), rows)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_tokenizer(writer: Any, model: Path, n_tokens: int) -> None:
    bpe = json.loads((model / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].__getitem__)
    tokens += [f"[PAD{k}]" for k in range(len(tokens), n_tokens)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token == "<|endoftext|>" else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in bpe["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)


def _renamed(name: str) -> str:
    if name in _OUTER:
        return _OUTER[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{_INNER[rest.removesuffix('.weight')]}.weight"


def _interleaved(name: str, weight: NDArray[Any], config: dict[str, Any]) -> NDArray[Any]:
    """Put the rows of queries and keys in the order in which llama.cpp rotates them."""
    heads = {"q_proj": "num_attention_heads", "k_proj": "num_key_value_heads"}
    for part, key in heads.items():
        if part in name:
            n_rows, n_columns = weight.shape
            halves = weight.reshape(config[key], 2, n_rows // config[key] // 2, n_columns)
            return halves.swapaxes(1, 2).reshape(weight.shape)
    return weight
