"""What one client has open and set, and what is known of it: the only mutable state.

Everything here runs on the event loop.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ppl_engine.errors import EngineError
from ppl_engine.host.queue import Priority
from ppl_engine.text.spans import Span
from ppl_lsp.analyses import Analyses, Sleep
from ppl_lsp.client import Client, Sender
from ppl_lsp.documents import Document, Edit
from ppl_lsp.engine import RemoteEngine, Way
from ppl_lsp.features import status
from ppl_lsp.features.edits import EditStyle
from ppl_lsp.features.hover_text import PLAIN, Markup
from ppl_lsp.line_index import PositionEncoding
from ppl_lsp.loading import Loading
from ppl_lsp.news import News
from ppl_lsp.outcomes import Outcomes
from ppl_lsp.protocol import State
from ppl_lsp.publishing.refreshing import Refreshing
from ppl_lsp.publishing.reports import Reports
from ppl_lsp.publishing.showing import Showing
from ppl_lsp.publishing.token_answers import TokenAnswers
from ppl_lsp.settings import Settings
from ppl_lsp.standing import Standing, Suffices
from ppl_lsp.tasks import Tasks
from ppl_lsp.workspace.guidance import Guidance
from ppl_lsp.workspace.scopes import Scopes, scopes
from ppl_lsp.workspace.survey import Survey

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.explanation import Explanation
    from ppl_engine.scoring.scorer import ModelInfo

logger = logging.getLogger(__name__)

_MODEL: Final = "model"  # what can fail besides documents
_SETTINGS: Final = "settings"  # what can be wrong besides the files of a workspace


class Session:
    """Documents, settings, the model and the analyses of one client."""

    def __init__(
        self, sender: Sender, way: Way, settings: Settings, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.documents: dict[str, Document] = {}
        self.settings = settings  # of the window; `settings_of` a document may differ
        self.scopes = Scopes(settings)
        self.base_settings = settings
        """What holds where the client says nothing: the command line, then the options sent."""

        self.encoding = PositionEncoding.UTF16
        self.hover_markup: Markup = PLAIN
        self.model: ModelInfo | None = None
        self.is_configured = False
        """Whether the client has said what its settings are, or that it has none."""

        self.edit_style = EditStyle()
        self.client_commands: frozenset[str] = frozenset()
        """The commands that the client has declared to have."""

        self.guidance = Guidance(self._on_guidance)
        self.reports = Reports(sender)
        self.tasks = Tasks(sender, sleep=sleep)
        self.client = Client(sender, self.reports)
        self.showing = Showing(self.client, self.guidance, sleep=sleep)
        self.refreshing = Refreshing(sender, self.showing.number, sleep=sleep)
        self.showing.on_change = self.refreshing.look
        self.token_answers = TokenAnswers()
        self._engine = RemoteEngine(way, on_state=self._on_engine)
        self._news = News()
        listener = Outcomes(self, self.client, self._news)
        self._analyses = Analyses(self._engine, listener, sleep=sleep)
        self._loading = Loading(self._engine, self.tasks, self._on_loaded)
        self.standing = Standing(self._loading, self._analyses)
        self.survey = Survey(self, self._engine)

    def begin_with(self, options: object) -> None:
        """Take over the client's initialization options, under all that it says later."""
        self.base_settings, complaints = self.base_settings.updated(options)
        self.settings, self.scopes = self.base_settings, Scopes(self.base_settings)
        self.client.complain(_SETTINGS, complaints)

    def start(self) -> None:
        """Get ready; the model is loaded when the settings come, by `configure`."""
        if not self.is_configured:
            self.tell("starting", "ppl: starting")

    def settings_of(self, uri: str) -> Settings:
        """Return the settings for a document."""
        return self.scopes.of(self.guidance.place(uri))

    def open(self, document: Document, *, place: str | None = None) -> None:
        """Take over a document; that a cell is part of a notebook, its place, decides on it."""
        self.documents[document.uri] = document
        self.reports.open(document.uri)
        self.guidance.open(document.uri, place)
        self._request(document, Priority.OPENED)
        settings = self.settings_of(document.uri)
        if self.standing.is_hopeless(document, settings):
            # Nothing will come: whoever waits for diagnostics need not wait.
            self.showing.wipe(document, settings)

    def change(self, document: Document, edits: Sequence[Edit] | None = None) -> None:
        """Put a newer snapshot in the place of an open document; edits one after the other."""
        before = self.documents[document.uri]
        self.documents[document.uri] = document
        delay_s = self.settings.debounce_ms / 1000
        self._request(document, Priority.EDITED, delay_s=delay_s)
        self.showing.follow(before, document, edits, self.settings_of(document.uri))
        self._news.announce()

    def close(self, uri: str) -> None:
        """Forget a document; a result that is still on its way is dropped."""
        if self.documents.pop(uri, None) is None:
            return
        self._analyses.close(uri)
        self._engine.forget(uri)
        self.guidance.close(uri)
        self.client.succeed(uri)
        self.reports.close(uri)
        self.showing.close(uri)
        self.survey.look_again(uri)
        self.refreshing.forget(uri)
        self.token_answers.forget(uri)
        self._news.announce()

    def configure(self, sent: object, by_folder: Mapping[str, object] | None = None) -> None:
        """Lay the client's settings over the base, say what is wrong with them, apply the rest."""
        self.is_configured = True
        found, complaints = scopes(self.base_settings, sent, by_folder or {})
        self.client.complain(_SETTINGS, complaints)
        self.guidance.trust(is_trusted=found.window.workspace_files)
        if found != self.scopes or self.model is None:
            self._apply(found)

    async def end_process(self) -> None:
        """End the engine process, whatever it is doing; `reload` starts another."""
        self._analyses.forget_all()
        self.survey.rest()
        # What is opened or edited until then waits for the next one.
        self.model = None
        self._on_engine(is_there=False)
        await self._engine.end_process()

    def end(self) -> None:
        """Let go of the engine: the client is gone."""
        self._analyses.forget_all()
        self.survey.end()
        self._engine.close()
        self.guidance.end()
        self.refreshing.end()
        self.showing.end()

    def report(self, subject: str, error: EngineError) -> None:
        """Tell the user why something could not be done."""
        self.client.succeed(subject)  # said each time, since it was asked each time
        self.client.fail(subject, str(error))

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

        def look() -> "tuple[Analysis | None] | None":
            return self.standing.known(self.documents.get(uri), is_enough, self.settings_of(uri))

        return await self._news.until(look, timeout_s=timeout_s)

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
        return self.standing.reason(document, self.settings_of(document.uri), self.model)

    def _on_engine(self, is_there: bool) -> None:  # noqa: FBT001 - a state
        """Say that the engine process was lost; whatever it was doing is done by the next."""
        if is_there:
            self.tell(*self.standing.idle(self.scopes.overall))
        else:
            self.tell("loading", "ppl: restarting the engine")

    def _apply(self, found: Scopes) -> None:
        before, self.scopes, self.settings = self.scopes, found, found.window
        was_enabled, choice = before.overall.enabled, self.settings.model_choice
        if not found.overall.enabled:
            self.rest()
        # Switching on again is the way to say: try once more.
        elif choice != self._loading.choice or (self._loading.error and not was_enabled):
            self.reload()
        elif not was_enabled:
            self.begin()
        else:
            for uri, document in self.documents.items():
                place = self.guidance.place(uri)
                self._apply_to(document, before.of(place), found.of(place))
            self.survey.settings_changed()
        self.refreshing.changed(*self.settings.redrawn(before.window))
        self._news.announce()

    def _apply_to(self, document: Document, before: Settings, now: Settings) -> None:
        if not now.enabled:
            self._analyses.forget(document.uri)
            self.showing.wipe(document, now)
        elif not before.enabled or now.thresholds != before.thresholds:
            self._request(document, Priority.OPENED)
        elif now.severity != before.severity and (analysis := self._analyses.best(document)):
            # Where work is pending, the marks stay until it is done.
            self.showing.show(document, analysis, now)

    def rest(self) -> None:
        """Take away what is shown and score nothing, until `begin`."""
        self._analyses.forget_all()
        self.survey.rest()
        self._wipe()
        self.tell(*self.standing.idle(self.scopes.overall))
        self._news.announce()

    def begin(self) -> None:
        """Score what is open, if anything is to be scored."""
        if self.model is None:
            return
        self.tell(*self.standing.idle(self.scopes.overall))
        for document in self.documents.values():
            self._request(document, Priority.OPENED)
        self.survey.resume()
        self._news.announce()

    def reload(self) -> None:
        """Load the model that is set, whatever is loaded."""
        self._analyses.forget_all()
        self.survey.rest()
        self.model = None
        self.tell("loading", f"ppl: loading {self.settings.model}")
        self._loading.begin(self.settings.model_choice)

    def _on_loaded(self, model: "ModelInfo | Exception") -> None:
        if isinstance(model, Exception):
            self.tell("failed", "ppl: no model")
            self.client.fail(_MODEL, f"ppl has no model: {model}")
            self._wipe()
        else:
            self.model = model
            self.client.succeed(_MODEL)
            self.client.notice(model)
            self.begin()
        self._news.announce()

    def _request(self, document: Document, priority: Priority, *, delay_s: float = 0.0) -> None:
        self._analyses.forget(document.uri)
        settings = self.settings_of(document.uri)
        if self.standing.is_wanted(settings) and self.model is not None:
            thresholds = self.guidance.thresholds(document.uri, settings)
            self._analyses.request(document, thresholds, priority, delay_s=delay_s)

    def _on_guidance(self, uri: str) -> None:
        """Show a document as its workspace wants it."""
        document, workspace = self.documents.get(uri), self.guidance.workspace(uri)
        if document is None or workspace is None:
            return
        self.client.complain(str(workspace.root), workspace.complaints)
        asked = self._analyses.thresholds(document)
        if asked is not None and asked != self.guidance.thresholds(uri, self.settings_of(uri)):
            self._request(document, Priority.OPENED)
        elif analysis := self._analyses.best(document):
            self.showing.show(document, analysis, self.settings_of(document.uri))

    def _wipe(self) -> None:
        for document in self.documents.values():
            self.showing.wipe(document, self.settings_of(document.uri))

    def tell(self, state: State, message: str) -> None:
        """Say what the server is doing."""
        self.client.tell(status.render_status(state, message, self.settings, self.model))
