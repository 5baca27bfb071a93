"""What a person sees of a run: a line a moment, on standard error."""

import sys
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from ppl_engine.pretraining.training import CurvePoint

T = TypeVar("T")

_EVERY: Final = 10_000


class Progress:
    """Says how far things are."""

    def say(self, line: str) -> None:
        """Print one line."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def counted(self, items: Iterable[T], what: str) -> Iterator[T]:
        """Yield the items and say now and then how many there were."""
        n = 0
        for item in items:
            yield item
            n += 1
            if n % _EVERY == 0:
                self.say(f"{n:,} {what}")
        self.say(f"{n:,} {what}")

    def point(self, point: CurvePoint, gone: float) -> None:
        """Say where a run stands."""
        losses = "  ".join(f"{name} {loss:.3f}" for name, loss in point.valid_loss.items())
        elapsed_s = max(point.elapsed_s, 1e-9)
        self.say(
            f"{gone:4.0%}  step {point.n_steps:,}  {point.n_tokens / 1e6:,.1f} M tokens  "
            f"{point.n_tokens / elapsed_s:,.0f} tokens/s  "
            f"{point.flops / elapsed_s / 1e12:.2f} TFLOP/s  "
            f"loss {point.train_loss:.3f}  {losses}"
        )
