"""A body made of the tensors of a file: gains multiplied in, pairs side by side."""

from collections.abc import Callable

import torch
from torch import Tensor

from ppl_engine.models.llama.body import LlamaBody, LlamaLayer
from ppl_engine.models.llama.config import LlamaShape
from ppl_engine.models.products.linear import Linear, linear


def llama_body(
    shape: LlamaShape,
    tensor: Callable[[str], Tensor],
    *,
    dtype: torch.dtype,
    device: torch.device,
    precision: str,
) -> tuple[LlamaBody, Tensor]:
    """Build a body from named tensors; return it and the weight of the head (V, D)."""

    def make(weight: Tensor, gain: Tensor | None, bias: Tensor | None = None) -> Linear:
        if gain is not None:
            weight = weight.float() * gain.float()
        bias = None if bias is None else bias.to(device, dtype)
        return linear(weight.to(device, dtype).contiguous(), bias, precision)

    def layer(prefix: str) -> LlamaLayer:
        before_attention = tensor(f"{prefix}input_layernorm.weight")
        before_mlp = tensor(f"{prefix}post_attention_layernorm.weight")
        return LlamaLayer(
            qkv=make(
                _joined(shape, tensor, prefix, "weight"),
                before_attention,
                _joined(shape, tensor, prefix, "bias") if shape.has_qkv_bias else None,
            ),
            o=make(tensor(f"{prefix}self_attn.o_proj.weight"), None),
            gate=make(tensor(f"{prefix}mlp.gate_proj.weight"), before_mlp),
            up=make(tensor(f"{prefix}mlp.up_proj.weight"), before_mlp),
            down=make(tensor(f"{prefix}mlp.down_proj.weight"), None),
        )

    embedding = tensor("model.embed_tokens.weight").to(device, dtype)
    layers = [layer(f"model.layers.{k}.") for k in range(shape.n_layers)]
    norm = tensor("model.norm.weight").to(device, dtype)
    head = embedding if shape.is_tied else tensor("lm_head.weight").to(device, dtype)
    return LlamaBody(shape, embedding, layers, norm), head


def _joined(shape: LlamaShape, tensor: Callable[[str], Tensor], prefix: str, kind: str) -> Tensor:
    """Put the weights or biases of q, k and v into one, pairs of q and k side by side."""
    parts = [tensor(f"{prefix}self_attn.{name}_proj.{kind}") for name in "qkv"]
    paired = [_paired(part, shape.head_dim) for part in parts[:2]]
    return torch.cat([*paired, parts[2]])


def _paired(rows: Tensor, head_dim: int) -> Tensor:
    """Reorder rows (heads · head_dim, …): row i of a head and row i + head_dim / 2 become a pair.

    Files keep the two halves of a head apart; attention does not see the order.
    """
    halves = rows.reshape(-1, 2, head_dim // 2, *rows.shape[1:])
    return halves.transpose(1, 2).reshape(rows.shape)
