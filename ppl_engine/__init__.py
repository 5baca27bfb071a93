"""Text to scored tokens, words and findings; knows no editor.

Reading order: `text` (what can be said without a model), `scoring` (from a model's numbers to
those of tokens, words and passages), `models` (the only place with torch), `findings` (what is
worth a glance), `engine` (all of it behind one object), `cli` (the `ppl` command).

    from ppl_engine import ModelChoice, load_engine, score

    tokens = score("Colorless green ideas sleep furiously.", load_engine(ModelChoice()))
    tokens.logprob, tokens.starts, tokens.ends
"""

from typing import TYPE_CHECKING

from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine
from ppl_engine.errors import EngineError
from ppl_engine.findings.finding import Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.text.spans import Span

if TYPE_CHECKING:
    from ppl_engine.models.loading import load_engine

__all__ = [
    "Analysis",
    "Engine",
    "EngineError",
    "Finding",
    "ModelChoice",
    "Span",
    "Thresholds",
    "TokenScores",
    "load_engine",
    "score",
]


def score(text: str, engine: Engine) -> TokenScores:
    """Score every token of `text` at once; `engine.score` does the same in cancellable steps."""
    steps = engine.score(text)
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value


def __getattr__(name: str) -> object:
    """Import torch only when a model is to be loaded."""
    if name == "load_engine":
        from ppl_engine.models.loading import load_engine  # noqa: PLC0415 - brings torch

        return load_engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
