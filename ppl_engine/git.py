"""Asking git: only what reads its own database and starts no program that a repository names."""

import os
import subprocess
from pathlib import Path
from typing import Final

from ppl_engine.errors import EngineError

_COMMAND: Final = ("git", "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false")

_ELSEWHERE: Final = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"),
        *("GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_ATTR_SOURCE"),
    }
)
"""What a hook is started with, about its own repository: we name the folder that is meant."""


class GitError(EngineError):
    """Git is not there, or did not do what it was asked."""


def git(directory: Path, *arguments: str) -> bytes:
    """Run git in a folder and return what it writes. Raises GitError with what it complains of.

    Nothing is fetched, no lock is taken, and nobody is asked for a password.
    """
    try:
        done = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=directory,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed, or not on the PATH.") from error
    except OSError as error:
        raise GitError(f"git can not be run in {directory}: {error.strerror}.") from error
    if done.returncode:
        raise GitError(_complaint(done.stderr))
    return done.stdout


def git_line(directory: Path, *arguments: str) -> str:
    """Return the one line that git answers, as a path or a name. Raises GitError."""
    return os.fsdecode(git(directory, *arguments)).removesuffix("\n").removesuffix("\r")


def repository_above(directory: Path) -> Path | None:
    """Return the root of the working tree that a folder belongs to, without asking git."""
    for one in (directory, *directory.parents):
        if os.path.lexists(one / ".git"):
            return one
    return None


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    wanted = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **wanted, "LC_ALL": "C"}


def _complaint(stderr: bytes) -> str:
    lines = [line for line in stderr.decode(errors="replace").split("\n") if line.strip()]
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else ""
