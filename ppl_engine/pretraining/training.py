"""Training within a budget of minutes: the same loop on one GPU and on a CPU."""

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ppl_engine.pretraining.checkpoint import (
    CheckpointError,
    RunState,
    load_checkpoint,
    save_checkpoint,
)
from ppl_engine.pretraining.loss import linear_cross_entropy
from ppl_engine.pretraining.model import LanguageModel, Shape
from ppl_engine.pretraining.optimizers import LearningRates, Optimizers
from ppl_engine.pretraining.schedule import learning_rate_factor, row_length
from ppl_engine.pretraining.tokens import Rows

logger = logging.getLogger(__name__)

_VALIDATE_EVERY: Final = 0.04
_SAVE_EVERY_S: Final = 300.0
_WORTH_COMPILING_MINUTES: Final = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do; everything else follows from the clock."""

    shape: Shape
    minutes: float
    device: torch.device
    batch_tokens: int
    """Tokens a step."""

    micro_tokens: int
    """Tokens that are in memory at once."""

    short_row: int
    seed: int = 0
    rates: LearningRates = field(default_factory=LearningRates)

    @classmethod
    def for_device(cls, shape: Shape, *, minutes: float, device: torch.device, seed: int) -> "Plan":
        """Return the plan that fits a kind of device: a GPU wants large steps, a CPU many."""
        if device.type == "cuda":
            return cls(shape, minutes, device, 524_288, 131_072, 1024, seed)
        return cls(shape, minutes, device, 16_384, 16_384, 512, seed)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What is known at one moment of a run."""

    n_steps: int
    n_tokens: int
    flops: float
    elapsed_s: float
    train_loss: float
    """Mean since the point before, nats a token."""

    valid_loss: Mapping[str, float]
    """By category, nats a token; each row begins in the middle of a document."""


class Trainer:
    """A model in training, resumable at any step."""

    def __init__(
        self,
        plan: Plan,
        train: Rows,
        valid: Mapping[str, Rows],
        directory: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`directory` takes the checkpoint and the curve; a checkpoint there is gone on with."""
        torch.manual_seed(plan.seed)
        self._plan = plan
        self._train = train
        self._valid = valid
        self._directory = directory
        self._clock = clock
        dtype = torch.float32 if plan.device.type == "mps" else torch.bfloat16
        self._model = LanguageModel(plan.shape, dtype)
        self._model.initialize(plan.seed)
        self._model.to(plan.device)
        self._optimizers = Optimizers(self._model, plan.rates)
        self._state = RunState()
        self._restore()
        self._compiled = _compiled(self._model, plan)

    @property
    def state(self) -> RunState:
        """How far the run has come."""
        return self._state

    def run(self, on_point: Callable[[CurvePoint, float], None]) -> None:
        """Train until the time is up; tells points of the curve and the share of time gone."""
        begun = self._clock() - self._state.elapsed_s
        next_point, next_save = self._gone, self._state.elapsed_s + _SAVE_EVERY_S
        losses: list[Tensor] = []
        while self._gone < 1.0:
            losses.append(self._step())
            self._state = replace(self._state, elapsed_s=self._clock() - begun)
            if next_point <= self._gone:
                on_point(self._point(losses), self._gone)
                losses.clear()
                next_point = self._gone + _VALIDATE_EVERY
            if next_save <= self._state.elapsed_s:
                self.save()
                next_save = self._state.elapsed_s + _SAVE_EVERY_S
        if losses:
            on_point(self._point(losses), 1.0)
        self.save()

    def save(self) -> None:
        """Write a checkpoint."""
        save_checkpoint(
            self._directory, self._model.state_dict(), self._optimizers.state(), self._state
        )

    def weights(self) -> dict[str, Tensor]:
        """Return the weights under the names of `LlamaForCausalLM`."""
        return dict(self._model.state_dict())

    @property
    def _gone(self) -> float:
        return self._state.elapsed_s / (60 * self._plan.minutes)

    def _step(self) -> Tensor:
        plan, state = self._plan, self._state
        length = row_length(self._gone, short=plan.short_row, long=plan.shape.context)
        n_rows = max(1, plan.batch_tokens // length)
        n_micro = max(1, plan.micro_tokens // length)
        inputs, targets = self._train.batch(state.n_tokens, n_rows, length)
        total = torch.zeros((), device=plan.device)
        for k in range(0, n_rows, n_micro):
            rows = slice(k, k + n_micro)
            share = len(inputs[rows]) / n_rows
            loss = self._loss(inputs[rows], targets[rows]) * share
            loss.backward()
            total += loss.detach()
        self._optimizers.step(learning_rate_factor(self._gone))
        n_tokens = n_rows * length
        self._state = replace(
            state,
            n_steps=state.n_steps + 1,
            n_tokens=state.n_tokens + n_tokens,
            flops=state.flops + n_tokens * plan.shape.training_flops_per_token(length),
        )
        if plan.device.type == "cuda":
            torch.cuda.synchronize()  # the clock must not run ahead of the work
        return total

    def _loss(self, inputs: NDArray[np.int64], targets: NDArray[np.int64]) -> Tensor:
        hidden = self._compiled(self._on_device(inputs))  # (B, T, D)
        return linear_cross_entropy(
            hidden.flatten(0, 1), self._model.embedding, self._on_device(targets).flatten()
        )

    def _on_device(self, ids: NDArray[np.int64]) -> Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(ids))
        if self._plan.device.type != "cuda":
            return tensor.to(self._plan.device)
        return tensor.pin_memory().to(self._plan.device, non_blocking=True)

    @torch.no_grad()
    def _point(self, losses: list[Tensor]) -> CurvePoint:
        valid = {name: self._validate(rows) for name, rows in self._valid.items()}
        point = CurvePoint(
            n_steps=self._state.n_steps,
            n_tokens=self._state.n_tokens,
            flops=self._state.flops,
            elapsed_s=self._state.elapsed_s,
            train_loss=float(torch.stack(losses).mean()),
            valid_loss=valid,
        )
        if not math.isfinite(point.train_loss):
            raise CheckpointError(
                f"The loss is {point.train_loss} after {point.n_steps} steps: lower the learning "
                "rates and begin anew, or go on from the last checkpoint."
            )
        with (self._directory / "curve.jsonl").open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(asdict(point)) + "\n")
        return point

    def _validate(self, rows: Rows) -> float:
        """Return the loss on as many tokens as one pass holds, the same every time."""
        length = self._plan.short_row
        return float(self._loss(*rows.batch(0, self._plan.micro_tokens // length, length)))

    def _restore(self) -> None:
        found = load_checkpoint(self._directory)
        if found is None:
            return
        weights, optimizer, self._state = found
        try:
            self._model.load_state_dict(weights)
            self._optimizers.restore(optimizer)
        except (RuntimeError, KeyError) as exc:
            raise CheckpointError(
                f"The checkpoint in {self._directory} belongs to another shape of model; delete "
                "it, or name another folder."
            ) from exc
        logger.info("Going on from step %s", self._state.n_steps)


def _compiled(model: LanguageModel, plan: Plan) -> Callable[[Tensor], Tensor]:
    """Compile where the run is long enough to earn the minute that compiling takes."""
    if plan.minutes < _WORTH_COMPILING_MINUTES:
        return model
    torch.compiler.reset()  # what runs before it compiled counts against a limit of the process
    return cast("Callable[[Tensor], Tensor]", torch.compile(model, dynamic=False))
