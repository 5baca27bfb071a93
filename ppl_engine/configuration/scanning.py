"""Reads the files of a project for its terms: bounded in files, bytes and time, each file once.

What was counted in a file is kept until the file changes, in memory and, where a place is given,
on disk. That can be lost, false or foreign at any time: then the file is read again.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.configuration.files import FileProblemError, read_text, write_text
from ppl_engine.configuration.globs import Globs
from ppl_engine.ignoring.terms import Sightings, Terms, learnt, sightings
from ppl_engine.text.languages import PLAIN_LANGUAGES, UNKNOWN, language_of_name

_MOST_FILES: Final = 500
_MOST_ENTRIES: Final = 20_000
_MOST_BYTES_OF_FILE: Final = 1 << 17
_MOST_BYTES: Final = 4 << 20
_MOST_SECONDS: Final = 10.0
_VERSION: Final = 1
_SKIPPED: Final = frozenset(
    {
        *("node_modules", "site-packages", "__pycache__", "venv", "vendor", "third_party"),
        *("build", "dist", "target", "out", "coverage"),
    }
)
_TOKENIZER: Final = Path(__file__).parents[1] / "models" / "embedded" / "tokenizer.json"
_ORDINARY: Final = re.compile("Ġ[a-z]{3,40}")

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Counted:
    stamp: _Stamp
    found: Sightings


class TermScan:
    """What was counted in the files under one root. Reads files: not for an event loop."""

    def __init__(
        self,
        root: Path,
        directory: Path | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = root
        self._now = now
        name = blake2b(os.fsencode(root), digest_size=8).hexdigest()
        self._kept_path = directory / f"terms-{name}.json" if directory else None
        self._known: dict[str, _Counted] | None = None

    def terms(self) -> Terms:
        """Return the terms of the project as its files are now."""
        before = self._kept() if self._known is None else self._known
        self._known = dict(self._scan(before))
        if self._known != before:
            self._keep(self._known)
        return learnt((one.found for one in self._known.values()), ordinary_words())

    def _scan(self, before: Mapping[str, _Counted]) -> Iterator[tuple[str, _Counted]]:
        end, n_bytes = self._now() + _MOST_SECONDS, 0
        for path, stamp, language in _files(self._root):
            n_bytes += stamp[1]
            if n_bytes > _MOST_BYTES or end < self._now():
                return
            name = path.relative_to(self._root).as_posix()
            known = before.get(name)
            if known is None or known.stamp != stamp:
                known = _Counted(stamp, _sightings(path, language))
            yield name, known

    def _kept(self) -> dict[str, _Counted]:
        if self._kept_path is None:
            return {}
        try:
            content = json.loads(read_text(self._kept_path) or "")
            if content["version"] != _VERSION or content["root"] != str(self._root):
                return {}
            return {name: _counted(one) for name, one in content["files"].items()}
        except (FileProblemError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    def _keep(self, known: Mapping[str, _Counted]) -> None:
        if self._kept_path is None:
            return
        files = {name: (*one.stamp, one.found.named, one.found.used) for name, one in known.items()}
        content = {"version": _VERSION, "root": str(self._root), "files": files}
        try:
            write_text(self._kept_path, json.dumps(content, separators=(",", ":")))
        except FileProblemError:
            return  # it is read again the next time


@cache
def ordinary_words() -> frozenset[str]:
    """Return words so common that they are a token of their own: no term of any project."""
    try:
        vocabulary = json.loads(read_text(_TOKENIZER) or "{}")["model"]["vocab"]
        tokens: list[str] = list(vocabulary)
    except (FileProblemError, ValueError, TypeError, KeyError):
        return frozenset()
    return frozenset(one.removeprefix("Ġ") for one in tokens if _ORDINARY.fullmatch(one))


def _files(root: Path) -> Iterator[tuple[Path, _Stamp, str]]:
    """Yield documents and programs, those higher up first, in an order that repeats."""
    ignored = _gitignore(root)
    folders, n_entries, n_files = [root], 0, 0
    while folders:
        below: list[Path] = []
        for folder in folders:
            for entry in _entries(folder):
                n_entries += 1
                if n_entries > _MOST_ENTRIES or n_files >= _MOST_FILES:
                    return
                path = folder / entry.name
                if entry.name.startswith(".") or ignored.match(path.relative_to(root).as_posix()):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    below += [] if entry.name in _SKIPPED else [path]
                elif (found := _stamp(entry)) and _is_read(entry.name):
                    n_files += 1
                    yield path, found, language_of_name(entry.name)
        folders = below


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _stamp(entry: os.DirEntry[str]) -> _Stamp | None:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    is_small = entry.is_file(follow_symlinks=False) and found.st_size <= _MOST_BYTES_OF_FILE
    return (found.st_mtime_ns, found.st_size) if is_small else None


def _is_read(name: str) -> bool:
    language = language_of_name(name)
    if language in PLAIN_LANGUAGES:
        return Path(name).suffix != ""  # what has none may be anything
    return language != UNKNOWN


def _sightings(path: Path, language: str) -> Sightings:
    try:
        return sightings(read_text(path) or "", language)
    except FileProblemError:
        return Sightings({}, {})


def _gitignore(root: Path) -> Globs:
    try:
        lines = (read_text(root / ".gitignore") or "").split("\n")
        return Globs.of(line for line in lines if line.strip())
    except (FileProblemError, ValueError):
        return Globs.of(())


def _counted(kept: Any) -> _Counted:
    time_ns, size, named, used = kept
    return _Counted((int(time_ns), int(size)), Sightings(_counts(named), _counts(used)))


def _counts(kept: object) -> dict[str, int]:
    if not isinstance(kept, dict):
        raise TypeError
    counts = cast(dict[object, object], kept)
    if not all(isinstance(n, int) for n in counts.values()):
        raise TypeError
    return cast(dict[str, int], counts)
