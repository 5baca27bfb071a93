"""The model as it is trained: Llama's arithmetic under Llama's names, so that export only copies.

Weights are kept in fp32 and used in the compute type. The final hidden states go to a loss that
never holds a [tokens × vocabulary] tensor: see `loss`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from ppl_engine.pretraining.attention import causal_attention

_HEAD_WIDTH: Final = 64
_MLP_MULTIPLE: Final = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model; the rest follows from it."""

    vocab_size: int
    width: int
    n_layers: int
    context: int = 1024
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5

    @property
    def n_heads(self) -> int:
        """Attention heads, each 64 wide."""
        return self.width // _HEAD_WIDTH

    @property
    def mlp_width(self) -> int:
        """Of the gated hidden layer: 8/3 of the width, rounded up."""
        return -(-8 * self.width // (3 * _MLP_MULTIPLE)) * _MLP_MULTIPLE

    @property
    def n_body_parameters(self) -> int:
        """Parameters of the layers, without embedding and norms."""
        return self.n_layers * (4 * self.width**2 + 3 * self.width * self.mlp_width)

    @property
    def n_parameters(self) -> int:
        """All parameters; the embedding counts once, as it is also the head."""
        return (
            self.n_body_parameters
            + self.vocab_size * self.width
            + (2 * self.n_layers + 1) * self.width
        )

    def training_flops_per_token(self, row_length: int) -> int:
        """Return forward and backward FLOP: 6 a weight, and those of causal attention.

        Kaplan et al. 2020, arXiv 2001.08361, §2.1; the head counts, the embedding does not.
        """
        matrices = self.n_body_parameters + self.vocab_size * self.width
        attention = self.n_layers * self.width * row_length  # half of 2·T·d: causal
        return 6 * matrices + 6 * attention

    def config(self) -> dict[str, Any]:
        """Return what `config.json` says of this model."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "attention_bias": False,
            "attention_dropout": 0.0,
            "bos_token_id": 0,
            "eos_token_id": 0,
            "head_dim": _HEAD_WIDTH,
            "hidden_act": "silu",
            "hidden_size": self.width,
            "initializer_range": 0.02,
            "intermediate_size": self.mlp_width,
            "max_position_embeddings": self.context,
            "mlp_bias": False,
            "model_type": "llama",
            "num_attention_heads": self.n_heads,
            "num_hidden_layers": self.n_layers,
            "num_key_value_heads": self.n_heads,
            "rms_norm_eps": self.norm_eps,
            "rope_theta": self.rope_theta,
            "rope_parameters": {"rope_theta": self.rope_theta, "rope_type": "default"},
            "tie_word_embeddings": True,
            "dtype": "bfloat16",
            "use_cache": True,
            "vocab_size": self.vocab_size,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, for a checkpoint."""
        return asdict(self)


class _Norm(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self._eps = shape.norm_eps

    def forward(self, x: Tensor) -> Tensor:
        normed = x.float() * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self._eps)
        return (normed * self.weight).to(x.dtype)


class _Linear(nn.Module):
    """A matrix without bias, kept in fp32, used in the type of its input."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_out, n_in))


class _Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._shape = shape
        self.q_proj = _Linear(shape.width, shape.width)
        self.k_proj = _Linear(shape.width, shape.width)
        self.v_proj = _Linear(shape.width, shape.width)
        self.o_proj = _Linear(shape.width, shape.width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        n_rows, length, width = x.shape
        # One product of three matrices keeps a processor busier than three of one.
        joined = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        qkv = F.linear(x, joined.to(x.dtype)).view(n_rows, length, 3, -1, _HEAD_WIDTH)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, heads, T, 64)
        mixed = causal_attention(_rotated(q, cos, sin), _rotated(k, cos, sin), v)
        mixed = (
            mixed.view(n_rows, -1, length, _HEAD_WIDTH)
            .transpose(1, 2)
            .reshape(n_rows, length, width)
        )
        return F.linear(mixed, self.o_proj.weight.to(x.dtype))


class _Mlp(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = _Linear(shape.width, shape.mlp_width)
        self.up_proj = _Linear(shape.width, shape.mlp_width)
        self.down_proj = _Linear(shape.mlp_width, shape.width)

    def forward(self, x: Tensor) -> Tensor:
        joined = torch.cat([self.gate_proj.weight, self.up_proj.weight])
        gate, up = F.linear(x, joined.to(x.dtype)).chunk(2, dim=-1)
        return F.linear(F.silu(gate) * up, self.down_proj.weight.to(x.dtype))


class _Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = _Norm(shape)
        self.self_attn = _Attention(shape)
        self.post_attention_layernorm = _Norm(shape)
        self.mlp = _Mlp(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class _Body(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.width)
        self.layers = nn.ModuleList(_Layer(shape) for _ in range(shape.n_layers))
        self.norm = _Norm(shape)


class LanguageModel(nn.Module):
    """Llama with tied embeddings."""

    def __init__(self, shape: Shape, compute_dtype: torch.dtype) -> None:
        super().__init__()
        self.shape = shape
        self.model = _Body(shape)
        self._dtype = compute_dtype
        cos, sin = _rotary_table(shape)
        self.register_buffer("cos", cos.to(compute_dtype), persistent=False)
        self.register_buffer("sin", sin.to(compute_dtype), persistent=False)

    @property
    def embedding(self) -> nn.Parameter:
        """The (V, D) table that is also the head."""
        return cast("nn.Parameter", self.model.embed_tokens.weight)

    def matrices(self) -> list[nn.Parameter]:
        """Return the matrices of the layers: what Muon trains."""
        return [p for p in self.model.layers.parameters() if p.ndim == 2]  # noqa: PLR2004

    def norms(self) -> list[nn.Parameter]:
        """Return the gains of the norms."""
        return [p for p in self.parameters() if p.ndim == 1]

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids (B, T) to final hidden states (B, T, D) in the compute type."""
        length = ids.shape[1]
        cos, sin = cast("Tensor", self.cos)[:length], cast("Tensor", self.sin)[:length]
        x = F.embedding(ids, self.embedding).to(self._dtype)
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return self.model.norm(x)

    @torch.no_grad()
    def initialize(self, seed: int) -> None:
        """Draw all weights anew; what is added to the residual stream begins at zero."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 1:
                parameter.fill_(1.0)
            elif name.endswith(("o_proj.weight", "down_proj.weight")):
                parameter.zero_()
            else:
                std = 0.02 if parameter is self.embedding else parameter.shape[1] ** -0.5 / 3**0.5
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * std)


def _rotary_table(shape: Shape) -> tuple[Tensor, Tensor]:
    """Return cos and sin, each (context, 64), in Llama's layout: the halves turn together."""
    exponents = torch.arange(0, _HEAD_WIDTH, 2, dtype=torch.float64) / _HEAD_WIDTH
    angles = torch.outer(
        torch.arange(shape.context, dtype=torch.float64), shape.rope_theta**-exponents
    )
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos().float(), angles.sin().float()


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-right, left], dim=-1) * sin
