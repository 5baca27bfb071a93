"""The fast parts of training against plain torch, and the model against transformers."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention
from transformers import LlamaForCausalLM

from ppl_engine.pretraining.attention import causal_attention
from ppl_engine.pretraining.export import export_model
from ppl_engine.pretraining.loss import linear_cross_entropy
from ppl_engine.pretraining.model import LanguageModel, Shape
from ppl_engine.pretraining.tokenizer import train_tokenizer

SHAPE = Shape(vocab_size=300, width=128, n_layers=2, context=64)


@pytest.mark.parametrize("length", [1, 5, 128, 129, 300])
def test_attention_equals_the_fused_kernel(length: int) -> None:
    torch.manual_seed(length)
    q, k, v = (torch.randn(2, 3, length, 64, requires_grad=True) for _ in range(3))
    ours = causal_attention(q, k, v).view(2, 3, length, 64)
    plain = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    direction = torch.randn_like(plain)
    torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(
        torch.autograd.grad(ours, (q, k, v), direction),
        torch.autograd.grad(plain, (q, k, v), direction),
        atol=1e-5,
        rtol=1e-4,
    )


@pytest.mark.parametrize("n_rows", [1, 100, 2048, 2500])
def test_the_loss_and_its_gradients_equal_those_of_plain_cross_entropy(n_rows: int) -> None:
    torch.manual_seed(n_rows)
    hidden = torch.randn(n_rows, 16, requires_grad=True)
    weight = torch.randn(300, 16, requires_grad=True)
    targets = torch.randint(0, 300, (n_rows,))
    ours = linear_cross_entropy(hidden, weight, targets) * 3
    plain = F.cross_entropy(hidden @ weight.T, targets) * 3
    torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        torch.autograd.grad(ours, (hidden, weight)),
        torch.autograd.grad(plain, (hidden, weight)),
        atol=1e-6,
        rtol=1e-4,
    )
    with torch.no_grad():
        torch.testing.assert_close(
            linear_cross_entropy(hidden, weight, targets) * 3, plain, atol=1e-5, rtol=1e-5
        )


def test_an_exported_model_gives_the_same_logits_in_transformers(tmp_path: Path) -> None:
    model = LanguageModel(SHAPE, torch.float32)
    model.initialize(3)
    with torch.no_grad():  # what is added to the residual stream begins at zero: give it weight
        for parameter in model.matrices():
            parameter.normal_(std=0.2)
            parameter.copy_(parameter.bfloat16().float())
        model.embedding.copy_(model.embedding.bfloat16().float())
    tokenizer = train_tokenizer(iter(["some text to learn merges from"] * 3), 280)
    export_model(SHAPE, model.state_dict(), tokenizer, tmp_path)
    loaded = LlamaForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    ids = torch.randint(0, 300, (2, 50), generator=torch.Generator().manual_seed(0))
    ours = model(ids) @ model.embedding.T
    torch.testing.assert_close(ours, loaded(ids).logits, atol=1e-4, rtol=1e-4)


def test_the_size_of_a_shape_is_that_of_its_model() -> None:
    model = LanguageModel(SHAPE, torch.float32)
    assert sum(parameter.numel() for parameter in model.parameters()) == SHAPE.n_parameters
