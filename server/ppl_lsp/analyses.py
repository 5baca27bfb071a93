"""The analysis of every open document at its newest version, and the work towards it.

Everything here happens on the event loop; the engine is somewhere else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.queue import Priority
from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document
from ppl_lsp.engine import RemoteEngine
from ppl_lsp.publishing.screens import Screens

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis, Progress

logger = logging.getLogger(__name__)

_LONG: Final = 20_000
"""Code points; what is shorter is scored before it is worth to begin with another part."""

Sleep = Callable[[float], Awaitable[None]]


class Listener(Protocol):
    """Who is told what became of a document; never of a version that is no longer the newest."""

    def on_progress(self, document: Document, progress: "Progress") -> None:
        """Hear that a part of the tokens is scored."""
        ...

    def on_partial(self, document: Document, analysis: "Analysis") -> None:
        """Hear what is known before all is scored; after `on_progress`."""
        ...

    def on_analyzed(self, document: Document, analysis: "Analysis") -> None:
        """Hear that the document is scored."""
        ...

    def on_failed(self, document: Document, error: Exception) -> None:
        """Hear that the engine gave up on the document."""
        ...


@dataclass
class _Work:
    document: Document
    thresholds: Thresholds
    task: "asyncio.Task[None] | None" = None
    progress: "Progress | None" = None
    visible: Sequence[Span] | None = None
    """What was asked for first; None before anything was."""

    is_redirected: bool = False
    partial: "Analysis | None" = None
    analysis: "Analysis | None" = None
    error: Exception | None = field(default=None)


class Analyses:
    """Keeps at most one piece of work per document: a newer version ends that of an older one."""

    def __init__(
        self, engine: RemoteEngine, listener: Listener, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._engine = engine
        self._listener = listener
        self._sleep = sleep
        self._screens = Screens()
        self._works: dict[str, _Work] = {}

    def request(
        self, document: Document, thresholds: Thresholds, priority: Priority, *, delay_s: float
    ) -> None:
        """Analyze a document after a while, unless a newer version comes first."""
        self.forget(document.uri)
        work = _Work(document, thresholds)
        self._works[document.uri] = work
        work.task = asyncio.create_task(self._analyze(work, priority, delay_s))

    def look(self, document: Document, span: Span) -> None:
        """Hear that somebody looks at a part of a document.

        Work on a long one begins again with that part, once; what was scored is not lost.
        """
        self._screens.look(document.uri, span)
        work = self._work(document)
        if work is None or work.visible is None or work.analysis or work.error:
            return
        is_coming = any(seen.start <= span.start and span.end <= seen.end for seen in work.visible)
        if is_coming or work.is_redirected or len(document.text) < _LONG:
            return
        self.request(document, work.thresholds, Priority.ASKED, delay_s=0.0)
        anew = self._works[document.uri]
        anew.is_redirected, anew.progress, anew.partial = True, work.progress, work.partial

    def forget(self, uri: str) -> None:
        """Drop what is known of a document and end the work on it."""
        work = self._works.pop(uri, None)
        if work and work.task:
            work.task.cancel()

    def close(self, uri: str) -> None:
        """Forget a document that was closed, and where somebody looked."""
        self.forget(uri)
        self._screens.forget(uri)

    def forget_all(self) -> None:
        """Drop everything, as when the model changes."""
        for uri in tuple(self._works):
            self.forget(uri)

    def analysis(self, document: Document) -> "Analysis | None":
        """Return the analysis of exactly this snapshot, if it is there."""
        work = self._work(document)
        return work.analysis if work else None

    def best(self, document: Document) -> "Analysis | None":
        """Return what is known of exactly this snapshot by now, be it a part."""
        work = self._work(document)
        return work.analysis or work.partial if work else None

    def thresholds(self, document: Document) -> Thresholds | None:
        """Return what the analysis of this snapshot was asked for with, if it was."""
        work = self._work(document)
        return work.thresholds if work else None

    def progress(self, document: Document) -> "Progress | None":
        """Return how far the scoring of this snapshot is, if it has begun."""
        work = self._work(document)
        return work.progress if work else None

    def error(self, document: Document) -> Exception | None:
        """Return why there is no analysis of this snapshot, if the engine gave up."""
        work = self._work(document)
        return work.error if work else None

    def _work(self, document: Document) -> _Work | None:
        work = self._works.get(document.uri)
        return work if work and work.document is document else None

    async def _analyze(self, work: _Work, priority: Priority, delay_s: float) -> None:
        if delay_s:
            await self._sleep(delay_s)
        document = work.document

        def on_progress(progress: "Progress") -> None:
            from ppl_engine.analysis import Partial  # noqa: PLC0415 - imports numpy

            if self._works.get(document.uri) is not work:
                return  # its end is under way
            work.progress = progress
            self._listener.on_progress(document, progress)
            if isinstance(progress, Partial):
                work.partial = progress.analysis
                self._listener.on_partial(document, progress.analysis)

        work.visible = self._screens.visible(document)
        try:
            work.analysis = await self._engine.analyze(
                document.uri,
                document.text,
                language=document.language,
                thresholds=work.thresholds,
                visible=work.visible,
                priority=priority,
                on_progress=on_progress,
            )
        except Exception as error:  # noqa: BLE001 - reported; the other documents go on
            work.error = error
            self._listener.on_failed(document, error)
        else:
            self._listener.on_analyzed(document, work.analysis)
