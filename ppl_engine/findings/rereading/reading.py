"""Stretches of a text that are read at once, and what one reading of them says."""

from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from itertools import groupby
from typing import Any, Final, TypeVar

import numpy as np

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.rereading.values import Document
from ppl_engine.scoring.scores import Ints, TokenScores, WindowScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.windows import Window
from ppl_engine.scoring.word_scores import WordScores

T = TypeVar("T", TokenScores, WordScores)

FOLLOWING_TOKENS: Final = 8
"""How far is read on behind a candidate: what follows a wrong word is mostly decided by then."""

_BLOCK_TOKENS: Final = 128
_CONTEXT_TOKENS: Final = 64
_LOOK_BACK: Final = 12
"""Tokens before a block at which a candidate for its first word may begin to differ."""


@dataclass(frozen=True, slots=True)
class Block:
    """Suspicious words that are judged by one reading of the tokens `[start, end)`."""

    context_start: int
    start: int
    end: int
    suspects: tuple[int, ...]
    """Indices of the words, ascending."""

    offset: int
    """Where the text begins that is read."""

    @property
    def first_row(self) -> int:
        """The first token of which it is asked what predicts it."""
        return max(self.context_start, self.start - _LOOK_BACK)

    def window(self, document: Document, bos_id: int | None) -> Window:
        """Return what is read."""
        ids = document.tokens.ids
        bos = np.array([] if bos_id is None else [bos_id], dtype=np.int64)
        joined = np.concatenate([bos, ids[self.context_start : self.end]])
        return Window(joined, len(bos) + self.first_row - self.context_start)

    def alone(self, document: Document) -> "tuple[Document, Block]":
        """Return what of a document is read, and this block, as if that were all there is.

        A word that goes on beyond it is left out.
        """
        tokens, words = document.tokens, document.words
        low, high = self.context_start, self.end
        first = int(np.searchsorted(words.first_token, low))
        after = int(np.searchsorted(words.end_token, high, side="right"))
        own_tokens = replace(
            _rows(tokens, slice(low, high)),
            starts=tokens.starts[low:high] - self.offset,
            ends=tokens.ends[low:high] - self.offset,
            segment_starts=np.zeros(1, dtype=np.int64),
        )
        inside = slice(first, max(first, after))
        own_words = replace(
            _rows(words, inside),
            starts=words.starts[inside] - self.offset,
            ends=words.ends[inside] - self.offset,
            first_token=words.first_token[inside] - low,
            end_token=words.end_token[inside] - low,
        )
        text = document.text[self.offset : int(tokens.ends[high - 1])]
        suspects = tuple(idx - first for idx in self.suspects if first <= idx < after)
        block = Block(0, self.start - low, high - low, suspects, 0)
        return Document(text, own_tokens, own_words), block

    def key(self, document: Document, lexicon: Lexicon) -> bytes:
        """Return a digest of all that the result depends on, where this is all of the document.

        But for the model and the code, that is.
        """
        tokens, words = document.tokens, document.words
        digest = blake2b(lexicon.digest, digest_size=16)
        digest.update(document.text.encode("utf-8", errors="surrogatepass"))
        for column in (
            *(np.array([self.start, len(tokens), len(words)]), np.array(self.suspects)),
            *(tokens.ids, tokens.starts, tokens.ends, tokens.begins_word),
            *(words.starts, words.ends, words.is_word, words.first_token, words.end_token),
        ):
            digest.update(column.astype("<i8").tobytes())
        return digest.digest()


def _rows(columns: T, rows: slice) -> T:
    """Take the same rows of all arrays."""
    values: dict[str, Any] = {own.name: getattr(columns, own.name) for own in fields(columns)}
    arrays = {name: value[rows] for name, value in values.items() if hasattr(value, "shape")}
    return replace(columns, **arrays)


def blocks(document: Document, suspects: Ints) -> list[Block]:
    """Put suspicious words together that lie in the same stretch of a segment.

    A block ends with its segment, and its context does not begin before the segment before that:
    it depends on no token that the scores of its words do not depend on.
    """
    tokens, words = document.tokens, document.words
    first = words.first_token[suspects]
    segment_idx = np.searchsorted(tokens.segment_starts, first, side="right") - 1
    segment_start = tokens.segment_starts[segment_idx]
    segment_end = np.append(tokens.segment_starts[1:], len(tokens))[segment_idx]
    start = segment_start + (first - segment_start) // _BLOCK_TOKENS * _BLOCK_TOKENS
    earliest = tokens.segment_starts[np.maximum(0, segment_idx - 1)]
    context_start = np.maximum(earliest, start - _CONTEXT_TOKENS)
    columns = (suspects, context_start, start, segment_end)
    places = zip(*(column.tolist() for column in columns), strict=True)
    found: list[Block] = []
    for (before, begin, limit), group in groupby(places, key=lambda place: place[1:]):
        end = min(begin + _BLOCK_TOKENS + 2 * FOLLOWING_TOKENS, limit)
        members = tuple(place[0] for place in group)
        found.append(Block(before, begin, end, members, int(tokens.starts[before])))
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """A block with what one reading of it says; row r of the scores is token `first_row + r`."""

    document: Document
    block: Block
    scores: WindowScores
    first_row: int = field(init=False)
    """The first token of which it is known what predicts it."""

    nats_before: list[float] = field(init=False, repr=False)
    """The sum of the logprobs of all rows before each, and of all."""

    def __post_init__(self) -> None:
        """Find once what is asked for again and again."""
        nats = np.concatenate([[0.0], np.nancumsum(self.scores.logprob, dtype=np.float64)])
        object.__setattr__(self, "first_row", self.block.first_row)
        object.__setattr__(self, "nats_before", nats.tolist())

    def row(self, token_idx: int) -> int:
        """Return the row that predicts a token."""
        return token_idx - self.first_row

    def is_read(self, token_idx: int) -> bool:
        """Whether there is such a row."""
        return self.first_row <= token_idx < self.block.end

    def nats_between(self, first: int, end: int) -> float:
        """Return the logprob of the tokens `[first, end)`, as far as they are read."""
        nats, most = self.nats_before, len(self.nats_before) - 1
        low = min(max(0, first - self.first_row), most)
        high = min(max(0, end - self.first_row), most)
        return nats[high] - nats[low]

    def surprisal_bits(self, first_word: int, after_word: int) -> float:
        """Return the surprisal of the words `[first_word, after_word)`; 0 if there is none."""
        words = self.document.words
        if after_word <= first_word or len(words) < after_word:
            return 0.0
        ends = int(words.first_token[first_word]), int(words.end_token[after_word - 1])
        return -self.nats_between(*ends) / NATS_PER_BIT
