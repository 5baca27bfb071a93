"""Where the configuration of a document is, and where that of the user is."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAME: Final = "ppl.toml"
PYPROJECT: Final = "pyproject.toml"
DIRECTORY_VARIABLE: Final = "PPL_CONFIG_DIR"

_REPOSITORY: Final = (".git", ".hg", ".jj", ".svn")
_MOST_LEVELS: Final = 64


def folders_above(directory: Path, fallback: Path) -> Iterator[Path]:
    """Yield a folder and those above, to the root of its repository.

    Outside of any repository, to `fallback` where that is above, else only the folder itself:
    what lies further up is not of one piece with it.
    """
    above = [directory, *directory.parents][:_MOST_LEVELS]
    last = next((one for one in above if is_repository(one)), None)
    if last is None:
        last = fallback if fallback in above else directory
    for one in above:
        yield one
        if one == last:
            return


def is_repository(directory: Path) -> bool:
    """Whether a folder is the root of a repository."""
    return any(os.path.lexists(directory / name) for name in _REPOSITORY)


def user_words_path() -> Path:
    """Return the user's own dictionary."""
    chosen = os.environ.get(DIRECTORY_VARIABLE) or _users_directory()
    return Path(chosen).expanduser().absolute() / "words.txt"


def _users_directory() -> str:
    # Not needed where the directory is named.
    from platformdirs import user_config_dir  # noqa: PLC0415

    return user_config_dir("ppl-lsp", appauthor=False)
