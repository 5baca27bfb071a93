"""What the server is doing, for a status bar."""

from typing import TYPE_CHECKING

from ppl_engine.errors import EngineError
from ppl_lsp.protocol import State, StatusParams
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress
    from ppl_engine.scoring.scorer import ModelInfo


def render_status(
    state: State, message: str, settings: Settings, model: "ModelInfo | None"
) -> StatusParams:
    """Return a status; until a model is loaded it carries the name of the one asked for."""
    if model is None:
        return StatusParams(state, message, settings.model, device="", precision="")
    return StatusParams(state, message, model.name, model.device, model.precision)


def scored_message(analysis: "Analysis") -> str:
    """Return the perplexity of a document, as short as a status bar wants it."""
    perplexity = analysis.summary.perplexity
    return "ppl: ready" if perplexity is None else f"ppl {perplexity:.1f}"


def failed_message(error: Exception) -> str:
    """Say why a document is not scored; of what is a bug, where to look."""
    return str(error) if isinstance(error, EngineError) else "ppl failed; see its log."


def scoring_message(progress: "Progress | None") -> str:
    """Say how far the scoring is."""
    if progress is None or progress.n_total == 0:
        return "ppl: scoring…"
    if progress.n_total <= progress.n_done:
        return "ppl: scoring 100 %, comparing…"
    return f"ppl: scoring {100 * progress.n_done // progress.n_total} %"
