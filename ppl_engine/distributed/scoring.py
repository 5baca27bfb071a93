"""What workers do for `ppl filter`: they score the texts of a group."""

from collections.abc import Sequence

from ppl_engine.engine import Engine
from ppl_engine.scoring.lines import LineScore
from ppl_engine.streaming import score_text_groups


def score_partition(engine: Engine, texts: Sequence[str]) -> list[LineScore]:
    """Return the scores of texts that are read together."""
    return next(score_text_groups([texts], engine.scorer))
