"""Text to scored tokens, words and findings; knows no editor.

Reading order: `text` (what can be said without a model), `scoring` (from a model's numbers to
those of tokens, words and passages), `models` (the only place with torch), `findings` (what is
worth a glance), `analyzing` (all of it in order), `engine` (and behind one object), `cli` (the
`ppl` command).

    from ppl_engine import ModelChoice, load_engine, score

    tokens = score("Colorless green ideas sleep furiously.", load_engine(ModelChoice()))
    tokens.logprob, tokens.starts, tokens.ends
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.engine import Engine, score
    from ppl_engine.errors import EngineError
    from ppl_engine.findings.finding import Finding
    from ppl_engine.findings.thresholds import Thresholds
    from ppl_engine.models.choice import ModelChoice
    from ppl_engine.models.loading import load_engine
    from ppl_engine.scoring.scores import TokenScores
    from ppl_engine.text.spans import Span

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

_HOMES: Final = {
    "Analysis": "analysis",
    "Engine": "engine",
    "EngineError": "errors",
    "Finding": "findings.finding",
    "ModelChoice": "models.choice",
    "Span": "text.spans",
    "Thresholds": "findings.thresholds",
    "TokenScores": "scoring.scores",
    "load_engine": "models.loading",
    "score": "engine",
}


def __getattr__(name: str) -> object:
    """Import a public name from its module when it is first used: torch is slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
