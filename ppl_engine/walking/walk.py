"""The files in folders, in sorted order."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from ppl_engine.walking.gitignore import GitIgnore, gitignore_of

_SKIPPED: Final = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})
_ENVIRONMENT_MARKER: Final = "pyvenv.cfg"


class Journal(Protocol):
    """Who is told what could not be read."""

    def note(self, message: str) -> None:
        """Say what was left out on purpose."""

    def fail(self, message: str) -> None:
        """Say what could not be done."""


class Walker:
    """Walks folders, and remembers which: who waits for changes waits for them there."""

    def __init__(self, journal: Journal, *, respects_gitignore: bool = True) -> None:
        self._journal = journal
        self._respects_gitignore = respects_gitignore
        self.directories: list[str] = []

    def files(self, directory: str) -> Iterator[str]:
        """Yield the files in and below a folder.

        Left out is what git ignores, and folders that are hidden or hold what others wrote. The
        folder itself was named: it is walked whatever it is called.
        """
        place = Path(os.path.abspath(directory))  # noqa: PTH100 - a link is not followed
        ignored = gitignore_of(place) if self._respects_gitignore else GitIgnore()
        yield from self._walk(directory, str(place), (), ignored)

    def _walk(
        self, directory: str, place: str, above: tuple[str, ...], ignored: GitIgnore
    ) -> Iterator[str]:
        real = os.path.realpath(directory)
        if real in above:
            self._journal.note(f"{directory}: skipped, since it leads back to {real}")
            return
        self.directories.append(directory)
        try:
            with os.scandir(directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._journal.fail(f"{directory}: {reason(error)}")
            return
        for entry in entries:
            path = os.path.join(place, entry.name)  # noqa: PTH118 - once for each file
            is_directory = entry.is_dir()
            if is_directory and _is_skipped(entry):
                continue
            if ignored.ignores(path, is_directory=is_directory):
                continue
            if not is_directory:
                yield entry.path
            else:
                below = ignored.below(path) if self._respects_gitignore else ignored
                yield from self._walk(entry.path, path, (*above, real), below)


def reason(error: OSError) -> str:
    """Return why something could not be done, as it stands after a colon."""
    return (error.strerror or str(error)).lower()


def _is_skipped(directory: os.DirEntry[str]) -> bool:
    if directory.name.startswith(".") or directory.name in _SKIPPED:
        return True
    return (Path(directory.path) / _ENVIRONMENT_MARKER).exists()
