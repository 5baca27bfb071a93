"""Words with their probabilities, from tokens with theirs.

Subword vocabularies mark where words *begin*, so the plain sum of a word's token surprisals says
how probable it is that these tokens come next, whatever follows; that the word ends here is charged
to the next word. Moved to where it belongs (Pimentel & Meister 2024, arXiv 2406.14561; Oh &
Schuler 2024, arXiv 2406.10851):

    −log p(word) = Σ −log p(token) + b(after the word) − b(before the word)

with b = −log P(the next token begins a word or ends the text). Each b stands for the event that a
token there does begin a word, so it counts only at places where one does: not between an opening
bracket and the word in it. Between words on one line the corrections cancel; a line break belongs
to no word, and what it takes away from the word before it is given to none.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ppl_engine.scoring.scores import Floats, Ints, TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.text.changes import TextChange, between_seams, spliced
from ppl_engine.text.spans import Span
from ppl_engine.text.words import Units, units


@dataclass(frozen=True, slots=True)
class WordScores:
    """The words and symbol runs of a text with their scores, as arrays of one length.

    `surprisal_bits` and everything else is NaN (the rank 0) where a token is unscored.
    """

    starts: Ints
    """Code-point offset of the word itself, without the space before it."""

    ends: Ints
    is_word: NDArray[np.bool_]
    """True for words, False for runs of punctuation and symbols."""

    first_token: Ints
    end_token: Ints
    """The tokens `[first_token, end_token)` make up the word and the space before it."""

    logprob: Floats
    """ln p(word | what precedes), corrected for where words end, in nats."""

    uncorrected_logprob: Floats
    """The plain sum over the tokens."""

    entropy: Floats
    """Of the prediction at the first token, in nats."""

    rank: Ints
    """Of the first token."""

    top_logprob: Floats
    """Of the most probable token where the word begins."""

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def surprisal_bits(self) -> Floats:
        """−log2 p(word | what precedes)."""
        return -self.logprob / np.float32(NATS_PER_BIT)

    @property
    def entropy_bits(self) -> Floats:
        """Return the entropy at the first token, in bits."""
        return self.entropy / np.float32(NATS_PER_BIT)

    @property
    def excess_bits(self) -> Floats:
        """Surprisal beyond what the openness of the place explains."""
        return self.surprisal_bits - self.entropy_bits

    @property
    def gap_bits(self) -> Floats:
        """log2 of how many times more probable the most expected token was than the word."""
        return (self.top_logprob - self.logprob) / np.float32(NATS_PER_BIT)

    def index_at(self, offset: int) -> int | None:
        """Return the word that holds the code point at `offset`, or that ends there."""
        idx = int(np.searchsorted(self.starts, offset, side="right")) - 1
        if idx < 0 or self.ends[idx] < offset:
            return None
        return idx


def word_scores(text: str, tokens: TokenScores) -> WordScores:
    """Aggregate the scores of tokens over the words of the text they were computed for."""
    return _between(Span(0, len(text)), text, tokens)


def changed_word_scores(
    text: str, tokens: TokenScores, previous: WordScores, n_tokens_before: int, change: TextChange
) -> tuple[WordScores, TextChange]:
    """Return `word_scores(text, tokens)`, given those of the text before, and what was aggregated.

    The change covers all that is not as it was, in the text and in the scores of its tokens, of
    which there were `n_tokens_before`. Outside of what was aggregated words are as they were.
    """
    if change.is_none:
        return previous, change
    region = _between_tokens(change, text, tokens)
    inside = _between(Span(region.start, region.new_end), text, tokens)
    first, last = np.searchsorted(previous.starts, [region.start, region.old_end]).tolist()
    moved_by = {
        "starts": region.shift,
        "ends": region.shift,
        "first_token": len(tokens) - n_tokens_before,
        "end_token": len(tokens) - n_tokens_before,
    }
    columns = {
        name: spliced(getattr(previous, name), first, last, getattr(inside, name))
        for name in (field.name for field in fields(WordScores))
    }
    for name, shift in moved_by.items():
        columns[name][first + len(inside) :] += shift
    return WordScores(**columns), region


def _between_tokens(change: TextChange, text: str, tokens: TokenScores) -> TextChange:
    """Widen a change to seams that no token crosses; to all of the text where one does."""
    region = between_seams(change, text)
    if tokens.exact_spans and all(
        edge in {0, len(text)} or _is_edge(edge, tokens) for edge in (region.start, region.new_end)
    ):
        return region
    return TextChange(0, len(text) - change.shift, len(text))


def _is_edge(offset: int, tokens: TokenScores) -> bool:
    idx = int(np.searchsorted(tokens.starts, offset))
    return bool(0 < idx < len(tokens) and tokens.starts[idx] == offset == tokens.ends[idx - 1])


def _between(stretch: Span, text: str, tokens: TokenScores) -> WordScores:
    """Aggregate over the words of a stretch whose edges neither words nor tokens cross."""
    unit = _with_tokens(text, units(text, stretch.start, stretch.end), tokens, stretch)
    first, end = unit.first_token, unit.end_token
    plain = _range_sums(tokens.logprob, first, end)
    return WordScores(
        starts=unit.starts,
        ends=unit.ends,
        is_word=unit.is_word,
        first_token=first,
        end_token=end,
        logprob=(plain + _correction(tokens, first, end)).astype(np.float32),
        uncorrected_logprob=plain.astype(np.float32),
        entropy=tokens.entropy[first],
        rank=tokens.rank[first],
        top_logprob=tokens.top_logprob[first],
    )


@dataclass(frozen=True, slots=True)
class _UnitTokens:
    starts: Ints
    ends: Ints
    is_word: NDArray[np.bool_]
    first_token: Ints
    end_token: Ints


def _with_tokens(text: str, unit: Units, tokens: TokenScores, stretch: Span) -> _UnitTokens:
    """Give every token to at most one unit: words take precedence over the symbols around them."""
    unit = _merge_words_sharing_tokens(unit, tokens)
    first, end = _covering_tokens(unit, tokens)
    is_word = unit.is_word
    lowest = int(np.searchsorted(tokens.starts, stretch.start)) if stretch.start else 0
    highest = len(tokens)
    if stretch.end < len(text):
        highest = int(np.searchsorted(tokens.starts, stretch.end))
    previous_end = np.concatenate([[lowest], end])[:-1]
    next_first = np.append(first, highest)[1:]
    # A symbol run keeps only the tokens that no word beside it claims.
    first = np.where(is_word, first, np.maximum(first, previous_end))
    end = np.where(is_word, end, np.minimum(end, next_first))
    first = _with_space_before(text, first, tokens, np.concatenate([[lowest], end])[:-1])
    kept = first < end
    return _UnitTokens(unit.starts[kept], unit.ends[kept], is_word[kept], first[kept], end[kept])


def _covering_tokens(unit: Units, tokens: TokenScores) -> tuple[Ints, Ints]:
    first = np.searchsorted(tokens.ends, unit.starts, side="right")
    end = np.searchsorted(tokens.starts, unit.ends, side="left")
    return first.astype(np.int64), end.astype(np.int64)


def _merge_words_sharing_tokens(unit: Units, tokens: TokenScores) -> Units:
    """Make one unit of neighbors of a kind that a token joins, as in vocabularies of phrases."""
    first, end = _covering_tokens(unit, tokens)
    joined = (first[1:] < end[:-1]) & (unit.is_word[1:] == unit.is_word[:-1])
    if not joined.any():
        return unit
    leads = np.concatenate([[True], ~joined])
    lasts = np.append(~joined, True)
    return Units(unit.starts[leads], unit.ends[lasts], unit.is_word[leads])


def _with_space_before(text: str, first: Ints, tokens: TokenScores, previous_end: Ints) -> Ints:
    """Let a unit begin with the token of nothing but the space before it, where there is one."""
    before = first - 1
    candidates = np.flatnonzero((previous_end <= before) & (before >= 0))
    for idx in candidates.tolist():
        token = before[idx]
        between = text[tokens.starts[token] : tokens.ends[token]]
        if between and not between.strip(" \t"):
            first[idx] = token
    return first


def _correction(tokens: TokenScores, first: Ints, end: Ints) -> NDArray[np.float64]:
    begins = np.append(tokens.begins_word, True)  # the end of the text ends a word
    before = np.where(begins[first], tokens.boundary_before[first], 0.0)
    after = np.where(begins[end], tokens.boundary_after[end - 1], 0.0)
    return before.astype(np.float64) - after


def _range_sums(values: Floats, first: Ints, end: Ints) -> NDArray[np.float64]:
    """Sum `values[first:end]` for each of the ordered, disjoint ranges, none of them empty."""
    if not len(first):
        return np.zeros(0)
    base = int(first[0])
    # reduceat sums from each index to the next: every other sum is one of a range.
    edges = np.stack([first, end], axis=1).ravel() - base
    within = np.append(values[base : int(end[-1])], np.float32(0.0)).astype(np.float64)
    return np.add.reduceat(within, edges)[::2]
