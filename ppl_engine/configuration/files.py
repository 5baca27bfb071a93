"""Reading and writing the small files of a configuration."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final, TypeAlias

from ppl_engine.errors import EngineError

Signature: TypeAlias = tuple[int, int, int] | None
"""What changes with a file: time, size, inode. None where there is none."""

_MOST_BYTES: Final = 8 << 20


class FileProblemError(EngineError):
    """A file of a configuration can not be used."""


def signature(path: Path) -> Signature:
    """Return what tells whether a file is as it was."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def read_text(path: Path) -> str | None:
    """Return the text of a file, None where there is none. Raises FileProblemError."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None  # in a folder that we may not enter, there is nothing for us
    # A pipe in the place of a file would keep us waiting for somebody to write into it.
    if not stat.S_ISREG(mode):
        raise FileProblemError("it is no regular file")
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileProblemError(f"it can not be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise FileProblemError(f"it is larger than {_MOST_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblemError(f"it is not UTF-8 (byte {error.start})") from error


def write_text(path: Path, content: str) -> None:
    """Put a text in the place of a file, with the folders to it. Raises FileProblemError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # What a link leads to is replaced, not the link.
        target = path.resolve()
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        beside.write_bytes(content.encode("utf-8", errors="backslashreplace"))
        if target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise FileProblemError(f"{path}: can not be written: {error.strerror}.") from error
