"""Putting a mended document in the place of the one that was read."""

import codecs
import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from ppl_engine.cli.sources import decode
from ppl_engine.errors import EngineError
from ppl_engine.walking.walk import reason


class NotWrittenError(EngineError):
    """A document was left as it is."""


def fixed_bytes(data: bytes, before: str, after: str) -> bytes:
    """Return a file with another text: its byte order mark and all that is not mended stay.

    Raises NotWrittenError where the file does not hold the text before.
    """
    try:
        is_same = decode(data) == before
    except ValueError:
        is_same = False
    if not is_same:
        raise NotWrittenError("it was changed meanwhile, so that nothing in it is mended")
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + after.encode()


def write_fixed(path: str, before: str, after: str) -> None:
    """Write a mended text into a file, whole or not at all. Raises NotWrittenError.

    What a link leads to is replaced, not the link; its permissions stay as they are.
    """
    target = Path(os.path.realpath(path))
    try:
        found = target.stat()
        if not stat.S_ISREG(found.st_mode):
            raise NotWrittenError("it is no regular file, so that nothing in it is mended")
        if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise NotWrittenError("it may not be written to, so that nothing in it is mended")
        _replace(target, fixed_bytes(target.read_bytes(), before, after), found)
    except OSError as error:
        raise NotWrittenError(f"it can not be written: {reason(error)}") from error


def _replace(target: Path, data: bytes, like: os.stat_result) -> None:
    descriptor, beside = mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(PermissionError):  # only the superuser may give a file away
                os.chown(beside, like.st_uid, like.st_gid)
        Path(beside).chmod(stat.S_IMODE(like.st_mode))
        Path(beside).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
