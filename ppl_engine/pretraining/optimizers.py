"""Muon for the matrices of the layers, AdamW for the embedding and the norms.

Muon: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/, as torch ships it.
"""

from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer

from ppl_engine.pretraining.model import LanguageModel

_ADAM_BETAS: Final = (0.9, 0.95)
_ADAM_EPS: Final = 1e-10


@dataclass(frozen=True, slots=True)
class LearningRates:
    """At the height of the schedule."""

    matrices: float = 0.02
    embedding: float = 0.004
    norms: float = 0.004
    weight_decay: float = 0.05
    """Of the matrices; decoupled."""


class Optimizers:
    """All optimisers of a model as one, with a state of plain tensors."""

    def __init__(self, model: LanguageModel, rates: LearningRates) -> None:
        muon = Muon(model.matrices(), lr=rates.matrices, weight_decay=rates.weight_decay)
        adam = AdamW(
            [
                {"params": [model.embedding], "lr": rates.embedding},
                {"params": model.norms(), "lr": rates.norms},
            ],
            betas=_ADAM_BETAS,
            eps=_ADAM_EPS,
            weight_decay=0.0,
            fused=True,
        )
        self._optimizers: tuple[Optimizer, ...] = (muon, adam)
        self._names = {parameter: name for name, parameter in model.named_parameters()}
        self._full_rates = [[float(g["lr"]) for g in o.param_groups] for o in self._optimizers]

    def step(self, factor: float) -> None:
        """Take a step at `factor` of the full learning rates and forget the gradients."""
        for optimizer, rates in zip(self._optimizers, self._full_rates, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """Return moments and step counts under names made of the parameters' names."""
        return {
            f"{self._names[cast('nn.Parameter', parameter)]}:{key}": value
            for optimizer in self._optimizers
            for parameter, values in optimizer.state.items()
            for key, value in values.items()
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` returned."""
        parameters = {name: parameter for parameter, name in self._names.items()}
        owners = {
            parameter: optimizer
            for optimizer in self._optimizers
            for group in optimizer.param_groups
            for parameter in cast("list[nn.Parameter]", group["params"])
        }
        for name, value in state.items():
            parameter_name, _, key = name.rpartition(":")
            parameter = parameters[parameter_name]
            place = torch.device("cpu") if key == "step" else parameter.device
            owners[parameter].state[parameter][key] = value.to(place)
