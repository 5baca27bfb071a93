"""What is read together: a segment with the segment before it.

    segments          |---- a ----|------ b ------|--- c ---|
    window of a   BOS  ^^^^^^^^^^^
    window of b   BOS  ~~~~~~~~~~~ ^^^^^^^^^^^^^^^               ~ context   ^ targets, scored
    window of c   BOS              ~~~~~~~~~~~~~~~ ^^^^^^^^^

Every token is a target exactly once. The scores of a segment are a function of the ids in its
window alone, so that they can be kept by content and an edit touches two windows, not the rest.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from ppl_engine.scoring.scores import Ints


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids to be read at once; the last of them are to be scored.

    There may be one more than a model can read, which is scored and not read: what the word that it
    ends with is followed by is then NaN.
    """

    ids: Ints
    n_context: int
    """How many of the ids come before the first target, BOS among them."""

    @property
    def n_targets(self) -> int:
        """How many tokens this window scores."""
        return len(self.ids) - self.n_context

    @property
    def key(self) -> bytes:
        """Return a digest of all that the scores of this window depend on, given the model."""
        digest = blake2b(self.ids.astype("<i8").tobytes(), digest_size=16)
        digest.update(self.n_context.to_bytes(8, "little"))
        return digest.digest()


def window(ids: Ints, segment_starts: Ints, segment_idx: int, bos_id: int | None) -> Window:
    """Return the window in which one segment is scored."""
    start = int(segment_starts[segment_idx])
    end = len(ids)
    if segment_idx + 1 < len(segment_starts):
        end = int(segment_starts[segment_idx + 1])
    context_start = int(segment_starts[max(0, segment_idx - 1)])
    bos = np.array([] if bos_id is None else [bos_id], dtype=np.int64)
    return Window(
        ids=np.concatenate([bos, ids[context_start:end]]),
        n_context=len(bos) + start - context_start,
    )


def windows(ids: Ints, segment_starts: Ints, bos_id: int | None) -> list[Window]:
    """Return the windows of all segments, in order."""
    return [window(ids, segment_starts, k, bos_id) for k in range(len(segment_starts))]
