"""Documents to train on and to judge by, read from a folder.

A folder of shards (`<category>.<split>[.<nn>].jsonl[.zst]`, a document a line with its `text`) is
taken as it is split. Any other folder of text files becomes one category, split by hash of path.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TextIO, cast

import zstandard

from ppl_engine.errors import EngineError

_SHARDS: Final = ("*.jsonl", "*.jsonl.zst")
_TEXTS: Final = frozenset({".md", ".mdx", ".rst", ".txt", ".adoc", ".tex"})
_HELD_OUT_OF_1000: Final = 5
_UNSTATED: Final = "not stated"


class CorpusError(EngineError):
    """The corpus can not be read."""


class Split(StrEnum):
    """What a document is for."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A text and where it comes from."""

    text: str
    category: str
    source: str
    """A repository, or the folder the file lies in."""

    path: str
    licence: str


def read_corpus(directory: Path, split: Split) -> Iterator[CorpusDocument]:
    """Yield the documents of one split in a fixed order.

    Raises CorpusError where the folder or a line of it can not be read.
    """
    if not directory.is_dir():
        raise CorpusError(f"{directory} is no folder; name one that holds shards or text files.")
    shards = sorted(path for pattern in _SHARDS for path in directory.glob(pattern))
    if shards:
        for path in shards:
            category, _, rest = path.name.partition(".")
            if rest.partition(".")[0] == split:
                yield from _read_shard(path, category)
        return
    texts = sorted(p for p in directory.rglob("*") if p.suffix.lower() in _TEXTS and p.is_file())
    if not texts:
        raise CorpusError(
            f"{directory} holds neither shards ({', '.join(_SHARDS)}) nor text files "
            f"({', '.join(sorted(_TEXTS))})."
        )
    for path in texts:
        if split_of(name := path.relative_to(directory).as_posix()) is split:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield CorpusDocument(text, "text", directory.name, name, _UNSTATED)


def split_of(path: str) -> Split:
    """Return the split of a file by its path: one in a hundred is held out."""
    place = int.from_bytes(blake2b(path.encode(), digest_size=8).digest(), "big") % 1000
    if place < _HELD_OUT_OF_1000:
        return Split.TEST
    return Split.VALID if place < 2 * _HELD_OUT_OF_1000 else Split.TRAIN


def _read_shard(path: Path, category: str) -> Iterator[CorpusDocument]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                fields = cast("dict[str, Any]", json.loads(line))
                text = fields["text"]
            except (ValueError, KeyError, TypeError) as exc:
                raise CorpusError(
                    f"{path}, line {number}: not a JSON object with a `text` ({exc!r})."
                ) from exc
            yield CorpusDocument(
                text=str(text),
                category=category,
                source=str(fields.get("repo", path.name)),
                path=str(fields.get("path", f"line {number}")),
                licence=str(fields.get("licence", _UNSTATED)),
            )


def _opened(path: Path) -> TextIO:
    if path.suffix == ".zst":
        return cast("TextIO", zstandard.open(path, "rt", encoding="utf-8", newline="\n"))
    return path.open(encoding="utf-8", newline="\n")
