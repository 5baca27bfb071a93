"""The files of a workspace that `ppl check` would check, and what they say."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ppl_engine.configuration.workspace import Workspace

_BINARY_CHECK: Final = 8192


def wanted_files(
    folders: Iterable[Path], stop: threading.Event, *, is_trusted: bool
) -> "dict[Path, Workspace]":
    """Return the documents in folders, in the order of `ppl check`, and what holds for each.

    Walks folders and reads configurations: not for an event loop. Where files of workspaces are
    not trusted, the user's own dictionary is all that holds.
    """
    # NumPy comes with it, which nobody has to wait for at the start.
    from ppl_engine.configuration.workspace import user_workspace  # noqa: PLC0415
    from ppl_engine.configuration.workspaces import Workspaces  # noqa: PLC0415
    from ppl_engine.text.languages import DOCUMENT_SUFFIXES  # noqa: PLC0415
    from ppl_engine.walking.walk import Walker  # noqa: PLC0415

    found: dict[Path, Workspace] = {}
    workspaces, nobody = Workspaces(), user_workspace(Path.home())
    for folder in folders:
        if len(folder.parts) == 1:
            continue  # the whole disk is no project
        for name in Walker(_Silent()).files(str(folder)):
            if stop.is_set():
                return found
            path = Path(name)
            workspace = workspaces.of(path, folder) if is_trusted else nobody
            is_document = path.suffix.lower() in DOCUMENT_SUFFIXES
            if (is_document or workspace.configuration.include) and workspace.wants(path):
                found.setdefault(path, workspace)
    return found


def document_text(path: Path) -> str | None:
    """Return the text of a document, None where there is none or it is no text."""
    from ppl_engine.configuration.files import FileProblemError, read_text  # noqa: PLC0415

    try:
        text = read_text(path)
    except FileProblemError:
        return None
    return None if text is None or "\0" in text[:_BINARY_CHECK] else text


class _Silent:
    """Hears what can not be read: in an editor, nobody asked for that very folder."""

    def note(self, message: str) -> None:
        del message

    def fail(self, message: str) -> None:
        del message
