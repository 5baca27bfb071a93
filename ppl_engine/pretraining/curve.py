"""The course of a run as a picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ppl_engine.pretraining.training import CurvePoint


def read_curve(directory: Path) -> list[CurvePoint]:
    """Return the points that a run has written so far."""
    lines = (directory / "curve.jsonl").read_text(encoding="utf-8").splitlines()
    return [CurvePoint(**cast("dict[str, Any]", json.loads(line))) for line in lines]


def draw_curve(
    points: Sequence[CurvePoint], bits_per_token_and_byte: dict[str, float], path: Path
) -> None:
    """Draw bits per byte of each category over training compute.

    `bits_per_token_and_byte` holds, by category, the factor from nats a token to bits a byte.
    """
    import matplotlib  # noqa: PLC0415 - heavy, and only here

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    plot = cast("Any", plt)
    figure, axes = plot.subplots(figsize=(7, 4), layout="constrained")
    for category, factor in bits_per_token_and_byte.items():
        axes.plot(
            [point.flops for point in points],
            [point.valid_loss[category] * factor for point in points],
            label=category,
        )
    axes.set_xscale("log")
    axes.set_xlabel("training compute (FLOP)")
    axes.set_ylabel("validation, bits per byte")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plot.close(figure)
