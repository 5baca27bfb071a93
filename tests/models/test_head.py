"""The head, which adds up tiles, against one softmax of all logits in double precision."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from ppl_engine.models import head as head_module
from ppl_engine.models.head import Head

VOCAB, WIDTH, ROWS = 1500, 32, 700
TOLERANCE_NATS = 1e-4


def made(**kinds: Any) -> tuple[Head, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    weight = torch.randn(VOCAB, WIDTH, generator=generator)
    hidden = torch.randn(ROWS, WIDTH, generator=generator)
    targets = torch.randint(0, VOCAB, (ROWS,), generator=generator)
    boundary = (torch.rand(VOCAB, generator=generator) < 0.3).float()
    head = Head(weight=weight, bias=None, scale=1.0, softcap=None, is_boundary=boundary)
    return replace(head, **kinds), hidden, targets


def by_the_book(head: Head, hidden: torch.Tensor, targets: torch.Tensor) -> dict[str, torch.Tensor]:
    logits = hidden.double() @ head.weight.double().T
    if head.bias is not None:
        logits = logits + head.bias.double()
    logits = logits * head.scale
    if head.softcap is not None:
        logits = head.softcap * torch.tanh(logits / head.softcap)
    logprobs = torch.log_softmax(logits, dim=1)
    chosen = logprobs.gather(1, targets[:, None])
    boundary = (logprobs + head.is_boundary.double().log()).logsumexp(dim=1)
    return {
        "logprob": chosen.squeeze(1),
        "entropy": -(logprobs.exp() * logprobs).sum(dim=1),
        "top_logprob": logprobs.amax(dim=1),
        "boundary": -boundary,
        "rank": (logprobs > chosen).sum(dim=1) + 1,
    }


def compare(head: Head, hidden: torch.Tensor, targets: torch.Tensor) -> None:
    found, expected = head.score(hidden, targets), by_the_book(head, hidden, targets)
    for name in ("logprob", "entropy", "top_logprob", "boundary"):
        torch.testing.assert_close(
            getattr(found, name).double(),
            expected[name].clamp(max=87.33654) if name == "boundary" else expected[name],
            rtol=1e-5,
            atol=TOLERANCE_NATS,
        )
    # Two logits may be so close that fp32 and fp64 disagree on their order.
    assert ((found.rank - expected["rank"]).abs() <= 1).all()
    assert (found.rank == expected["rank"]).float().mean() > 0.98


@pytest.mark.parametrize(
    "kinds",
    [
        {},
        {"scale": 0.25},
        {"softcap": 7.0},
        {"bias": torch.linspace(-3, 3, VOCAB)},
        {"bias": torch.full((VOCAB,), 300.0)},
        {"bias": torch.full((VOCAB,), -300.0)},
        {"scale": 8.0},
    ],
)
def test_tiles_add_up_to_the_softmax(kinds: dict[str, Any]) -> None:
    compare(*made(**kinds))


def test_the_size_of_tiles_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    head, hidden, targets = made()
    monkeypatch.setattr(head_module, "_TILE_ELEMENTS", {"cpu": VOCAB * ROWS})
    monkeypatch.setattr(head_module, "_MOST_ROWS", {"cpu": ROWS})
    whole = head.score(hidden, targets)
    for elements, rows, columns in ((1, 13, 64), (4096, 512, 1), (2**14, 1, 512)):
        monkeypatch.setattr(head_module, "_TILE_ELEMENTS", {"cpu": elements})
        monkeypatch.setattr(head_module, "_MOST_ROWS", {"cpu": rows})
        monkeypatch.setattr(head_module, "_FEWEST_COLUMNS", columns)
        tiled = head.score(hidden, targets)
        torch.testing.assert_close(whole.logprob, tiled.logprob, rtol=0, atol=1e-5)
        torch.testing.assert_close(whole.boundary, tiled.boundary, rtol=0, atol=1e-5)
        torch.testing.assert_close(whole.rank, tiled.rank)


def test_bf16_operands_give_float32_logits() -> None:
    head, hidden, targets = made()
    weight, hidden = head.weight.bfloat16(), hidden.bfloat16()
    fast = replace(head, weight=weight).to(torch.device("cpu"))
    assert fast.from_bf16
    compare(fast, hidden, targets)


def test_the_switch_for_bf16_units_is_put_back() -> None:
    a = torch.randn(64, 64)
    before = a @ a
    with head_module._bf16_units():
        pass
    assert torch.equal(before, a @ a)


def test_a_target_is_no_better_than_itself() -> None:
    """Its logit is computed twice, by sums of another order."""
    head, hidden, _ = made()
    best = head.logits(hidden).argmax(dim=1)
    assert head.score(hidden, best).rank.tolist() == [1] * ROWS


def test_predictions_are_the_most_probable_tokens() -> None:
    head, hidden, _ = made()
    ids, logprobs = head.predict(hidden, 3)
    expected = torch.log_softmax(hidden.double() @ head.weight.double().T, dim=1).topk(3)
    assert torch.equal(ids, expected.indices)
    torch.testing.assert_close(logprobs.double(), expected.values, rtol=0, atol=TOLERANCE_NATS)
