"""Whether a model, once loaded, is what the engine takes it for.

Questions answered by running it on a few tokens: does our head, applied to the body's final hidden
states, give the model's own logits (families scale, cap and shift them in ways of their own); does
a prediction depend only on what precedes it; and can the model go on from the middle of a text.
"""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from ppl_engine.errors import ModelLoadError
from ppl_engine.models.causal_lm import CausalParts

_N_TOKENS: Final = 16
_N_KEPT: Final = 9
_TOLERANCE_NATS: Final = {"exact": 2e-3, "fp32": 2e-3, "bf16": 0.3, "fp16": 0.05, "int8": 2e-3}
_LOOKS_AHEAD: Final = 0.02
_GOES_ON_ELSEWHERE: Final = 0.1
"""Of a hidden state, relative; bf16 rounds otherwise when tokens are read in two parts."""


@torch.inference_mode()
def verify(parts: CausalParts, directory: Path, precision: str) -> None:
    """Raise ModelLoadError if the model's own logits differ from ours, or if it looks ahead."""
    ids = _some_ids(parts)
    own_logits = parts.body.own_logits(ids)
    if own_logits is None:  # our own code, which tests compare with that of transformers
        return
    hidden = _all_hidden_states(parts, ids)
    _check_causal(parts, directory, ids, hidden)
    ours = torch.log_softmax(parts.head.logits(hidden), dim=-1)
    theirs = torch.log_softmax(own_logits[0].float(), dim=-1)
    deviation = (ours.exp() * (ours - theirs).abs()).sum(dim=-1).max().item()
    if not deviation <= _TOLERANCE_NATS[precision]:  # NaN must not pass
        raise ModelLoadError(
            f"The model in {directory} computes its logits in a way this engine does not know "
            f"(they differ by {deviation:.3g} nat on average), so its scores would be wrong."
        )


@torch.inference_mode()
def can_go_on(parts: CausalParts) -> bool:
    """Whether a model says the same after other tokens were read and dropped again.

    Recurrent layers keep a state that can not go back; their code may raise anything.
    """
    ids = _some_ids(parts)[0]
    other = ids.flip(0)[: _N_TOKENS - _N_KEPT]
    body = parts.body
    try:
        past = body.new_past(_N_TOKENS)
        body.more_hidden_states(torch.cat([ids[:_N_KEPT], other]), past, 1)
        past.crop(_N_KEPT)
        found = body.more_hidden_states(ids[_N_KEPT:], past, _N_TOKENS - _N_KEPT)
    except Exception:  # noqa: BLE001 - whatever a foreign model's code raises
        return False
    expected = _all_hidden_states(parts, ids[None])[_N_KEPT:]
    goes_on = past.n_tokens == _N_TOKENS
    return goes_on and _deviation(found, expected) <= _GOES_ON_ELSEWHERE  # NaN is not


def _check_causal(parts: CausalParts, directory: Path, ids: Tensor, hidden: Tensor) -> None:
    changed = ids.clone()
    changed[0, -1] = (changed[0, -1] + 1) % len(parts.head.weight)
    moved = _deviation(_all_hidden_states(parts, changed)[:-1], hidden[:-1])
    if not moved <= _LOOKS_AHEAD:  # NaN must not pass
        raise ModelLoadError(
            f"The model in {directory} is not a causal language model: what it says of a token "
            "depends on the tokens that follow."
        )


def _deviation(found: Tensor, expected: Tensor) -> float:
    moved = (found - expected).float().square().sum().sqrt()
    size = expected.float().square().sum().sqrt()
    return (moved / size).item()


def _all_hidden_states(parts: CausalParts, ids: Tensor) -> Tensor:
    """Return (T, D) for ids (1, T)."""
    return parts.body.hidden_states(ids, torch.arange(ids.shape[1], device=ids.device))


def _some_ids(parts: CausalParts) -> Tensor:
    size = len(parts.tokenizer)
    ids = [(7 + 13 * k * k) % size for k in range(_N_TOKENS)]
    return torch.tensor([ids], device=parts.head.device)
