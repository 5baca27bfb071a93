"""Many short texts, each scored on its own, as a stream."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Floats
from ppl_engine.scoring.windows import Window
from ppl_engine.text.words import units

_LINES_AT_ONCE: Final = 256
"""How many lines are read ahead so that they can be scored together."""


@dataclass(frozen=True, slots=True)
class LineScore:
    """One text as a whole, in nats."""

    log_likelihood: float
    """Sum of the logprobs of the tokens that are scored."""

    n_scored: int
    """One less than there are tokens where the model has no BOS."""

    n_tokens: int
    n_words: int
    n_bytes: int


def score_lines(lines: Iterable[str], scorer: Scorer) -> Iterator[LineScore]:
    """Yield the score of every line, in order; memory does not grow with their number."""
    source = iter(lines)
    while group := list(islice(source, _LINES_AT_ONCE)):
        yield from _score_group(group, scorer)


def _score_group(lines: Sequence[str], scorer: Scorer) -> Iterator[LineScore]:
    encodings = [scorer.encode(line) for line in lines]
    policy = SegmentPolicy.for_context(scorer.model.context)
    totals: dict[int, tuple[float, int]] = {}
    short = [idx for idx, encoding in enumerate(encodings) if _fits(encoding, policy)]
    alone = [_whole(encodings[idx], scorer.bos_id) for idx in short]
    for batch in scorer.score_windows(alone):
        for position, scores in batch:
            totals[short[position]] = _total(scores.logprob)
    for idx, (line, encoding) in enumerate(zip(lines, encodings, strict=True)):
        if idx not in totals:
            totals[idx] = _score_long(line, scorer) if len(encoding.ids) else (0.0, 0)
        n_words = int(units(line).is_word.sum())
        n_bytes = len(line.encode("utf-8", errors="surrogatepass"))
        yield LineScore(*totals[idx], len(encoding.ids), n_words, n_bytes)


def _fits(encoding: Encoding, policy: SegmentPolicy) -> bool:
    """Whether a line is one segment, so that it is scored as `score_document` would score it."""
    return 0 < len(encoding.ids) <= policy.longest


def _whole(encoding: Encoding, bos_id: int | None) -> Window:
    bos = np.array([] if bos_id is None else [bos_id], dtype=np.int64)
    return Window(np.concatenate([bos, encoding.ids]), len(bos))


def _score_long(line: str, scorer: Scorer) -> tuple[float, int]:
    return _total(run(score_document(line, scorer, WindowCache(max_bytes=0))).logprob)


def _total(logprob: Floats) -> tuple[float, int]:
    """Return the sum of the logprobs and how many there are."""
    scored = logprob[~np.isnan(logprob)].astype(np.float64)
    return float(scored.sum()), len(scored)
