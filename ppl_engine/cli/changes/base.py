"""The files of a repository as they were at a revision."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import Final

from ppl_engine.git import GitError, git, git_line

_N_DIGITS_OF_SHA1: Final = 40
_SUBMODULE: Final = "160000"
_SYMBOLIC_LINK: Final = "120000"
_DEEPER: Final = (
    "the history here is shallow: fetch more of it, for example with `git fetch --unshallow`, or "
    "fetch-depth: 0 in a checkout of GitHub Actions"
)


@dataclass(frozen=True, slots=True)
class Base:
    """A commit, with what was in it. Paths are those from the root, with `/`."""

    root: Path
    files: Mapping[str, str]
    """Names of contents, by path; without links and repositories within."""

    submodules: Mapping[str, str]
    """Commits, by path."""

    def content(self, path: str) -> bytes:
        """Return what a file held. Raises GitError where it is not in this clone."""
        name = self.files[path]
        try:
            return git(self.root, "cat-file", "blob", name)
        except GitError as error:
            raise GitError(
                f"{path}: what it was before is not in this clone ({error}): fetch it, for example "
                "with `git fetch --refetch --no-filter`."
            ) from error


def base_of(root: Path, revision: str) -> Base:
    """Return the commit where the history of HEAD left that of a revision. Raises GitError.

    Of a submodule it is the commit that the repository around it had recorded there.
    """
    around = git_line(root, "rev-parse", "--show-superproject-working-tree")
    if not around:
        return _tree(root, _merge_base(root, revision))
    outer = base_of(Path(around), revision)
    commit = outer.submodules.get(os.path.relpath(root, outer.root).replace(os.sep, "/"))
    return _tree(root, commit) if commit else Base(root, {}, {})


def name_of(content: bytes, like: str) -> str:
    """Return the name that git gives to a content, as long as another."""
    digest = sha1 if len(like) == _N_DIGITS_OF_SHA1 else sha256
    head = b"blob %d\0" % len(content)
    return digest(head + content, usedforsecurity=False).hexdigest()


def _merge_base(root: Path, revision: str) -> str:
    if not revision or revision.startswith("-") or "\0" in revision:
        raise GitError(f"--changed-since {revision}: this is no name of a commit.")
    try:
        commit = git_line(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except GitError as error:
        why = str(error) or "there is no such commit"
        raise GitError(
            f"--changed-since {revision}: {why} in {root}{_if_shallow(root)}."
        ) from error
    try:
        return git_line(root, "merge-base", commit, "HEAD")
    except GitError as error:
        why = str(error) or "it has no commit in common with HEAD"
        raise GitError(
            f"--changed-since {revision}: {why} in {root}{_if_shallow(root)}."
        ) from error


def _tree(root: Path, commit: str) -> Base:
    try:
        listed = git(root, "ls-tree", "-r", "-z", "--full-tree", commit)
    except GitError as error:
        raise GitError(f"{root}: the commit {commit} is not here: {error}.") from error
    files: dict[str, str] = {}
    submodules: dict[str, str] = {}
    for entry in os.fsdecode(listed).split("\0")[:-1]:
        described, _, path = entry.partition("\t")
        mode, _, name = described.split(" ")
        if mode == _SUBMODULE:
            submodules[path] = name
        elif mode != _SYMBOLIC_LINK:
            files[path] = name
    return Base(root, files, submodules)


def _if_shallow(root: Path) -> str:
    try:
        is_shallow = git_line(root, "rev-parse", "--is-shallow-repository") == "true"
    except GitError:
        is_shallow = False
    return f"; {_DEEPER}" if is_shallow else ""
