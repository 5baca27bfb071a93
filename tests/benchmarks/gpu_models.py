"""Random models of the sizes people use, made on the device itself."""

from dataclasses import dataclass
from typing import Any, Final, cast

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from ppl_engine.models.body import Body
from ppl_engine.models.causal_lm import CausalLM, CausalParts
from ppl_engine.models.foreign import ForeignBody
from ppl_engine.models.head import Head
from ppl_engine.models.llama.building import llama_body
from ppl_engine.models.llama.config import LlamaShape
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.scorer import ModelInfo
from tests.models.tiny import byte_level_json


@dataclass(frozen=True, slots=True)
class Shape:
    """A model by its sizes; no KV heads stands for GPT-2's architecture."""

    name: str
    n_layers: int
    width: int
    n_heads: int
    n_kv_heads: int
    mlp_width: int
    vocab_size: int

    @property
    def n_counted(self) -> int:
        """Parameters that every token is multiplied with: layers and head."""
        d = self.width
        if not self.n_kv_heads:
            return self.n_layers * 12 * d * d + self.vocab_size * d
        kv = d // self.n_heads * self.n_kv_heads
        return self.n_layers * (2 * d * d + 2 * d * kv + 3 * d * self.mlp_width) + (
            self.vocab_size * d
        )


SHAPES: Final = (
    Shape("gpt2-124M", 12, 768, 12, 0, 3072, 50257),
    Shape("qwen2.5-0.5B", 24, 896, 14, 2, 4864, 151936),
    Shape("llama-3.2-1B", 16, 2048, 32, 8, 8192, 128256),
)
TINY_SHAPES: Final = (
    Shape("gpt2-tiny", 2, 32, 4, 0, 128, 500),
    Shape("llama-tiny", 2, 32, 4, 2, 64, 500),
)


def plain_model(shape: Shape, device: torch.device) -> Any:
    """The model as transformers has it, in bf16."""
    sizes: dict[str, Any] = {"vocab_size": shape.vocab_size}
    with device:
        if not shape.n_kv_heads:
            config = GPT2Config(
                **sizes, n_layer=shape.n_layers, n_embd=shape.width, n_head=shape.n_heads
            )
            return cast("Any", GPT2LMHeadModel(config)).to(torch.bfloat16).eval()
        config = LlamaConfig(
            **sizes,
            num_hidden_layers=shape.n_layers,
            hidden_size=shape.width,
            num_attention_heads=shape.n_heads,
            num_key_value_heads=shape.n_kv_heads,
            intermediate_size=shape.mlp_width,
            max_position_embeddings=2048,
            tie_word_embeddings=True,
        )
        return cast("Any", LlamaForCausalLM(config)).to(torch.bfloat16).eval()


def scorer_of(shape: Shape, device: torch.device) -> CausalLM:
    """The model as we run it, in bf16."""
    body, weight = own(shape, device) if shape.n_kv_heads else foreign(shape, device)
    head = Head(
        weight=weight,
        bias=None,
        scale=1.0,
        softcap=None,
        is_boundary=(torch.arange(len(weight)) % 3 == 0).float(),
    )
    info = ModelInfo(
        name=shape.name,
        revision="random",
        device=device.type,
        precision="bf16",
        context=1024,
        vocab_size=shape.vocab_size,
        bos_policy="none",
    )
    return CausalLM(CausalParts(body, head.to(device), tokenizer()), info, None)


def tokenizer() -> TextTokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415

    return TextTokenizer(Tokenizer.from_str(byte_level_json()))


def foreign(shape: Shape, device: torch.device) -> tuple[Body, torch.Tensor]:
    model = plain_model(shape, device)
    return ForeignBody(model), model.get_output_embeddings().weight.detach()


def own(shape: Shape, device: torch.device) -> tuple[Body, torch.Tensor]:
    described = LlamaShape(
        n_layers=shape.n_layers,
        width=shape.width,
        n_heads=shape.n_heads,
        n_kv_heads=shape.n_kv_heads,
        head_dim=shape.width // shape.n_heads,
        mlp_width=shape.mlp_width,
        vocab_size=shape.vocab_size,
        context=2048,
        norm_eps=1e-6,
        rope_theta=10000.0,
        has_qkv_bias=False,
        is_tied=True,
    )
    sizes = described.tensor_shapes

    def random(name: str) -> torch.Tensor:
        values = torch.randn(sizes[name], device=device)
        return 1 + 0.1 * values if values.dim() == 1 else 0.02 * values

    return llama_body(described, random, dtype=torch.bfloat16, device=device, precision="bf16")
