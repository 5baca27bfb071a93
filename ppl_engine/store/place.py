"""Where the cache is kept, and how large it may become."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppl_engine.errors import EngineError

DIRECTORY_VARIABLE: Final = "PPL_CACHE_DIR"
SIZE_VARIABLE: Final = "PPL_CACHE_MIB"

_FILE: Final = "scores.db"
_DEFAULT_MIB: Final = 1024
_SMALLEST_MIB: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A file for the cache and the bytes it may take."""

    path: Path
    max_bytes: int


def cache_place(directory: str | None = None) -> Place:
    """Return the place for a directory, else for the environment, else in the user's cache.

    Raises EngineError for a size in the environment that is none.
    """
    chosen = directory or os.environ.get(DIRECTORY_VARIABLE) or _users_directory()
    return Place(Path(chosen).expanduser().absolute() / _FILE, _max_mib() * 2**20)


def _users_directory() -> str:
    # Not needed where the directory is named.
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return user_cache_dir("ppl-lsp", appauthor=False)


def _max_mib() -> int:
    stated = os.environ.get(SIZE_VARIABLE)
    if not stated:
        return _DEFAULT_MIB
    try:
        mib = int(stated)
    except ValueError:
        mib = 0
    if mib < _SMALLEST_MIB:
        raise EngineError(f"{SIZE_VARIABLE} is a whole number of MiB from 1 on, not {stated!r}.")
    return mib
