"""Sources cut into passages, of which those can be had that fit a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from ppl_engine.grounding.bm25 import Ranking
from ppl_engine.grounding.source import Source
from ppl_engine.grounding.terms import Vocabulary, terms
from ppl_engine.scoring.anchors import SegmentPolicy, segment_starts
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.text.blocks import cuts
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source."""

    source_idx: int
    span: Span
    ids: Ints
    continues: bool
    """Whether the passage before it, in the order of all passages, is what stands before it."""


def cut(text: str, encoding: Encoding, longest: int) -> list[tuple[int, int]]:
    """Return the tokens `[first, end)` of pieces of at most `longest`, cut at the best places.

    These are the ends of paragraphs, else of lines, sentences and words, as in `scoring.anchors`.
    """
    policy = SegmentPolicy(max(1, longest * 3 // 8), max(1, longest // 5), longest)
    firsts = segment_starts(cuts(text), encoding.ids, encoding.starts, encoding.begins_word, policy)
    ends = np.append(firsts[1:], len(encoding.ids))[: len(firsts)]
    return list(zip(firsts.tolist(), ends.tolist(), strict=True))


class Library:
    """The passages of some sources."""

    def __init__(self, sources: Sequence[Source], scorer: Scorer, longest: int) -> None:
        """Cut the sources into passages of at most `longest` tokens."""
        self.sources = tuple(sources)
        self.vocabulary = Vocabulary()
        passages: list[Passage] = []
        for source_idx, source in enumerate(sources):
            self.vocabulary.add(source.text)
            self.vocabulary.add(source.name)  # a reference names the modules
            encoding = scorer.encode(source.text)
            for first, end in cut(source.text, encoding, longest):
                start, stop = int(encoding.starts[first]), int(encoding.ends[end - 1])
                passages.append(
                    Passage(source_idx, Span(start, stop), encoding.ids[first:end], first > 0)
                )
        self.passages = tuple(passages)
        self._ranking = Ranking([list(terms(self.text_of(one))) for one in passages])

    def text_of(self, passage: Passage) -> str:
        """Return what a passage says."""
        return passage.span.of(self.sources[passage.source_idx].text)

    def fitting(self, query: str, n_tokens: int, n_between: int) -> list[int]:
        """Return the passages that fit a query best and into `n_tokens`, in their order.

        Between two that do not follow each other, `n_between` tokens are put. A passage that has
        no word of the query is left out; of equals the earlier one is taken.
        """
        scores = self._ranking.scores(terms(query))
        best: Ints = np.argsort(-scores, kind="stable")
        chosen: list[int] = []
        left = n_tokens
        for idx in cast("list[int]", best[scores[best] > 0].tolist()):
            needed = len(self.passages[idx].ids) + n_between
            if needed <= left:
                chosen.append(idx)
                left -= needed
        return sorted(chosen)

    def joined(self, passage_idx: Sequence[int], between: Ints) -> Ints:
        """Return the tokens of passages one after the other, each followed by those `between`."""
        rows: list[Ints] = []
        before = -1
        for idx in passage_idx:
            passage = self.passages[idx]
            follows = passage.continues and idx == before + 1
            rows += [passage.ids] if follows or not rows else [between, passage.ids]
            before = idx
        return np.concatenate([*rows, between]) if rows else np.empty(0, np.int64)
