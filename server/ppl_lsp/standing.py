"""Whether there will be an analysis of a document, and why not; in words for the user."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ppl_lsp.analyses import Analyses
from ppl_lsp.documents import Document
from ppl_lsp.features import status
from ppl_lsp.loading import Loading
from ppl_lsp.protocol import State
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.scoring.scorer import ModelInfo


Suffices = Callable[[Document, "Analysis"], bool]


class Standing:
    """Knows whether work is wanted and whether it can be done."""

    def __init__(self, loading: Loading, analyses: Analyses) -> None:
        self.is_paused = False
        """Whether the user wants nothing to be scored for a while."""

        self._loading = loading
        self._analyses = analyses

    def is_wanted(self, settings: Settings) -> bool:
        """Whether anything is to be scored at all."""
        return settings.enabled and not self.is_paused

    def is_hopeless(self, document: Document, settings: Settings) -> bool:
        """Whether there will be no analysis of a snapshot as things are."""
        failed = self._loading.error or self._analyses.error(document)
        return failed is not None or not self.is_wanted(settings)

    def known(
        self, document: Document | None, is_enough: Suffices, settings: Settings
    ) -> "tuple[Analysis | None] | None":
        """Return the analysis to go by, if there will ever be one; None while it may come."""
        if document is None:
            return (None,)
        best = self._analyses.best(document)
        is_whole = self._analyses.analysis(document) is not None
        if best and (is_whole or is_enough(document, best)):
            return (best,)
        return (None,) if self.is_hopeless(document, settings) else None

    def reason(self, document: Document, settings: Settings, model: "ModelInfo | None") -> str:
        """Say why there is no analysis of a snapshot."""
        if self.is_paused:
            return "ppl is paused (command ppl.resume)."
        if not settings.enabled:
            return "ppl is off (setting ppl.enabled)."
        if self._loading.error:
            return f"ppl has no model: {self._loading.error}"
        if model is None:
            return f"ppl: loading {settings.model}…"
        if error := self._analyses.error(document):
            return status.failed_message(error)
        return status.scoring_message(self._analyses.progress(document))

    def idle(self, settings: Settings) -> tuple[State, str]:
        """Say that nothing is going on, and whether anything will."""
        if not settings.enabled:
            return "off", "ppl: off"
        return ("paused", "ppl: paused") if self.is_paused else ("ready", "ppl: ready")
