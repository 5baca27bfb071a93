"""What changed since a revision: in commits, in the working tree, and in files git does not know.

Git is asked for the old version only. What a document holds now was read already, and comparing it
here runs no filter, no textconv and no diff program that a repository may name.
"""

import codecs
import os
from pathlib import Path

from ppl_engine.cli.changes.base import Base, base_of, name_of
from ppl_engine.cli.changes.lines import changed_stretches
from ppl_engine.cli.changes.renames import Renames
from ppl_engine.cli.changes.touched import Touched
from ppl_engine.cli.sources import STDIN, Source
from ppl_engine.git import GitError, repository_above
from ppl_engine.text.spans import Span


class ChangesSince:
    """Compares documents with what they were where the branch left a revision."""

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._bases: dict[Path, tuple[Base, Renames]] = {}

    def touched(self, source: Source) -> Touched | None:
        """Return what changed; None where nothing did. Raises GitError."""
        if source.path == STDIN:
            raise GitError(
                "--changed-since: standard input is no file of a repository; say which one it is "
                "with --stdin-filename."
            )
        before = self._before(source)
        if before is None:
            return Touched((Span(0, len(source.text)),))
        stretches = changed_stretches(before, source.text)
        return Touched(stretches) if stretches else None

    def _before(self, source: Source) -> str | None:
        """Return what the document was; None where it is new."""
        path = Path(os.path.realpath(source.path))
        root = repository_above(path.parent)
        if root is None:
            raise GitError(
                f"{source.path}: it is in no git repository, so that nothing tells what changed "
                f"in it since {self._revision}."
            )
        if root not in self._bases:
            base = base_of(root, self._revision)
            self._bases[root] = base, Renames(base)
        base, renames = self._bases[root]
        name = path.relative_to(root).as_posix()
        content = source.text.encode("utf-8", errors="surrogatepass")
        if name not in base.files:
            before = renames.before(name, content)
            return None if before is None else _text(before)
        if name_of(content, base.files[name]) == base.files[name]:
            return source.text
        return _text(base.content(name))


def _text(content: bytes) -> str:
    return content.removeprefix(codecs.BOM_UTF8).decode(errors="surrogateescape")
