"""Patterns among the paths that were given, for shells that hand them on as they are."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ppl_engine.configuration.globs import Globs
from ppl_engine.walking.walk import Walker

_MAGIC: Final = re.compile(r"[*?\[]")


def is_pattern(path: str) -> bool:
    """Whether a path is meant as a pattern: there are files with such names, too."""
    return _MAGIC.search(path) is not None and not os.path.lexists(path)


def names_its_suffix(pattern: str) -> bool:
    """Whether a pattern says itself what kind of files it means."""
    suffix = Path(pattern).suffix
    return suffix != "" and _MAGIC.search(suffix) is None


def matching(pattern: str, walker: Walker) -> Iterator[str]:
    """Yield the files that a pattern means; of a folder that it means, all that are in it.

    `*` and `?` stand for what is in one name, `**` for any folders. Raises ValueError that says
    what is wrong with a pattern.
    """
    names = pattern.replace(os.sep, "/").split("/")
    n_plain = next(k for k, name in enumerate(names) if _MAGIC.search(name))
    base = "/".join(names[:n_plain])
    base = base if n_plain == 0 or base else "/"
    # A leading slash says that it is a path from there on.
    globs = Globs.of(["/" + "/".join(names[n_plain:])])
    if base and not os.path.isdir(base):  # noqa: PTH112 - Path.is_dir raises where it is closed
        return
    for file in walker.files(base or "."):
        path = file.removeprefix("./") if not base else file
        relative = path[len(base.rstrip("/")) + 1 :] if base else path
        if globs.match(relative.replace(os.sep, "/")):
            yield path
