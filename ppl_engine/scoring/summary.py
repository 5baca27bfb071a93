"""What there is to say of a stretch of text as a whole."""

from dataclasses import dataclass

import numpy as np

from ppl_engine.scoring.scores import Floats, TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT, perplexity
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals and means over the scored tokens; None where there is nothing to average."""

    perplexity: float | None
    """exp of the mean surprisal per token; comparable only between texts of one tokenizer."""

    bits_per_word: float | None
    bits_per_byte: float | None
    """Bits per UTF-8 byte: the one figure that compares models with different tokenizers."""

    max_surprisal_bits: float | None
    """Of the most surprising word."""

    top1_accuracy: float | None
    """The share of tokens that were the most expected one."""

    log_likelihood: float
    """Sum of the logprobs, in nats."""

    n_words: int
    n_tokens: int
    n_bytes: int


def summarize(text: str, tokens: TokenScores, words: WordScores) -> Summary:
    """Summarize a whole scored text."""
    return summarize_span(Span(0, len(text)), text, tokens, words)


def summarize_span(span: Span, text: str, tokens: TokenScores, words: WordScores) -> Summary:
    """Summarize the tokens and words that begin within `span`."""
    low, high = np.searchsorted(tokens.starts, [span.start, span.end])
    first, last = np.searchsorted(words.starts, [span.start, span.end])
    logprob = tokens.logprob[low:high]
    scored = logprob[~np.isnan(logprob)].astype(np.float64)
    log_likelihood = float(scored.sum())
    total_bits = -log_likelihood / NATS_PER_BIT
    n_words = int(words.is_word[first:last].sum())
    n_bytes = len(span.of(text).encode("utf-8", errors="surrogatepass"))
    rank = tokens.rank[low:high]  # a model that knows no ranks has 0 everywhere
    surprisal_bits = words.surprisal_bits[first:last]
    return Summary(
        perplexity=perplexity(-log_likelihood / len(scored)) if len(scored) else None,
        bits_per_word=total_bits / n_words if n_words and len(scored) else None,
        bits_per_byte=total_bits / n_bytes if n_bytes and len(scored) else None,
        max_surprisal_bits=_largest(surprisal_bits[~np.isnan(surprisal_bits)]),
        top1_accuracy=float((rank == 1).sum()) / len(scored) if rank.any() else None,
        log_likelihood=log_likelihood,
        n_words=n_words,
        n_tokens=int(high - low),
        n_bytes=n_bytes,
    )


def _largest(values: Floats) -> float | None:
    return float(values.max()) if len(values) else None
