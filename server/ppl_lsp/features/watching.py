"""Files that somebody else changes: configurations, dictionaries, and documents not open here."""

from pathlib import Path
from typing import Final

from lsprotocol import types

from ppl_engine.text.languages import DOCUMENT_SUFFIXES
from ppl_lsp.session import Session
from ppl_lsp.workspace.guidance import path_of

_CONFIGURATIONS: Final = ("**/ppl.toml", "**/pyproject.toml", "**/.ppl/*")


def watchers() -> list[types.FileSystemWatcher]:
    """Return what a client is asked to watch."""
    suffixes = ",".join(sorted(suffix.removeprefix(".") for suffix in DOCUMENT_SUFFIXES))
    return [types.FileSystemWatcher(one) for one in (*_CONFIGURATIONS, f"**/*.{{{suffixes}}}")]


async def did_change_watched_files(
    session: Session, params: types.DidChangeWatchedFilesParams
) -> None:
    """Read again what of a configuration has changed on disk, and score documents again."""
    changes = [(path_of(change.uri), change.type) for change in params.changes]
    documents = [(path, kind) for path, kind in changes if path and _is_document(path)]
    session.guidance.refresh()
    if len(documents) < len(changes):
        session.survey.settings_changed()
    changed = [path for path, kind in documents if kind == types.FileChangeType.Changed]
    session.survey.files_changed(changed, is_list_stale=len(changed) < len(documents))


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in DOCUMENT_SUFFIXES and path.parent.name != ".ppl"
