"""What one client has open and set, and what is known of it: the only mutable state.

Everything here runs on the event loop.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ppl_engine.errors import EngineError
from ppl_engine.host.queue import Priority
from ppl_engine.models.choice import ModelChoice
from ppl_engine.text.spans import Span
from ppl_lsp.analyses import Analyses, Sleep
from ppl_lsp.client import Client, Sender
from ppl_lsp.documents import Document
from ppl_lsp.engine import RemoteEngine, Way
from ppl_lsp.features import status
from ppl_lsp.features.edits import EditStyle
from ppl_lsp.features.hover_text import PLAIN, Markup
from ppl_lsp.guidance import Guidance
from ppl_lsp.line_index import PositionEncoding
from ppl_lsp.loading import Loading
from ppl_lsp.news import News
from ppl_lsp.protocol import State
from ppl_lsp.settings import Settings
from ppl_lsp.showing import Showing

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress
    from ppl_engine.explanation import Explanation
    from ppl_engine.scoring.scorer import ModelInfo

logger = logging.getLogger(__name__)

_MODEL: Final = "model"  # what can fail besides documents
_SETTINGS: Final = "settings"  # what can be wrong besides the files of a workspace

Suffices = Callable[[Document, "Analysis"], bool]


class Session:
    """Documents, settings, the model and the analyses of one client."""

    def __init__(
        self,
        sender: Sender,
        way: Way,
        settings: Settings,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.documents: dict[str, Document] = {}
        self.settings = settings
        self.base_settings = settings
        """What holds where the client says nothing: the command line, then the options sent."""

        self.encoding = PositionEncoding.UTF16
        self.hover_markup: Markup = PLAIN
        self.model: ModelInfo | None = None
        self._is_paused = False
        self.is_configured = False
        """Whether the client has said what its settings are, or that it has none."""

        self.edit_style = EditStyle()
        self.guidance = Guidance(self._on_guidance)
        self._client = Client(sender)
        self.showing = Showing(self._client, self.guidance)
        self._engine = RemoteEngine(way, on_state=self._on_engine)
        self._analyses = Analyses(self._engine, self, sleep=sleep)
        self._loading = Loading(self._engine, self._on_loaded)
        self._news = News()

    def begin_with(self, options: object) -> None:
        """Take over the client's initialization options, under all that it says later."""
        self.base_settings, complaints = self.base_settings.updated(options)
        self.settings = self.base_settings
        self._client.complain(_SETTINGS, complaints)

    def start(self) -> None:
        """Get ready; the model is loaded when the settings come, by `configure`."""
        if not self.is_configured:
            self._tell("starting", "ppl: starting")

    def open(self, document: Document) -> None:
        """Take over a document."""
        self.documents[document.uri] = document
        self.guidance.open(document.uri)
        self._request(document, Priority.OPENED)
        if self._is_hopeless(document):
            # Nothing will come: whoever waits for diagnostics need not wait.
            self.showing.wipe(document, self.settings)

    def change(self, document: Document) -> None:
        """Put a newer snapshot in the place of an open document."""
        self.documents[document.uri] = document
        delay_s = self.settings.debounce_ms / 1000
        self._request(document, Priority.EDITED, delay_s=delay_s)
        self._news.announce()

    def close(self, uri: str) -> None:
        """Forget a document; a result that is still on its way is dropped."""
        if self.documents.pop(uri, None) is None:
            return
        self._analyses.close(uri)
        self._engine.forget(uri)
        self.guidance.close(uri)
        self._client.succeed(uri)
        self.showing.close(uri)
        self._news.announce()

    def configure(self, sent: object) -> None:
        """Lay the client's settings over the base, say what is wrong with them, apply the rest."""
        self.is_configured = True
        settings, complaints = self.base_settings.updated(sent)
        self._client.complain(_SETTINGS, complaints)
        self.guidance.trust(is_trusted=settings.workspace_files)
        if settings != self.settings or self.model is None:
            self._apply(settings)

    def pause(self) -> None:
        """Score nothing and show nothing until `resume`."""
        self._is_paused = True
        self._rest()
        self._news.announce()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._is_paused = False
        if self.model is not None:
            self._begin()
        self._news.announce()

    async def restart(self) -> None:
        """Begin anew with an engine process of which nobody has used anything yet."""
        self._analyses.forget_all()
        self._on_engine(is_there=False)
        await self._engine.end_process()
        self._reload(self.settings.model_choice)

    def end(self) -> None:
        """Let go of the engine: the client is gone."""
        self._analyses.forget_all()
        self._engine.close()
        self.guidance.end()

    def report(self, subject: str, error: EngineError) -> None:
        """Tell the user why something could not be done."""
        self._client.succeed(subject)  # said each time, since it was asked each time
        self._client.fail(subject, str(error))

    def look(self, document: Document, span: Span) -> None:
        """Hear that somebody looks at a part of a document: it is scored first."""
        self._analyses.look(document, span)

    async def analysis(
        self, uri: str, *, timeout_s: float, is_enough: Suffices = lambda _, __: False
    ) -> "Analysis | None":
        """Wait a while for the analysis of the newest version of a document.

        Its work goes before that on others. A partial one does where that `is_enough`.
        """
        self._engine.hurry(uri)
        return await self._news.until(lambda: self._known(uri, is_enough), timeout_s=timeout_s)

    async def explain(
        self, document: Document, analysis: "Analysis", offset: int
    ) -> "Explanation | None":
        """Ask the engine about the word at an offset; None where there is no word."""
        # Another model may have come meanwhile; it knows nothing of these scores.
        if self.model is None or self.model.revision != analysis.model.revision:
            return None
        return await self._engine.explain(document.uri, analysis, offset)

    def reason(self, document: Document) -> str:
        """Say why there is no analysis of a document, in words for the user."""
        if self._is_paused:
            return "ppl is paused (command ppl.resume)."
        if not self.settings.enabled:
            return "ppl is off (setting ppl.enabled)."
        if self._loading.error:
            return f"ppl has no model: {self._loading.error}"
        if self.model is None:
            return f"ppl: loading {self.settings.model}…"
        if error := self._analyses.error(document):
            return status.failed_message(error)
        return status.scoring_message(self._analyses.progress(document))

    def on_progress(self, document: Document, progress: "Progress") -> None:
        """Show the share that is scored; the status is only sent when it reads differently."""
        del document
        self._tell("scoring", status.scoring_message(progress))

    def on_partial(self, document: Document, analysis: "Analysis") -> None:
        """Publish what was found by now."""
        self.showing.show(document, analysis, self.settings)
        self._news.announce()

    def on_analyzed(self, document: Document, analysis: "Analysis") -> None:
        """Publish what was found."""
        # The engine may have moved the model for want of memory.
        self.model = analysis.model
        self._client.notice(analysis.model)
        self._client.succeed(document.uri)
        self.showing.show(document, analysis, self.settings)
        self._tell("ready", status.scored_message(analysis))
        self._news.announce()

    def on_failed(self, document: Document, error: Exception) -> None:
        """Tell the user of an EngineError; other errors are bugs, logged where they happened."""
        logger.error("Could not score %s: %s", document.uri, error)
        self._tell("failed", "ppl: failed")
        if isinstance(error, EngineError):
            self._client.fail(document.uri, str(error))
        # What is still shown belongs to an older version.
        self.showing.wipe(document, self.settings)
        self._news.announce()

    def _on_engine(self, is_there: bool) -> None:  # noqa: FBT001 - a state
        """Say that the engine process was lost; whatever it was doing is done by the next."""
        if is_there:
            self._tell(self._idle_state, self._idle_message)
        else:
            self._tell("loading", "ppl: restarting the engine")

    def _known(self, uri: str, is_enough: Suffices) -> "tuple[Analysis | None] | None":
        """Return the analysis to go by, if there will ever be one; None while it may come."""
        document = self.documents.get(uri)
        if document is None:
            return (None,)
        best = self._analyses.best(document)
        is_whole = self._analyses.analysis(document) is not None
        if best and (is_whole or is_enough(document, best)):
            return (best,)
        return (None,) if self._is_hopeless(document) else None

    def _is_hopeless(self, document: Document) -> bool:
        failed = self._loading.error or self._analyses.error(document)
        return failed is not None or not self._is_on

    @property
    def _is_on(self) -> bool:
        return self.settings.enabled and not self._is_paused

    def _apply(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings
        if not settings.enabled:
            self._rest()
        # Switching on again is the way to say: try once more.
        elif settings.model_choice != self._loading.choice or (
            self._loading.error and not before.enabled
        ):
            self._reload(settings.model_choice)
        elif not before.enabled and self.model is not None:
            self._begin()
        elif settings.thresholds != before.thresholds:
            self._request_all()
        elif settings.severity != before.severity:
            self._redraw()
        self._news.announce()

    def _rest(self) -> None:
        self._analyses.forget_all()
        self._wipe()
        self._tell(self._idle_state, self._idle_message)

    def _begin(self) -> None:
        self._tell(self._idle_state, self._idle_message)
        self._request_all()

    def _reload(self, choice: ModelChoice) -> None:
        self._analyses.forget_all()
        self.model = None
        self._tell("loading", f"ppl: loading {self.settings.model}")
        self._loading.begin(choice)

    def _on_loaded(self, model: "ModelInfo | Exception") -> None:
        if isinstance(model, Exception):
            self._tell("failed", "ppl: no model")
            self._client.fail(_MODEL, f"ppl has no model: {model}")
            self._wipe()
        else:
            self.model = model
            self._client.succeed(_MODEL)
            self._client.notice(model)
            self._begin()
        self._news.announce()

    def _request_all(self) -> None:
        for document in self.documents.values():
            self._request(document, Priority.OPENED)

    def _request(self, document: Document, priority: Priority, *, delay_s: float = 0.0) -> None:
        self._analyses.forget(document.uri)
        if self._is_on and self.model is not None:
            thresholds = self.guidance.thresholds(document.uri, self.settings)
            self._analyses.request(document, thresholds, priority, delay_s=delay_s)

    def _on_guidance(self, uri: str) -> None:
        """Show a document as its workspace wants it."""
        document, workspace = self.documents.get(uri), self.guidance.workspace(uri)
        if document is None or workspace is None:
            return
        self._client.complain(str(workspace.root), workspace.complaints)
        asked = self._analyses.thresholds(document)
        if asked is not None and asked != self.guidance.thresholds(uri, self.settings):
            self._request(document, Priority.OPENED)
        elif analysis := self._analyses.best(document):
            self.showing.show(document, analysis, self.settings)

    @property
    def _idle_state(self) -> State:
        if self._is_paused:
            return "paused"
        return "ready" if self.settings.enabled else "off"

    @property
    def _idle_message(self) -> str:
        return "ppl: paused" if self._is_paused else status.idle_message(self.settings)

    def _redraw(self) -> None:
        """Publish anew what is known; where work is pending, the marks stay until it is done."""
        for document in self.documents.values():
            if analysis := self._analyses.best(document):
                self.showing.show(document, analysis, self.settings)

    def _wipe(self) -> None:
        for document in self.documents.values():
            self.showing.wipe(document, self.settings)

    def _tell(self, state: State, message: str) -> None:
        self._client.tell(status.render_status(state, message, self.settings, self.model))
