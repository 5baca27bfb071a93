"""Paths as reports that are read elsewhere name them: from the working directory, with `/`."""

import os
from pathlib import Path
from urllib.parse import quote

from ppl_engine.cli.sources import STDIN


def relative(path: str) -> str:
    """Return a path from the working directory; as it is where that can not be said."""
    if path == STDIN:
        return path
    try:
        name = os.path.relpath(path)
    except ValueError:  # on another drive, or with a NUL
        name = path
    return name.replace(os.sep, "/")


def uri(path: str) -> tuple[str, bool]:
    """Return a path as a reference, and whether it counts from the working directory."""
    name = relative(path)
    if name != ".." and not name.startswith("../") and not Path(name).is_absolute():
        return _quoted(name), True
    return f"file://{_quoted(Path(os.path.abspath(path)).as_posix())}", False  # noqa: PTH100


def _quoted(path: str) -> str:
    try:
        # Names of files that are no UTF-8 are the bytes they are.
        return quote(path.encode("utf-8", errors="surrogateescape"))
    except UnicodeEncodeError:
        return quote(path.encode("utf-8", errors="surrogatepass"))
