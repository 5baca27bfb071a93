"""The files that a workspace says its documents are made from; all below its root."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ppl_engine.configuration.files import FileProblemError, read_text
from ppl_engine.configuration.globs import Globs
from ppl_engine.configuration.workspace import Workspace
from ppl_engine.grounding.source import Source

_MOST_ENTRIES: Final = 50_000
_MOST_FILES: Final = 2000
_MOST_CHARACTERS: Final = 16 << 20
_SKIPPED: Final = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})


class MappedSources:
    """Reads sources, each once. Reads files: not for an event loop."""

    def __init__(self) -> None:
        self._names: dict[Path, list[str]] = {}
        self._texts: dict[Path, str] = {}
        self._found: dict[
            tuple[Path, tuple[str, ...]], tuple[tuple[Path, ...], tuple[str, ...]]
        ] = {}

    def of(self, document: Path, workspace: Workspace) -> tuple[tuple[Source, ...], list[str]]:
        """Return the sources of a document, an absolute path, and what is wrong with them.

        They come in the order of their paths. The document itself is none of them.
        """
        name = workspace.relative(document)
        paths: dict[Path, None] = {}
        complaints: list[str] = []
        for rule in workspace.configuration.grounding if name is not None else ():
            if rule.documents.match(name or ""):
                found, wrong = self._matching(workspace.root, rule.sources)
                paths |= dict.fromkeys(found)
                complaints += [f"{workspace.file}: {sentence}" for sentence in wrong]
        return tuple(
            Source(path.relative_to(workspace.root).as_posix(), self._texts[path])
            for path in sorted(paths)
            if path != document
        ), complaints

    def _matching(self, root: Path, wanted: Globs) -> tuple[tuple[Path, ...], tuple[str, ...]]:
        key = (root, wanted.patterns)
        if key not in self._found:
            self._found[key] = self._read(root, wanted)
        return self._found[key]

    def _read(self, root: Path, wanted: Globs) -> tuple[tuple[Path, ...], tuple[str, ...]]:
        if root not in self._names:
            self._names[root] = list(_files(root))
        complaints: list[str] = []
        paths: list[Path] = []
        n_characters = 0
        for name in filter(wanted.match, self._names[root]):
            path = root / name
            try:
                text = self._texts.get(path) or read_text(path) or ""
            except FileProblemError as error:
                complaints.append(f"grounding: {name}: {error}; it is left out.")
                continue
            n_characters += len(text)
            if len(paths) == _MOST_FILES or n_characters > _MOST_CHARACTERS:
                complaints.append(
                    f"grounding: more than {_MOST_FILES} files or {_MOST_CHARACTERS >> 20} million "
                    f"characters match {', '.join(wanted.patterns)}; from {name} on they are left "
                    "out: name fewer sources for fewer documents."
                )
                break
            self._texts[path] = text
            paths.append(path)
        if not paths:
            complaints.append(f"grounding: no file matches {', '.join(wanted.patterns)}.")
        return tuple(paths), tuple(complaints)


def _files(root: Path) -> Iterator[str]:
    """Yield the paths of files from the root, in an order that repeats; no link leads outside."""
    real_root = os.path.realpath(root)
    folders, n_entries = [""], 0
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            n_entries += 1
            if n_entries > _MOST_ENTRIES:
                return
            name = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in _SKIPPED:
                    folders.append(f"{name}/")
            elif not entry.is_symlink() or _is_below(entry.path, real_root):
                yield name


def _is_below(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    return real.startswith(os.path.join(real_root, ""))  # noqa: PTH118 - as `realpath` writes it
