"""How well a model predicts text it has never seen, through the engine's own scoring.

Bits per byte is the one figure that models with different tokenizers share. Documents are scored
as the product scores them; WikiText-2 also by the strided windows of the transformers guide, which
published perplexities are given in.
"""

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.windows import Window
from ppl_engine.scoring.word_scores import word_scores

_LN2: Final = math.log(2)
_CACHE_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class TextEvaluation:
    """Means over all tokens of a set of texts."""

    n_bytes: int
    n_tokens: int
    n_words: int
    bits_per_byte: float
    token_perplexity: float
    word_perplexity: float
    """Of words with the boundary mass put right; numbers and punctuation count as words."""

    top1_accuracy: float
    tokens_per_second: float


def evaluate_texts(texts: Iterable[str], scorer: Scorer) -> TextEvaluation:
    """Score every text as a document of its own."""
    n_bytes = n_tokens = n_words = n_top = 0
    nats = word_bits = 0.0
    begun = time.monotonic()
    cache = WindowCache(_CACHE_BYTES)
    for text in texts:
        tokens = run(score_document(text, scorer, cache))
        words = word_scores(text, tokens)
        n_bytes += len(text.encode(errors="replace"))
        n_tokens += len(tokens)
        n_words += len(words)
        n_top += int((tokens.rank == 1).sum())
        nats -= float(np.nansum(tokens.logprob, dtype=np.float64))
        word_bits += float(np.nansum(words.surprisal_bits, dtype=np.float64))
    if not n_tokens:
        raise ValueError("there is no text to judge by")
    return TextEvaluation(
        n_bytes=n_bytes,
        n_tokens=n_tokens,
        n_words=n_words,
        bits_per_byte=nats / _LN2 / n_bytes,
        token_perplexity=math.exp(nats / n_tokens),
        word_perplexity=2 ** (word_bits / max(1, n_words)),
        top1_accuracy=n_top / n_tokens,
        tokens_per_second=n_tokens / (time.monotonic() - begun),
    )


@dataclass(frozen=True, slots=True)
class StridedEvaluation:
    """A long text by the convention of the transformers guide."""

    context: int
    stride: int
    token_perplexity: float
    bits_per_byte: float


def evaluate_strided(text: str, scorer: Scorer, *, context: int, stride: int) -> StridedEvaluation:
    """Score a text in overlapping windows of `context` tokens, `stride` new ones each.

    https://huggingface.co/docs/transformers/perplexity; no BOS; the first token is not scored.
    """
    ids = scorer.encode(text).ids
    nats, n_scored = 0.0, 0
    for batch in scorer.score_windows(list(_strided(ids, context, stride))):
        for _, scores in batch:
            nats -= float(np.nansum(scores.logprob, dtype=np.float64))
            n_scored += int((~np.isnan(scores.logprob)).sum())
    n_bytes = len(text.encode(errors="replace"))
    return StridedEvaluation(context, stride, math.exp(nats / n_scored), nats / _LN2 / n_bytes)


def _strided(ids: Ints, context: int, stride: int) -> Iterator[Window]:
    scored_to = 0
    for start in range(0, len(ids), stride):
        end = min(start + context, len(ids))
        yield Window(ids=ids[start:end], n_context=scored_to - start)
        scored_to = end
        if end == len(ids):
            return
