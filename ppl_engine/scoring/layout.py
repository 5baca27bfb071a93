"""A text made ready for a model: its tokens, the places where it may be cut, its segments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.anchors import SegmentPolicy, segment_starts
from ppl_engine.scoring.retokenizing import encode_changed
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.text.blocks import Cuts, changed_cuts, cuts
from ppl_engine.text.changes import TextChange
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Layout:
    """The tokens of a text and their segments; segment k is the tokens from its start to the next.

    It is the same however it came about: by a look at the whole text or at what changed.
    """

    encoding: Encoding
    cuts: Cuts
    segment_starts: Ints
    """Index of the first token of each segment."""

    @property
    def segment_ends(self) -> Ints:
        """Index after the last token of each segment."""
        return np.append(self.segment_starts[1:], len(self.encoding.ids)).astype(np.int64)[
            : len(self.segment_starts)
        ]

    @property
    def context_starts(self) -> Ints:
        """Index of the first token of the text in the window of each segment."""
        return np.concatenate([self.segment_starts[:1], self.segment_starts[:-1]])

    def segments_in(self, spans: Sequence[Span]) -> NDArray[np.bool_]:
        """Return for each segment whether one of the spans touches it."""
        starts = self.encoding.starts[self.segment_starts]
        ends = self.encoding.ends[self.segment_ends - 1]
        touched = np.zeros(len(starts), dtype=np.bool_)
        for span in spans:
            touched |= (starts <= span.end) & (span.start <= ends)
        return touched


def lay_out(text: str, scorer: Scorer) -> Layout:
    """Cut a text into tokens and segments."""
    return _with_segments(scorer.encode(text), cuts(text), scorer)


def lay_out_changed(text: str, scorer: Scorer, previous: Layout, change: TextChange) -> Layout:
    """Return `lay_out(text, scorer)`, given that of the text before the change."""
    encoding = encode_changed(text, scorer, previous.encoding, change)
    return _with_segments(encoding, changed_cuts(text, previous.cuts, change), scorer)


def _with_segments(encoding: Encoding, places: Cuts, scorer: Scorer) -> Layout:
    policy = SegmentPolicy.for_context(scorer.model.context)
    starts = segment_starts(places, encoding.ids, encoding.starts, encoding.begins_word, policy)
    return Layout(encoding, places, starts)
