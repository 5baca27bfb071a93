"""An engine as its users see it: load, analyze, explain; wherever and however often it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ppl_engine.analysis import Partial
from ppl_engine.host.errors import HostError, NoLongerHeldError
from ppl_engine.host.link import Connector, Link, Patience
from ppl_engine.host.messages import Analyze, Explain, Forget, Load, Priority
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress
    from ppl_engine.explanation import Explanation
    from ppl_engine.findings.thresholds import Thresholds
    from ppl_engine.scoring.scorer import ModelInfo
    from ppl_engine.text.spans import Span


class NoEngineError(HostError):
    """Asked for work before a model was."""


@dataclass(slots=True)
class _Known:
    """What the process should know of a document."""

    number: int = 0
    """Of the last request to analyze it."""

    analysis: "Analysis | None" = None


class EngineClient:
    """Uses one engine at a time; for one event loop."""

    def __init__(
        self,
        connector_of: Callable[[ModelChoice], Connector],
        *,
        patience: Patience | None = None,
        on_state: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """`on_state` hears False when the process was lost and True when another is there."""
        self._connector_of = connector_of
        self._patience = patience
        self._on_state = on_state
        self._choice: ModelChoice | None = None
        self._link: Link | None = None
        self._known: dict[str, _Known] = {}

    async def load(self, choice: ModelChoice) -> "ModelInfo":
        """Turn to another engine; raises EngineError if it can not be loaded."""
        if choice != self._choice or self._link is None:
            if self._link:
                # Two models at once may be more than the memory holds.
                self._link.leave()
            self._known.clear()
            self._link = Link(
                self._connector_of(choice), patience=self._patience, on_state=self._on_state
            )
            self._choice = choice
        return await self._link.ask(Load)

    async def analyze(  # noqa: PLR0913 - what is sent
        self,
        document: str,
        text: str,
        *,
        language: str,
        thresholds: "Thresholds",
        visible: "Sequence[Span]" = (),
        priority: Priority = Priority.OPENED,
        on_progress: "Callable[[Progress], None]" = lambda _: None,
    ) -> "Analysis":
        """Analyze the newest text of a document; an older one is not waited for any more.

        Progress may be `Partial`.
        """
        known = self._known.setdefault(document, _Known())
        known.analysis = None

        def request(number: int) -> Analyze:
            known.number = number
            return Analyze(
                number, document, text, language, thresholds, tuple(visible), Priority(priority)
            )

        def hear(progress: "Progress") -> None:
            if isinstance(progress, Partial):
                progress = replace(progress, analysis=replace(progress.analysis, text=text))
            on_progress(progress)

        found = await self._linked().ask(request, on_progress=hear)
        analysis: Analysis = replace(found, text=text)
        known.analysis = analysis
        return analysis

    async def explain(
        self, document: str, analysis: "Analysis", offset: int
    ) -> "Explanation | None":
        """Explain the word at an offset of an analysis; None where there is none."""
        try:
            return await self._explained(document, analysis, offset)
        except NoLongerHeldError:
            known = self._known.get(document)
            if known is None or known.analysis is not analysis:
                raise
            # Its process has ended, or has let go of what was not used for long.
            await self.analyze(
                document,
                analysis.text,
                language=analysis.language,
                thresholds=analysis.thresholds,
                priority=Priority.ASKED,
            )
            known.analysis = analysis
            return await self._explained(document, analysis, offset)

    def hurry(self, document: str) -> None:
        """Analyze a document before others: somebody waits for it."""
        if self._link and document in self._known:
            self._link.hurry(self._known[document].number)

    def forget(self, document: str) -> None:
        """Hear that a document is closed."""
        if self._known.pop(document, None) and self._link:
            self._link.tell(Forget(document))

    async def end_process(self) -> None:
        """End the engine process at the user's wish; who still waits is cancelled.

        The next `load` starts another. Other clients of the process ask that one.
        """
        link, self._link = self._link, None
        self._known.clear()
        if link:
            await link.kill()

    def close(self) -> None:
        """Let go of the engine; who still waits is cancelled."""
        if self._link:
            self._link.close()
        self._link = None
        self._known.clear()

    async def _explained(self, document: str, analysis: "Analysis", offset: int) -> Any:
        known = self._known.get(document)
        if known is None or known.analysis is not analysis:
            raise NoLongerHeldError("Another text has been analyzed since.")
        held = known.number
        return await self._linked().ask(lambda number: Explain(number, document, held, offset))

    def _linked(self) -> Link:
        if self._link is None:
            raise NoEngineError("No model is loaded.")
        return self._link
