"""Which context explains a text best: contexts by the bits that they save of it.

    bits saved = log2 p(text | context) − log2 p(text)

    BOS  context  ¶¶  text          ^^^^ scored
    BOS               text          ^^^^ scored

A context that is too long is cut into passages, each read by itself, and the best of them counts. A
text that takes more than half of the window is read in pieces, each with as much of the text before
it, once with the context and once without.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ppl_engine.analysis import Progress
from ppl_engine.grounding.library import cut
from ppl_engine.grounding.source import Source
from ppl_engine.grounding.windows import BETWEEN, Sizes
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.units import bits
from ppl_engine.scoring.windows import Window
from ppl_engine.text.spans import Span

_WINDOWS_AT_ONCE: Final = 128

_Logprobs: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A context with what it says of the text."""

    context: Source
    passage: Span
    """What of the context was read before the text: its best passage, or all of it."""

    is_whole: bool
    bits_saved: float
    """log2 of how many times more probable the text is after the passage; may be negative."""

    bits_without: float
    """−log2 p(text), of the tokens that are scored either way."""

    n_bytes: int
    """Of the text, in UTF-8."""

    @property
    def bits_saved_per_byte(self) -> float:
        """What is saved of each byte of the text."""
        return self.bits_saved / self.n_bytes


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A text in pieces that fit into half of a window: for each its ids, and how many are known."""

    ids: tuple[Ints, ...]
    n_before: tuple[int, ...]

    @classmethod
    def of(cls, ids: Ints, room: int) -> "_Pieces":
        if len(ids) <= room:
            return cls((ids,), (0,))
        step = max(1, room // 2)
        firsts = range(0, len(ids), step)
        known = [min(first, step) for first in firsts]
        cuts = [ids[first - n : first + step] for first, n in zip(firsts, known, strict=True)]
        return cls(tuple(cuts), tuple(known))

    def windows(self, before: Ints) -> list[Window]:
        """Return the windows in which the pieces are read after some ids."""
        return [
            Window(np.concatenate([before, ids]), len(before) + n)
            for ids, n in zip(self.ids, self.n_before, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage of a context."""

    context_idx: int
    passage: Span
    is_whole: bool
    ids: Ints


def rank(
    text: str, contexts: Sequence[Source], scorer: Scorer
) -> Generator[Progress, None, tuple[Ranked, ...]]:
    """Rank contexts, the best first; of equals the one that was named first, and its first passage.

    A text without a token is explained by every context alike: 0 bits.
    """
    bos = np.array([] if scorer.bos_id is None else [scorer.bos_id], dtype=np.int64)
    between = scorer.encode(BETWEEN).ids
    window = min(scorer.model.context, Sizes().window)
    pieces = _Pieces.of(scorer.encode(text).ids, max(1, (window - len(bos) - len(between)) // 2))
    n_own = max((len(ids) for ids in pieces.ids), default=0)
    room = window - len(bos) - len(between) - n_own
    (without,) = yield from _scored([pieces.windows(bos)], scorer, (0, 1))
    is_known = ~np.isnan(without)  # without BOS nothing predicts the first token
    best: dict[int, tuple[float, _Candidate]] = {}
    candidates = list(_candidates(contexts, scorer, room))
    remaining = iter(candidates)
    n_done = 0
    while some := list(islice(remaining, _WINDOWS_AT_ONCE)):
        read = [pieces.windows(np.concatenate([bos, one.ids, between])) for one in some]
        found = yield from _scored(read, scorer, (n_done, len(candidates)))
        n_done += len(some)
        for one, logprobs in zip(some, found, strict=True):
            saved = bits(float(np.sum((logprobs - without)[is_known])))
            if one.context_idx not in best or best[one.context_idx][0] < saved:
                best[one.context_idx] = (saved, one)
    bits_without = bits(-float(np.sum(without[is_known])))
    n_bytes = len(text.encode("utf-8", errors="surrogatepass"))
    ranked = [
        Ranked(contexts[idx], one.passage, one.is_whole, saved, bits_without, max(1, n_bytes))
        for idx, (saved, one) in sorted(best.items())
    ]
    return tuple(sorted(ranked, key=lambda one: -one.bits_saved))


def _candidates(contexts: Sequence[Source], scorer: Scorer, room: int) -> Iterator[_Candidate]:
    for idx, context in enumerate(contexts):
        encoding = scorer.encode(context.text)
        if len(encoding.ids) <= room:
            yield _Candidate(idx, Span(0, len(context.text)), is_whole=True, ids=encoding.ids)
            continue
        for first, end in cut(context.text, encoding, room):
            span = Span(int(encoding.starts[first]), int(encoding.ends[end - 1]))
            yield _Candidate(idx, span, is_whole=False, ids=encoding.ids[first:end])


def _scored(
    texts: Sequence[Sequence[Window]], scorer: Scorer, done: tuple[int, int]
) -> Generator[Progress, None, list[_Logprobs]]:
    """Return for each list of windows ln p of all their targets; what is equal is read once."""
    by_key = {window.key: window for windows in texts for window in windows if window.n_targets}
    keys = list(by_key)
    found: dict[bytes, _Logprobs] = {}
    yield Progress(*done)
    for batch in scorer.score_windows([by_key[key] for key in keys]):
        for idx, scores in batch:
            found[keys[idx]] = scores.logprob.astype(np.float64)
        yield Progress(*done)
    empty = np.empty(0)
    return [
        np.concatenate([empty, *(found[w.key] for w in windows if w.n_targets)])
        for windows in texts
    ]
