"""Which models our own body can run: those whose configuration says nothing it does not know.

Llama, Qwen2 and Mistral are one architecture: RMSNorm, rotary positions, grouped heads, SwiGLU. A
configuration is read strictly: an entry that is not known to leave the arithmetic alone, or a value
that changes it, sends the model to transformers. Nothing is ever ignored because it is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

_FAMILIES: Final = ("llama", "mistral", "qwen2")

_WITHOUT_EFFECT: Final = frozenset(
    {
        *("_name_or_path", "architectures", "attention_dropout", "attn_implementation"),
        *("_attn_implementation", "bos_token_id", "dtype", "eos_token_id", "id2label"),
        *("initializer_range", "label2id", "max_window_layers", "model_type", "pad_token_id"),
        *("pretraining_tp", "torch_dtype", "transformers_version", "use_cache"),
    }
)
"""Entries that are about training, generation or the file itself."""

_READ_HERE: Final = frozenset(
    {
        *("head_dim", "hidden_size", "intermediate_size", "max_position_embeddings"),
        *("num_attention_heads", "num_hidden_layers", "num_key_value_heads", "rms_norm_eps"),
        *("rope_parameters", "rope_scaling", "rope_theta", "sliding_window"),
        *("tie_word_embeddings", "use_sliding_window", "vocab_size", "layer_types"),
    }
)
_ONLY: Final[Mapping[str, Any]] = {"attention_bias": False, "mlp_bias": False, "hidden_act": "silu"}
"""Entries that may be there with this value only."""


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """All that determines the arithmetic of such a model besides its weights."""

    n_layers: int
    width: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    mlp_width: int
    vocab_size: int
    context: int
    norm_eps: float
    rope_theta: float
    has_qkv_bias: bool
    is_tied: bool

    @property
    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """The tensors of a complete file, by the names that transformers gives them."""
        d, h = self.width, self.head_dim
        shapes: dict[str, tuple[int, ...]] = {
            "model.embed_tokens.weight": (self.vocab_size, d),
            "model.norm.weight": (d,),
        }
        if not self.is_tied:
            shapes["lm_head.weight"] = (self.vocab_size, d)
        for k in range(self.n_layers):
            layer = f"model.layers.{k}."
            n_rows = {"q": self.n_heads * h, "k": self.n_kv_heads * h, "v": self.n_kv_heads * h}
            for name, n in n_rows.items():
                shapes[f"{layer}self_attn.{name}_proj.weight"] = (n, d)
                if self.has_qkv_bias:
                    shapes[f"{layer}self_attn.{name}_proj.bias"] = (n,)
            shapes[f"{layer}self_attn.o_proj.weight"] = (d, self.n_heads * h)
            shapes[f"{layer}mlp.gate_proj.weight"] = (self.mlp_width, d)
            shapes[f"{layer}mlp.up_proj.weight"] = (self.mlp_width, d)
            shapes[f"{layer}mlp.down_proj.weight"] = (d, self.mlp_width)
            shapes[f"{layer}input_layernorm.weight"] = (d,)
            shapes[f"{layer}post_attention_layernorm.weight"] = (d,)
        return shapes


def llama_shape(config: Mapping[str, Any]) -> LlamaShape | None:
    """Return the shape of a model that our own body runs, or None: transformers has to."""
    try:
        return _shape(config) if _is_understood(config) else None
    except (KeyError, TypeError, ValueError):  # left out, or of another kind than it should be
        return None


def _is_understood(config: Mapping[str, Any]) -> bool:
    known = _WITHOUT_EFFECT | _READ_HERE | set(_ONLY)
    return (
        config["model_type"] in _FAMILIES
        and set(config) <= known
        and all(config.get(key, value) == value for key, value in _ONLY.items())
        and set(config.get("layer_types") or ()) <= {"full_attention"}
        and not _slides(config)
        and config.get("rope_scaling") is None
    )


def _slides(config: Mapping[str, Any]) -> bool:
    """Whether attention reaches back over a part of the window only."""
    if config["model_type"] == "qwen2":
        return config.get("use_sliding_window", False) is not False
    if config["model_type"] == "mistral":  # an absent entry means 4096 there
        return config["sliding_window"] is not None or bool(config.get("use_sliding_window"))
    return config.get("sliding_window") is not None or bool(config.get("use_sliding_window"))


def _shape(config: Mapping[str, Any]) -> LlamaShape | None:
    width, n_heads = _count(config, "hidden_size"), _count(config, "num_attention_heads")
    is_tied = config.get("tie_word_embeddings", False)
    theta = _rope_theta(config)
    if theta is None or not isinstance(is_tied, bool):
        return None
    head_dim = width // n_heads
    if config.get("head_dim") is not None:
        head_dim = _count(config, "head_dim")
    shape = LlamaShape(
        n_layers=_count(config, "num_hidden_layers"),
        width=width,
        n_heads=n_heads,
        n_kv_heads=_count(config, "num_key_value_heads"),
        head_dim=head_dim,
        mlp_width=_count(config, "intermediate_size"),
        vocab_size=_count(config, "vocab_size"),
        context=_count(config, "max_position_embeddings"),
        norm_eps=float(config["rms_norm_eps"]),
        rope_theta=theta,
        has_qkv_bias=config["model_type"] == "qwen2",
        is_tied=is_tied,
    )
    divides = shape.n_heads % shape.n_kv_heads == 0 and shape.head_dim % 2 == 0
    return shape if divides else None


def _rope_theta(config: Mapping[str, Any]) -> float | None:
    """Return the base of unscaled rotary positions; None for every other kind."""
    rope = config.get("rope_parameters")
    if rope is None:
        return float(config["rope_theta"])
    rope = dict(cast("Mapping[str, Any]", rope))
    theta = float(rope.pop("rope_theta", None) or config["rope_theta"])
    stated = config.get("rope_theta")
    agrees = stated is None or float(stated) == theta
    return theta if agrees and rope in ({}, {"rope_type": "default"}) else None


def _count(config: Mapping[str, Any], key: str) -> int:
    value: object = config[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(key)
    return value
