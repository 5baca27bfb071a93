"""Excerpts of documents, chosen by a seed: running prose in Markdown of a few hundred words."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.findings.reading import blocks, read

_LEAST_WORDS: Final = 300
_MOST_WORDS: Final = 800
_LEAST_PROSE_WORDS: Final = 200
# Programs do not agree about where lines end in texts with these.
_ODD: Final = re.compile(r"[\r\0\x0b\x0c\x1c-\x1e\x85\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a document."""

    name: str
    text: str


def excerpts(paths: Sequence[Path], *, n: int, seed: int) -> list[Excerpt]:
    """Take `n` excerpts, as many of each file as may be, at most one of a document."""
    chosen: list[Excerpt] = []
    for idx, path in enumerate(paths):
        n_wanted = (n - len(chosen)) // (len(paths) - idx)
        documents = list(_documents(path))
        random.Random(f"{seed}").shuffle(documents)
        found = (_excerpt(name, text, seed) for name, text in documents)
        usable = (excerpt for excerpt in found if excerpt is not None)
        chosen += [excerpt for _, excerpt in zip(range(n_wanted), usable, strict=False)]
    return chosen


def vocabulary(paths: Iterable[Path]) -> frozenset[str]:
    """Return the words of all documents, in lower case."""
    return frozenset(
        word
        for path in paths
        for _, text in _documents(path)
        for word in re.findall(r"[a-z]+", text.lower())
    )


def _documents(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(_decompressed(path).splitlines()):
        yield f"{path.name.partition('.jsonl')[0]}:{number}", json.loads(line)["text"]


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data
    import zstandard  # noqa: PLC0415 - of the extra `pretraining`

    with zstandard.ZstdDecompressor().stream_reader(data) as reader:
        return reader.read()


def _excerpt(name: str, text: str, seed: int) -> Excerpt | None:
    """Return blocks from a place chosen at random on; None if it is too little."""
    rng = random.Random(f"{seed} {name}")
    n_wanted = rng.randint(_LEAST_WORDS, _MOST_WORDS)
    parts = blocks(text)
    counts = [len(part.split()) for part in parts]
    starts = [i for i in range(len(parts)) if sum(counts[i:]) >= _LEAST_WORDS]
    if not starts or _ODD.search(text):
        return None
    start = rng.choice(starts)
    end, n_words = start, 0
    while end < len(parts) and n_words + counts[end] <= max(n_wanted, counts[start]):
        n_words += counts[end]
        end += 1
    excerpt = "".join(parts[start:end]).strip("\n") + "\n"
    if not _LEAST_WORDS <= n_words <= _MOST_WORDS or read(excerpt).n_words < _LEAST_PROSE_WORDS:
        return None
    return Excerpt(name, excerpt)
