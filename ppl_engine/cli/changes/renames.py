"""Where a file was before it was moved: git keeps no such record either, it compares."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from ppl_engine.cli.changes.base import Base, name_of

_LEAST_IN_COMMON: Final = 0.5
"""Of the larger of two files, by bytes of equal lines; as in git."""

_MOST_COMPARED: Final = 100


class Renames:
    """The files of a commit that are gone, and what became of them."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._gone: dict[str, str] | None = None
        self._contents: dict[str, bytes] = {}

    def before(self, path: str, content: bytes) -> bytes | None:
        """Return what a file held when it had another name; None where it is new."""
        gone = self._all_gone()
        if not gone:
            return None
        name = name_of(content, next(iter(gone.values())))
        if name in gone.values():
            return content
        best, most = None, _LEAST_IN_COMMON
        for candidate in self._candidates(path):
            before = self._content(candidate)
            in_common = _in_common(before, content)
            if most <= in_common:
                best, most = before, in_common
        return best

    def _all_gone(self) -> dict[str, str]:
        if self._gone is None:
            root = str(self._base.root)
            self._gone = {
                path: name
                for path, name in self._base.files.items()
                if not os.path.lexists(os.path.join(root, path))  # noqa: PTH118 - once for each file
            }
        return self._gone

    def _candidates(self, path: str) -> Iterator[str]:
        """Yield files of the same kind, first those of the same name, then those of its folder."""
        there = PurePosixPath(path)
        like = [one for one in self._all_gone() if PurePosixPath(one).suffix == there.suffix]
        like.sort(
            key=lambda one: (
                PurePosixPath(one).name != there.name,
                PurePosixPath(one).parent != there.parent,
                one,
            )
        )
        yield from like[:_MOST_COMPARED]

    def _content(self, path: str) -> bytes:
        if path not in self._contents:
            self._contents[path] = self._base.content(path)
        return self._contents[path]


def _in_common(one: bytes, other: bytes) -> float:
    """Return the share of bytes in lines that both have, of the larger one."""
    if not one or not other:
        return 0.0
    shared = _lines(one) & _lines(other)
    n_bytes = sum(len(line) * n for line, n in shared.items())
    return n_bytes / max(sum(len(line) * n for line, n in _lines(b).items()) for b in (one, other))


def _lines(content: bytes) -> Counter[bytes]:
    return Counter(line.removesuffix(b"\r") + b"\n" for line in content.split(b"\n"))
