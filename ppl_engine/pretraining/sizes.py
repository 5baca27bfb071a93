"""The sizes that were tried, as a file between the step that tries them and the card."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.pretraining.curve import read_curve
from ppl_engine.pretraining.scaling import ScalingLaw, SizedRun, fit, residual
from ppl_engine.pretraining.workplace import Workplace

_BUDGETS_FLOP: Final = (1e15, 1e16, 1e17, 1e18)
_MOST_PARAMETERS: Final = 45e6
"""What 90 MB hold in 16 bits."""


@dataclass(frozen=True, slots=True)
class SizesTried:
    """Runs of several sizes and the law that they were fitted to."""

    runs: Sequence[SizedRun]
    law: ScalingLaw

    @classmethod
    def fitted(cls, runs: Sequence[SizedRun]) -> "SizesTried":
        """Fit the law to runs. Raises ValueError for fewer than three."""
        return cls(tuple(runs), fit(runs))

    @classmethod
    def read(cls, path: Path) -> "SizesTried | None":
        """Return what `write` wrote, or None where it has not been run."""
        if not path.is_file():
            return None
        fields = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        runs = tuple(SizedRun(**run) for run in fields["runs"])
        return cls(runs, ScalingLaw(**fields["law"]))

    def write(self, path: Path) -> None:
        """Keep this in a file."""
        fields = {"runs": [asdict(run) for run in self.runs], "law": asdict(self.law)}
        path.write_text(json.dumps(fields, indent=1), encoding="utf-8")

    def markdown(self) -> str:
        """Return the runs as a table, and what the law expects of other budgets."""
        law = self.law
        rows = [
            f"| {run.n_layers} × {run.width} | {run.n_parameters / 1e6:.1f} M "
            f"| {run.n_tokens / 1e6:.2f} M | {run.flops:.1e} | {run.minutes:.0f} "
            f"| {run.loss:.3f} | {law.loss(run.n_parameters, run.n_tokens):.3f} |"
            for run in self.runs
        ]
        return "\n".join(
            [
                "| layers × width | parameters | tokens | FLOP | minutes | validation loss "
                "| by the law |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
                *rows,
                "",
                "Loss is the mean over the categories of the validation split, in nats a token.",
                f"The law: {law.floor:.2f} + {law.a:.0f} / N^{law.alpha:.2f} + {law.b:.0f} / "
                f"D^{law.beta:.2f} (Hoffmann et al. 2022, with their exponents); it misses the "
                f"runs by {residual(law, self.runs):.3f} (root mean square).",
                "By it:",
                "",
                *self._expectations(),
            ]
        )

    def _expectations(self) -> list[str]:
        lines: list[str] = []
        for flops in _BUDGETS_FLOP:
            size = self.law.best_size(flops, most_parameters=_MOST_PARAMETERS)
            n_tokens = flops / (6 * size)
            lines.append(
                f"- {flops:.0e} FLOP are spent best on {size / 1e6:.1f} M parameters and "
                f"{n_tokens / 1e6:,.0f} M tokens: {self.law.loss(size, n_tokens):.2f}."
            )
        return lines


def sized_run(work: Workplace, name: str) -> SizedRun:
    """Return what has come of a run so far."""
    shape, last = work.read_record(name).shape, read_curve(work.run_path(name))[-1]
    return SizedRun(
        width=shape.width,
        n_layers=shape.n_layers,
        minutes=last.elapsed_s / 60,
        n_parameters=shape.n_parameters,
        n_tokens=last.n_tokens,
        flops=last.flops,
        loss=sum(last.valid_loss.values()) / max(1, len(last.valid_loss)),
    )


def finished_run(work: Workplace, name: str) -> SizedRun | None:
    """Return what came of a run, or None where it has not come to its end."""
    if not work.has_run(name):
        return None
    run = sized_run(work, name)
    return run if run.minutes >= work.read_record(name).minutes else None
