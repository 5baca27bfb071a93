"""What git would not add: the `.gitignore` files of a repository, and what it is told beside them.

See gitignore(5). Git looks at one entry after the other from the root of the repository down; what
lies in a folder that is ignored is never looked at. So does this: a folder is asked about before
what is in it.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from pathspec.patterns.gitignore.base import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from ppl_engine.git import GitError, git_line, repository_above

_MOST_STARS: Final = 4
"""In one name of a path: each is tried at each place, and a repository writes the patterns."""

_MOST_BYTES: Final = 1 << 20
_BELOW: Final = re.compile(r"(?<=[^/])/\*\*/(?=[ \t]*$)")
"""At the end of a pattern: any folder below one, which pathspec takes for that one."""

_FOLDER: Final = "ps_d"
"""Name of the group in which pathspec has the slash after what it takes for a folder."""


@dataclass(frozen=True, slots=True)
class _Rule:
    expression: re.Pattern[str]
    is_ignored: bool

    def match(self, path: str) -> bool:
        """Whether the entry itself is meant, not a folder above it: those were asked before.

        The path of a folder ends with a slash.
        """
        found = self.expression.search(path)
        if found is None:
            return False
        if _FOLDER not in self.expression.groupindex:  # `a/**` means what is in a, not a
            return found.end() < len(path) or self.expression.pattern == "."
        if not self.expression.pattern.startswith("^"):  # `*/` means any folder
            return path.endswith("/")
        return found.end(_FOLDER) in {-1, len(path)}


@dataclass(frozen=True, slots=True)
class _Level:
    """The rules of one file, for paths from one folder."""

    directory: str
    rules: tuple[_Rule, ...]

    def decision(self, path: str, *, is_directory: bool) -> bool | None:
        """Return whether the last rule that matches ignores an entry; None where none does."""
        if not self.rules:
            return None
        name = path[len(self.directory.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
        name += "/" if is_directory else ""
        for rule in reversed(self.rules):
            if rule.match(name):
                return rule.is_ignored
        return None


@dataclass(frozen=True, slots=True)
class GitIgnore:
    """What holds for the entries of one folder. Paths are absolute, without links to the root."""

    levels: tuple[_Level, ...] = ()
    """By weight: the last one that has something to say decides."""

    def ignores(self, path: str, *, is_directory: bool) -> bool:
        """Whether git would not add an entry of this folder."""
        for level in reversed(self.levels):
            decision = level.decision(path, is_directory=is_directory)
            if decision is not None:
                return decision
        return False

    def below(self, directory: str) -> "GitIgnore":
        """Return what holds in a folder of this folder."""
        if os.path.lexists(os.path.join(directory, ".git")):  # noqa: PTH118 - a str per file
            return _root(Path(directory))
        if not self.levels:
            return self
        own = _level(Path(directory), Path(directory) / ".gitignore")
        return GitIgnore((*self.levels, own)) if own.rules else self


def gitignore_of(directory: Path) -> GitIgnore:
    """Return what holds for the entries of a folder; nothing is ignored outside of repositories."""
    root = repository_above(directory)
    if root is None:
        return GitIgnore()
    found = _root(root)
    for folder in reversed([directory, *directory.parents]):
        if folder.is_relative_to(root) and folder != root:
            found = found.below(str(folder))
    return found


def _root(root: Path) -> GitIgnore:
    excludes = _git_directory(root) / "info" / "exclude"
    paths = [_global_excludes(root), excludes, root / ".gitignore"]
    return GitIgnore(tuple(_level(root, path) for path in paths))


@cache
def _global_excludes(root: Path) -> Path:
    """Return the file in which a user keeps what is ignored everywhere."""
    try:
        return Path(git_line(root, "config", "--type=path", "--get", "core.excludesFile"))
    except GitError:
        home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return Path(os.path.expanduser(home)) / "git" / "ignore"  # noqa: PTH111 - never raises


def _git_directory(root: Path) -> Path:
    """Return where git keeps what worktrees share; `.git` of one, or of a submodule, is a file."""
    place = root / ".git"
    if place.is_dir():
        return place
    directory = root / _lines(place)[0].removeprefix("gitdir: ")
    return directory / _lines(directory / "commondir")[0]


def _level(directory: Path, path: Path) -> _Level:
    return _Level(str(directory), tuple(_rules(_lines(path))))


def _lines(path: Path) -> list[str]:
    """Return the lines of a file, one empty line where it can not be read."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except (OSError, ValueError):
        return [""]
    return [os.fsdecode(one.removesuffix(b"\r")) for one in data.split(b"\n")]


def _rules(lines: Iterable[str]) -> Iterable[_Rule]:
    """Yield what lines come to; git, too, says nothing of those that are no patterns."""
    for line in lines:
        if any(name.replace("**", "*").count("*") > _MOST_STARS for name in line.split("/")):
            continue
        try:
            pattern = GitIgnoreSpecPattern(_BELOW.sub("/**/*/", line.removeprefix("\ufeff")))
        except GitIgnorePatternError:
            continue
        if pattern.include is not None and pattern.regex is not None:
            yield _Rule(cast("re.Pattern[str]", pattern.regex), pattern.include)
