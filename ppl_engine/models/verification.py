"""Whether a model, once loaded, is what the engine takes it for.

Two questions answered by running it on a few tokens: does our head, applied to the body's final
hidden states, give the model's own logits (families scale, cap and shift them in ways of their
own); and does a prediction depend only on what precedes it.
"""

from pathlib import Path
from typing import Final

import torch

from ppl_engine.errors import ModelLoadError
from ppl_engine.models.causal_lm import CausalParts, final_hidden_states

_N_TOKENS: Final = 16
_TOLERANCE_NATS: Final = {"exact": 2e-3, "fp32": 2e-3, "bf16": 0.3, "fp16": 0.05, "int8": 2e-3}
_CAUSAL_TOLERANCE: Final = 0.02


@torch.inference_mode()
def verify(parts: CausalParts, directory: Path, precision: str) -> None:
    """Raise ModelLoadError if the model's own logits differ from ours, or if it looks ahead."""
    ids = _some_ids(parts)
    hidden = final_hidden_states(parts.model, ids)[0]  # (T, D)
    _check_causal(parts, directory, ids, hidden)
    ours = torch.log_softmax(parts.head.logits(hidden), dim=-1)
    theirs = torch.log_softmax(parts.model(input_ids=ids).logits[0].float(), dim=-1)
    deviation = (ours.exp() * (ours - theirs).abs()).sum(dim=-1).max().item()
    if not deviation <= _TOLERANCE_NATS[precision]:  # NaN must not pass
        raise ModelLoadError(
            f"The model in {directory} computes its logits in a way this engine does not know "
            f"(they differ by {deviation:.3g} nat on average), so its scores would be wrong."
        )


def _check_causal(
    parts: CausalParts, directory: Path, ids: torch.Tensor, hidden: torch.Tensor
) -> None:
    changed = ids.clone()
    changed[0, -1] = (changed[0, -1] + 1) % parts.head.weight.shape[0]
    other = final_hidden_states(parts.model, changed)[0]
    moved = (hidden[:-1] - other[:-1]).float().square().sum().sqrt()
    size = hidden[:-1].float().square().sum().sqrt()
    if not (moved / size).item() <= _CAUSAL_TOLERANCE:
        raise ModelLoadError(
            f"The model in {directory} is not a causal language model: what it says of a token "
            "depends on the tokens that follow."
        )


def _some_ids(parts: CausalParts) -> torch.Tensor:
    size = len(parts.tokenizer)
    ids = [(7 + 13 * k * k) % size for k in range(_N_TOKENS)]
    return torch.tensor([ids], device=parts.head.weight.device)
