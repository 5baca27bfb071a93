"""The workspaces of many documents, each read once and again when its files change."""

from pathlib import Path

from ppl_engine.configuration.workspace import Workspace, find_workspace


class Workspaces:
    """Remembers what holds in which folder. Reads files: not for an event loop."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, Workspace] = {}

    def of(self, document: Path, fallback: Path) -> Workspace:
        """Return what holds for a document, an absolute path, see `find_workspace`."""
        folder = document.parent
        known = self._by_folder.get(folder)
        if known is None:
            known = find_workspace(folder, fallback, tuple(self._by_folder.values()))
            self._by_folder[folder] = known
        return known

    def refresh(self) -> bool:
        """Forget what is no longer so; return whether there was any."""
        stale = [folder for folder, known in self._by_folder.items() if not known.is_current]
        for folder in stale:
            del self._by_folder[folder]
        return bool(stale)
