"""Scores the files of a workspace that nobody has open, one after the other, behind all else.

Of each file only its diagnostics are kept.
"""

import asyncio
import logging
import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ppl_engine.host.queue import Priority
from ppl_lsp.documents import Document
from ppl_lsp.engine import RemoteEngine
from ppl_lsp.features.diagnostics import render_diagnostics
from ppl_lsp.workspace.files import document_text, wanted_files
from ppl_lsp.workspace.guidance import path_of

if TYPE_CHECKING:
    from ppl_engine.configuration.workspace import Workspace
    from ppl_lsp.session import Session

logger = logging.getLogger(__name__)

_TITLE: Final = "ppl: scoring the workspace"
_MOST_FINDINGS: Final = 10_000
"""More are no list that anybody reads."""


class Survey:
    """Knows the documents of the workspace, and which of them are still to be scored."""

    def __init__(self, session: "Session", engine: RemoteEngine) -> None:
        self._session = session
        self._engine = engine
        self._is_asked_for = False
        self._was_set = False
        self._files: dict[Path, Workspace] = {}
        self._n_findings: dict[Path, int] = {}
        self._queue: dict[Path, None] = {}
        self._is_walk_due = False
        self._is_all_due = False
        self._work: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether there will soon be more to know."""
        return self._work is not None

    def begin(self) -> None:
        """Score all documents of the workspace, and again what changes, until `clear`."""
        self._is_asked_for = True
        self._score_all()

    def clear(self) -> None:
        """Forget all that was found, and score no more."""
        self._is_asked_for = False
        self.rest()
        for path in tuple(self._n_findings):
            self._drop(path)
        self._files.clear()

    def rest(self) -> None:
        """Do nothing until `resume`; what was found stays."""
        self._queue.clear()
        self._is_walk_due = self._is_all_due = False
        self._stop.set()
        if self._work:
            self._work.cancel()
            self._work = None
            self._session.reports.announce()

    def resume(self) -> None:
        """Go on, as when there is a model again: it may find other things."""
        self._was_set = self._session.settings.score_workspace
        if self._is_on:
            self._score_all()

    def settings_changed(self) -> None:
        """Do what is set now; what was found by other settings is found anew."""
        was_set, self._was_set = self._was_set, self._session.settings.score_workspace
        if was_set and not self._is_on:
            self.clear()
        elif self._is_on:
            self._score_all()

    def files_changed(self, changed: Collection[Path], *, is_list_stale: bool) -> None:
        """Hear which files were written, and whether there may be more or fewer."""
        if self._is_on:
            self._queue |= dict.fromkeys(path for path in changed if path in self._files)
            self._is_walk_due = self._is_walk_due or is_list_stale
            self._start()

    def look_again(self, uri: str) -> None:
        """Hear that a document was closed: its file counts again."""
        path = path_of(uri)
        if path is not None and path in self._files:
            self.files_changed([path], is_list_stale=False)

    def end(self) -> None:
        """Let go of everything: the client is gone."""
        self._is_asked_for = False
        self.rest()

    @property
    def _is_on(self) -> bool:
        return self._is_asked_for or self._session.settings.score_workspace

    def _score_all(self) -> None:
        self.rest()
        self._is_walk_due = self._is_all_due = True
        self._start()

    def _start(self) -> None:
        session = self._session
        is_possible = session.model and session.standing.is_wanted(session.scopes.overall)
        if is_possible and not self._work and (self._queue or self._is_walk_due):
            self._stop = threading.Event()
            self._work = asyncio.create_task(self._run())
            self._work.add_done_callback(self._done)

    def _done(self, work: "asyncio.Task[None]") -> None:
        if self._work is work:
            self._work = None
            self._start()  # there may have come more to do when it was about to end
        if not work.cancelled() and (error := work.exception()):
            logger.error("Could not score the workspace", exc_info=error)
        self._session.reports.announce()

    async def _run(self) -> None:
        """Score what is due, until nothing is; only a round over all files is shown to the user."""
        task = self._session.tasks.begin(_TITLE, on_cancel=self.rest) if self._is_all_due else None
        if task:
            task.report(0, 1)  # clients that are told no percentage at first expect none
        n_scored = 0
        try:
            while self._queue or self._is_walk_due:
                if self._is_walk_due:
                    await self._walk()
                    continue
                path = next(iter(self._queue))
                del self._queue[path]
                await self._score(path)
                n_scored += 1
                if task:
                    task.report(n_scored, n_scored + len(self._queue))
                if sum(self._n_findings.values()) > _MOST_FINDINGS:
                    logger.warning("More than %d findings: no more are looked for", _MOST_FINDINGS)
                    self._queue.clear()
        finally:
            if task:
                task.end(self._summary(n_scored))

    def _summary(self, n_scored: int) -> str:
        n_findings = sum(self._n_findings.values())
        return f"{n_scored} files scored, {n_findings} findings in files that are not open"

    async def _walk(self) -> None:
        """Learn which files there are; what is gone is forgotten, what is new is to be scored."""
        is_all, self._is_walk_due, self._is_all_due = self._is_all_due, False, False
        guidance, before = self._session.guidance, self._files
        self._files = await asyncio.to_thread(
            wanted_files, guidance.folders, self._stop, is_trusted=guidance.is_trusted
        )
        for path in tuple(self._n_findings):
            if path not in self._files:
                self._drop(path)
        due = (path for path in self._files if is_all or path not in before)
        self._queue |= dict.fromkeys(due)

    async def _score(self, path: Path) -> None:
        """Score a file, unless somebody has it open: then that text counts."""
        session, uri = self._session, path.as_uri()
        workspace, settings = self._files.get(path), session.settings_of(uri)
        if workspace is None or self._is_open(path):
            return
        text = await asyncio.to_thread(document_text, path) if settings.enabled else None
        if text is None:
            self._drop(path)
            return
        from ppl_engine.ignoring.rules import sift  # noqa: PLC0415 - brings NumPy along
        from ppl_engine.text.languages import language_of_name  # noqa: PLC0415

        language = language_of_name(path.name)
        document = Document.of(uri, language, 0, text, encoding=session.encoding)
        name = f"file-of-workspace:{uri}"
        try:
            analysis = await self._engine.analyze(
                name,
                document.text,
                language=language,
                thresholds=settings.thresholds_over(workspace.configuration.thresholds),
                priority=Priority.SCANNED,
            )
        except Exception as error:  # noqa: BLE001 - the other files are scored all the same
            logger.warning("Could not score %s: %s", path, error)
            self._drop(path)
            return
        finally:
            self._engine.forget(name)
        rules = await session.guidance.rules_of(path, workspace)
        sifted = sift(analysis.findings, document.text, language, rules)
        shown = render_diagnostics(document, sifted, settings, rules.severities).diagnostics
        if self._is_open(path):
            return
        self._n_findings[path] = len(shown)
        session.reports.publish(types.PublishDiagnosticsParams(uri, shown))

    def _is_open(self, path: Path) -> bool:
        return any(path_of(uri) == path for uri in self._session.documents)

    def _drop(self, path: Path) -> None:
        if self._n_findings.pop(path, 0) and not self._is_open(path):
            self._session.reports.publish(types.PublishDiagnosticsParams(path.as_uri(), []))
