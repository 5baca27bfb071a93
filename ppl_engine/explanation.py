"""Every number behind one word: what a hover shows."""

from dataclasses import dataclass

import numpy as np

from ppl_engine.analysis import Analysis
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.summary import summarize_span
from ppl_engine.scoring.units import NATS_PER_BIT, perplexity_band
from ppl_engine.text.blocks import paragraph_at, sentence_at
from ppl_engine.text.spans import Span


@dataclass(frozen=True, slots=True)
class Expected:
    """A token the model expected, as it would appear in the text."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a word; a token that is a part of a character shows the whole of it."""

    text: str
    surprisal_bits: float | None
    rank: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentence or paragraph around a word."""

    kind: str
    """`sentence` or `paragraph`."""

    perplexity: float
    band: str
    """What that perplexity amounts to, in words."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A word with everything the model says of it; None where the word is unscored."""

    span: Span
    text: str
    surprisal_bits: float | None
    uncorrected_bits: float | None
    """The plain sum over its tokens, without the correction for where words end."""

    one_in: float | None
    """The word has one chance in this many."""

    rank: int
    """Of the first token."""

    entropy_bits: float | None
    excess_bits: float | None
    gap_bits: float | None
    percentile: float | None
    """The share of the words of this document that surprise less, in percent."""

    expected: tuple[Expected, ...]
    pieces: tuple[Piece, ...]
    passages: tuple[Passage, ...]
    n_context_tokens: int
    is_cold: bool
    """So near the start of the text that the model had next to nothing to go by."""

    model: ModelInfo


def explain_word(analysis: Analysis, word_idx: int, expected: tuple[Expected, ...]) -> Explanation:
    """Gather all numbers of one word of an analyzed text."""
    words, tokens = analysis.words, analysis.tokens
    first, end = int(words.first_token[word_idx]), int(words.end_token[word_idx])
    span = Span(int(words.starts[word_idx]), int(words.ends[word_idx]))
    surprisal_bits = _number(words.surprisal_bits[word_idx])
    return Explanation(
        span=span,
        text=span.of(analysis.text),
        surprisal_bits=surprisal_bits,
        uncorrected_bits=_number(-words.uncorrected_logprob[word_idx] / NATS_PER_BIT),
        one_in=None if surprisal_bits is None else 2.0 ** min(surprisal_bits, 1000.0),
        rank=int(words.rank[word_idx]),
        entropy_bits=_number(words.entropy_bits[word_idx]),
        excess_bits=_number(words.excess_bits[word_idx]),
        gap_bits=_number(words.gap_bits[word_idx]),
        percentile=_percentile(analysis, surprisal_bits),
        expected=expected,
        pieces=tuple(_piece(analysis, idx) for idx in range(first, end)),
        passages=_passages(analysis, span.start),
        n_context_tokens=int(tokens.context_length[first]),
        is_cold=first < analysis.thresholds.n_cold_tokens,
        model=analysis.model,
    )


def _number(value: float | np.floating) -> float | None:
    return None if np.isnan(value) else float(value)


def _percentile(analysis: Analysis, surprisal_bits: float | None) -> float | None:
    if surprisal_bits is None:
        return None
    of_words = analysis.words.surprisal_bits[analysis.words.is_word]
    of_words = of_words[~np.isnan(of_words)]
    return 100.0 * float((of_words < surprisal_bits).mean()) if len(of_words) else None


def _piece(analysis: Analysis, idx: int) -> Piece:
    tokens = analysis.tokens
    return Piece(
        text=analysis.text[tokens.starts[idx] : tokens.ends[idx]],
        surprisal_bits=_number(-tokens.logprob[idx] / NATS_PER_BIT),
        rank=int(tokens.rank[idx]),
    )


def _passages(analysis: Analysis, offset: int) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for kind, piece_at in (("sentence", sentence_at), ("paragraph", paragraph_at)):
        span = piece_at(analysis.text, offset)
        if span is None:
            continue
        summary = summarize_span(span, analysis.text, analysis.tokens, analysis.words)
        if summary.perplexity is not None:
            found.append(Passage(kind, summary.perplexity, perplexity_band(summary.perplexity)))
    return tuple(found)
