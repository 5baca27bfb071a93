"""Documents as one long row of token ids on disk, and the rows a training step reads from it.

    stream   <|endoftext|> doc a … <|endoftext|> doc b …        uint16, memory-mapped
    row      <|endoftext|> · from the start of a block on, anywhere in a document

A row begins as the engine's windows do: with the separator, then the middle of a document, most
often at the start of a paragraph, heading, list or code block.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ppl_engine.pretraining.corpus import CorpusDocument
from ppl_engine.pretraining.held_out import without_held_out

SEPARATOR_ID: Final = 0
_BATCH: Final = 256
_LOOK_AHEAD: Final = 96
"""Tokens within which a row looks for the start of a block to begin at."""


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """What a stream of tokens was made from."""

    n_tokens: int
    n_documents: int
    n_bytes: int
    n_removed: int
    """Paragraphs left out because they are held out."""

    bytes_by_licence: dict[str, int]
    bytes_by_source: dict[str, int]


def write_stream(
    documents: Iterable[CorpusDocument],
    tokenizer: Tokenizer,
    held_out: frozenset[bytes],
    path: Path,
) -> StreamSummary:
    """Write the ids of all documents, each after a separator, and a summary beside them."""
    by_licence, by_source = Counter[str](), Counter[str]()
    n_tokens = n_documents = n_bytes = n_removed = 0
    with path.open("wb") as out:
        for batch in _batched(documents):
            texts: list[str] = []
            for document in batch:
                text, n = without_held_out(document.text, held_out)
                size = len(text.encode(errors="replace"))
                n_removed += n
                n_bytes += size
                by_licence[document.licence] += size
                by_source[document.source] += size
                texts.append(text)
            encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
            for one in encoded:
                ids = np.array([SEPARATOR_ID, *one.ids], dtype=np.uint16)
                out.write(ids.tobytes())
                n_tokens += len(ids)
            n_documents += len(texts)
    summary = StreamSummary(
        n_tokens, n_documents, n_bytes, n_removed, dict(by_licence), dict(by_source)
    )
    fields = {name: getattr(summary, name) for name in StreamSummary.__slots__}
    path.with_suffix(".json").write_text(json.dumps(fields, indent=1), encoding="utf-8")
    return summary


def read_summary(path: Path) -> StreamSummary:
    """Return the summary written beside a stream."""
    text = path.with_suffix(".json").read_text(encoding="utf-8")
    return StreamSummary(**cast("dict[str, Any]", json.loads(text)))


def read_stream(path: Path) -> NDArray[np.uint16]:
    """Map a stream into memory."""
    return np.memmap(path, dtype=np.uint16, mode="r")


class Rows:
    """Rows of a stream in a seeded random order, every token about once an epoch."""

    def __init__(
        self, stream: NDArray[np.uint16], starts_block: NDArray[np.bool_], seed: int
    ) -> None:
        """`starts_block` tells for each id of the vocabulary whether a block begins after it."""
        self._stream = stream
        self._starts_block = starts_block
        self._seed = seed

    def batch(
        self, n_consumed: int, n_rows: int, length: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return inputs and targets, both (n_rows, length), after `n_consumed` tokens were used.

        A function of its arguments: training goes on where it was, whatever happened meanwhile.
        """
        per_epoch = max(1, len(self._stream) // length)
        first = n_consumed // length
        rows = [self._row(first + k, per_epoch, length) for k in range(n_rows)]
        joined = np.stack(rows)  # (n_rows, length + 1)
        return joined[:, :-1], joined[:, 1:]

    def _row(self, place: int, per_epoch: int, length: int) -> NDArray[np.int64]:
        epoch, within = divmod(place, per_epoch)
        order, offset = _epoch(self._seed, epoch, per_epoch, length)
        start = (int(order[within]) * length + offset) % len(self._stream)
        return self._from(self._block_start(start), length)

    def _block_start(self, start: int) -> int:
        """Move to the next place where a block begins, if it is near."""
        ahead = np.asarray(self._stream[start : start + _LOOK_AHEAD])
        after = np.flatnonzero(self._starts_block[ahead])
        return start + int(after[0]) + 1 if len(after) else start

    def _from(self, start: int, length: int) -> NDArray[np.int64]:
        ids = np.asarray(self._stream[start : start + length + 1]).astype(np.int64)
        if not len(ids) or ids[0] != SEPARATOR_ID:
            ids = np.concatenate([[SEPARATOR_ID], ids])
        missing = length + 1 - len(ids)
        if missing > 0:  # the end of the stream: go on at its beginning
            again = np.resize(np.asarray(self._stream), missing).astype(np.int64)
            ids = np.concatenate([ids, again])
        return ids[: length + 1]


def block_starts(tokenizer: Tokenizer) -> NDArray[np.bool_]:
    """Return for each id whether what follows it is the start of a block: a blank line ends here.

    The separator counts: what follows it is the start of a document.
    """
    n = tokenizer.get_vocab_size()
    mask = np.zeros(n, dtype=np.bool_)
    for idx in range(n):
        text = tokenizer.decode([idx], skip_special_tokens=False)
        mask[idx] = text.count("\n") > 1 and not text.strip()
    mask[SEPARATOR_ID] = True
    return mask


@lru_cache(maxsize=2)
def _epoch(seed: int, epoch: int, n_rows: int, length: int) -> tuple[NDArray[np.int64], int]:
    """Return the order of an epoch's rows, and how far all of them are moved."""
    generator = np.random.default_rng((seed, epoch))
    return generator.permutation(n_rows), int(generator.integers(length))


def _batched(documents: Iterable[CorpusDocument]) -> Iterator[tuple[CorpusDocument, ...]]:
    """Group documents for the tokenizer, which works on several at once."""
    source = iter(documents)
    while batch := tuple(islice(source, _BATCH)):
        yield batch
