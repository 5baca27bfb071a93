"""A run learns, stops at its time, and goes on from where it stopped."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from ppl_engine.pretraining.checkpoint import CheckpointError, load_checkpoint
from ppl_engine.pretraining.model import Shape
from ppl_engine.pretraining.schedule import learning_rate_factor, row_length
from ppl_engine.pretraining.tokens import Rows
from ppl_engine.pretraining.training import CurvePoint, Plan, Trainer

SHAPE = Shape(vocab_size=64, width=64, n_layers=1, context=32)
PLAN = Plan(
    SHAPE,
    minutes=1.0,
    device=torch.device("cpu"),
    batch_tokens=256,
    micro_tokens=128,
    short_row=16,
)


def rows() -> Rows:
    """A stream in which every token is followed by the one three further."""
    stream = (1 + np.arange(5000) * 3 % 63).astype(np.uint16)
    return Rows(stream, np.zeros(64, dtype=np.bool_), seed=0)


def ticking(s_per_step: float) -> Callable[[], float]:
    """A clock by which every look takes a while: runs have a known number of steps."""
    ticks = count()
    return lambda: next(ticks) * s_per_step


def ran(directory: Path, plan: Plan, s_per_step: float) -> tuple[Trainer, list[CurvePoint]]:
    points: list[CurvePoint] = []
    trainer = Trainer(plan, rows(), {"docs": rows()}, directory, clock=ticking(s_per_step))
    trainer.run(lambda point, _: points.append(point))
    return trainer, points


def test_a_run_ends_in_time_with_a_lower_loss(tmp_path: Path) -> None:
    trainer, points = ran(tmp_path, PLAN, 1.0)
    assert trainer.state.n_steps == 60
    assert points[-1].valid_loss["docs"] < points[0].valid_loss["docs"] - 1
    assert points[-1].n_tokens == 60 * 256
    assert points[-1].flops > points[0].flops


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole, half = tmp_path / "whole", tmp_path / "half"
    whole.mkdir()
    half.mkdir()
    straight, _ = ran(whole, PLAN, 1.0)

    trainer = Trainer(PLAN, rows(), {"docs": rows()}, half, clock=ticking(1.0))
    stop_after = count()

    def stop(_point: CurvePoint, _gone: float) -> None:
        if next(stop_after) == 4:
            trainer.save()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.run(stop)
    resumed, _ = ran(half, PLAN, 1.0)

    assert resumed.state.n_steps == straight.state.n_steps
    for name, weight in straight.weights().items():
        torch.testing.assert_close(resumed.weights()[name], weight, atol=1e-5, rtol=1e-4)


def test_a_checkpoint_of_another_shape_is_refused(tmp_path: Path) -> None:
    ran(tmp_path, PLAN, 10.0)
    other = replace(PLAN, shape=replace(SHAPE, n_layers=2))
    with pytest.raises(CheckpointError, match="another shape"):
        ran(tmp_path, other, 10.0)


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    ran(tmp_path, PLAN, 10.0)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="can not be read"):
        load_checkpoint(tmp_path)


def test_the_schedule_warms_up_holds_and_ends_at_zero() -> None:
    factors = [learning_rate_factor(k / 100) for k in range(101)]
    assert factors[0] > 0
    assert factors[10] == factors[39] == 1.0
    assert factors[-1] == 0.0
    assert all(a >= b for a, b in pairwise(factors[40:]))
    assert row_length(0.1, short=16, long=32) == 16
    assert row_length(0.95, short=16, long=32) == 32
