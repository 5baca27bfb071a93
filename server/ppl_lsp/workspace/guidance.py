"""What workspaces and the user have written down for open documents.

Files are read and written by one thread of our own, so that no loop waits for a disk; the terms of
a project, which take longer, by another.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.uris import to_fs_path

from ppl_engine.findings.thresholds import Thresholds
from ppl_lsp.settings import Settings

if TYPE_CHECKING:
    from ppl_engine.configuration.workspace import Workspace
    from ppl_engine.configuration.workspaces import Workspaces
    from ppl_engine.ignoring.rules import Rules
    from ppl_engine.ignoring.terms import Terms

logger = logging.getLogger(__name__)


class Guidance:
    """Knows what holds for each open document as soon as its files are read."""

    def __init__(self, on_change: Callable[[str], object]) -> None:
        self.folder_uris: tuple[str, ...] = ()
        """Of the client's workspace."""

        self.is_trusted = True
        """Whether files of workspaces are taken into account, or only the user's own."""

        self._places: dict[str, str] = {}
        self._on_change = on_change
        self._open: set[str] = set()
        self._known: dict[str, Workspace] = {}
        self._terms: dict[Path, Terms] = {}
        self._scanned: set[Path] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._files = ThreadPoolExecutor(1, thread_name_prefix="ppl-files")
        self._scans = ThreadPoolExecutor(1, thread_name_prefix="ppl-terms")
        self._workspaces: Workspaces | None = None

    def open(self, uri: str, place: str | None = None) -> None:
        """Find out what holds for a document; `on_change` is called when it is known.

        What holds for a cell of a notebook is what holds for the notebook, its `place`.
        """
        self._open.add(uri)
        if place is not None:
            self._places[uri] = place
        self._spawn(self._read(uri))

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._open.discard(uri)
        self._places.pop(uri, None)
        self._known.pop(uri, None)

    def place(self, uri: str) -> str:
        """Return where a document is: its URI, or that of the notebook of which it is a cell."""
        return self._places.get(uri, uri)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the folders of the client's workspace, as far as they are on this disk."""
        return tuple(path for path in map(path_of, self.folder_uris) if path is not None)

    def cells(self, place: str) -> list[str]:
        """Return the documents that are cells of a notebook."""
        return [uri for uri, one in self._places.items() if one == place]

    def settle(self, folder_uris: tuple[str, ...]) -> None:
        """Hear which folders the client has open by now."""
        if folder_uris != self.folder_uris:
            self.folder_uris = folder_uris
            self._scanned.intersection_update(self._terms)
            self._spawn(self._read_anew())

    def end(self) -> None:
        """Read no more."""
        for task in tuple(self._tasks):
            task.cancel()
        for executor in (self._files, self._scans):
            executor.shutdown(wait=False, cancel_futures=True)

    def workspace(self, uri: str) -> "Workspace | None":
        """Return what holds where a document is; None until that is known."""
        return self._known.get(uri)

    def rules(self, uri: str) -> "Rules | None":
        """Return what holds for a document; None until that is known."""
        workspace = self._known.get(uri)
        if workspace is None:
            return None
        terms = self._terms.get(workspace.root)
        path = path_of(self.place(uri))
        return workspace.rules(path, terms) if terms else workspace.rules(path)

    async def rules_of(self, path: Path, workspace: "Workspace") -> "Rules":
        """Return what holds for a file that nobody has open, when the terms are known."""
        await self._learn(workspace)
        if workspace.configuration.learn_terms and workspace.root not in self._terms:
            # Another document may have had them learnt, which is not done yet.
            await asyncio.get_running_loop().run_in_executor(self._scans, lambda: None)
        terms = self._terms.get(workspace.root)
        return workspace.rules(path, terms) if terms else workspace.rules(path)

    def thresholds(self, uri: str, settings: Settings) -> Thresholds:
        """Return the thresholds for a document as far as is known now."""
        workspace = self._known.get(uri)
        return settings.thresholds_over(workspace.configuration.thresholds if workspace else {})

    def trust(self, *, is_trusted: bool) -> None:
        """Take files of workspaces into account, or only the user's own."""
        if is_trusted != self.is_trusted:
            self.is_trusted = is_trusted
            self._read_all()

    def refresh(self) -> None:
        """Read again what has changed on disk."""
        self._spawn(self._refresh())

    async def change(self, job: Callable[[], None]) -> None:
        """Change files, and read them again. Raises EngineError if that is not possible."""
        await asyncio.get_running_loop().run_in_executor(self._files, job)
        await self._refresh()

    def _read_all(self) -> None:
        for uri in self._open:
            self._spawn(self._read(uri))

    async def _read_anew(self) -> None:
        """Read all files again, since they may be looked for in other folders."""
        await asyncio.get_running_loop().run_in_executor(self._files, self._forget)
        self._read_all()

    def _forget(self) -> None:
        self._workspaces = None

    async def _refresh(self) -> None:
        loop = asyncio.get_running_loop()
        known = dict(self._known)
        for uri in await loop.run_in_executor(self._files, self._stale, known):
            await self._read(uri)

    async def _read(self, uri: str) -> None:
        loop = asyncio.get_running_loop()
        path, is_trusted = path_of(self.place(uri)), self.is_trusted
        found = await loop.run_in_executor(self._files, self._load, path, is_trusted)
        if uri not in self._open or is_trusted != self.is_trusted:
            return
        self._known[uri] = found
        self._on_change(uri)
        await self._learn(found)

    async def _learn(self, workspace: "Workspace") -> None:
        """Read a project for its terms, once as long as nothing about it changes."""
        root = workspace.root
        if not workspace.configuration.learn_terms or root in self._scanned:
            return
        self._scanned.add(root)
        loop = asyncio.get_running_loop()
        terms = await loop.run_in_executor(self._scans, self._scan, workspace)
        if terms is not None:
            self._terms[root] = terms
            for uri in tuple(self._open):
                known = self._known.get(uri)
                if known is not None and known.root == root:
                    self._on_change(uri)

    def _load(self, path: Path | None, is_trusted: bool) -> "Workspace":  # noqa: FBT001
        # NumPy comes with it, which nobody has to wait for at the start.
        from ppl_engine.configuration.workspace import user_workspace  # noqa: PLC0415
        from ppl_engine.configuration.workspaces import Workspaces  # noqa: PLC0415

        if path is None or not is_trusted:
            return user_workspace(Path.home())
        if self._workspaces is None:
            self._workspaces = Workspaces()
        above = [folder for folder in self.folders if path.is_relative_to(folder)]
        fallback = max(above, key=lambda folder: len(folder.parts), default=path.parent)
        return self._workspaces.of(path, fallback)

    def _stale(self, known: "dict[str, Workspace]") -> list[str]:
        if self._workspaces is not None:
            self._workspaces.refresh()
        return [uri for uri, workspace in known.items() if not workspace.is_current]

    def _scan(self, workspace: "Workspace") -> "Terms | None":
        from ppl_engine.configuration.place import is_repository  # noqa: PLC0415
        from ppl_engine.configuration.scanning import TermScan  # noqa: PLC0415
        from ppl_engine.store.place import cache_place  # noqa: PLC0415

        root = workspace.root
        if workspace.file is None and not is_repository(root) and root not in self.folders:
            return None
        if len(root.parts) == 1:
            return None  # the whole disk is no project
        return TermScan(root, cache_place().path.parent).terms()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("Could not read the configuration: %s", error, exc_info=error)


def path_of(uri: str) -> Path | None:
    """Return the file that a document is; None where it is none."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None
