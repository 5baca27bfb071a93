"""`surprising-word`: a word far less probable than its place explains, where another was expected.

Two lenses must agree: the word is more improbable than the openness of the place accounts for
(excess over the entropy), and something else was firmly expected (gap). Names,
identifiers, numbers and all that is not prose are context, never flagged. A term is flagged where
it first occurs, and a budget keeps the strongest only.
"""

import math
from collections.abc import Sequence
from itertools import islice
from typing import Final

import numpy as np
import regex

from ppl_engine.findings.finding import Alternative, Finding, Severity
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.findings.vocabulary import WordsInText
from ppl_engine.scoring.scorer import Prediction
from ppl_engine.scoring.scores import Floats, Ints, TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

CODE: Final = "surprising-word"
SEVERITY: Final[Severity] = "information"

# One letter is hardly ever a word; as a token it begins one, and does not say which.
_BEGINS_WORD: Final = regex.compile(r"[ \t]?(?:\p{L}{2,}|\p{Lo}|[aAI]$)")
_WORTH_NAMING: Final = 0.05
_N_ALTERNATIVES: Final = 5
_N_HASHED_BITS: Final = 16


def surprising_words(
    known: WordsInText, thresholds: Thresholds, least_bits: float
) -> tuple[list[int], WordsInText]:
    """Return the indices of the words that could be flagged, ascending, and what was found out.

    Their strength, see `strengths`, is at least `least_bits`; `within_budget` keeps some of them.
    """
    words = known.words
    is_strong = (least_bits <= strengths(words)) & words.is_word
    strong = np.flatnonzero(is_strong & (thresholds.n_cold_tokens <= words.first_token))
    known = known.asked(strong.tolist())
    candidates = strong[known.vocabulary.may_be_flagged[strong] == 1]
    candidates = candidates[_first_of_term(known.vocabulary.term, candidates) == candidates]
    return candidates.tolist(), known


def within_budget(word_idx: Sequence[int], words: WordScores, thresholds: Thresholds) -> list[int]:
    """Keep of these words the ones with most excess, as many as a text of this length may show."""
    if thresholds.max_per_1000_words == 0:
        return []
    n_words = int(words.is_word.sum())
    budget = max(1, n_words * thresholds.max_per_1000_words // 1000)
    candidates = np.array(word_idx, dtype=np.int64)
    excess = words.excess_bits[candidates]
    excess = np.where(np.isnan(excess), words.surprisal_bits[candidates], excess)
    by_excess = np.argsort(-excess, kind="stable")
    return sorted(candidates[by_excess[:budget]].tolist())


def strengths(words: WordScores) -> Floats:
    """Return for each word the lesser of its excess and its gap, in bits.

    Of a model that has neither it is the surprisal: a rate on clean prose holds for that as well.
    """
    lesser = np.minimum(words.excess_bits, words.gap_bits)
    return np.where(np.isnan(lesser), words.surprisal_bits, lesser)


def finding(
    text: str, words: WordScores, idx: int, alternatives: tuple[Alternative, ...]
) -> Finding:
    """Describe one flagged word."""
    span = Span(int(words.starts[idx]), int(words.ends[idx]))
    surprisal_bits = -float(words.logprob[idx]) / NATS_PER_BIT
    entropy_bits = float(words.entropy[idx]) / NATS_PER_BIT
    likely = alternatives and alternatives[0].probability >= _WORTH_NAMING
    expected = f"; “{alternatives[0].text}” was expected" if likely else ""
    return Finding(
        code=CODE,
        severity=SEVERITY,
        message=f"“{span.of(text)}” surprises the model: {surprisal_bits:.1f} bits{expected}",
        span=span,
        text=span.of(text),
        surprisal_bits=surprisal_bits,
        entropy_bits=None if np.isnan(words.entropy[idx]) else entropy_bits,
        rank=int(words.rank[idx]) or None,
        alternatives=alternatives,
    )


def alternatives(
    text: str,
    tokens: TokenScores,
    words: WordScores,
    idx: int,
    predictions: Sequence[Prediction],
) -> tuple[Alternative, ...]:
    """Keep the predictions that are words, or begin one, and could stand where this word stands.

    Where the word's first token brings a space along, so must the alternative: without it the
    prediction goes on with the word before.
    """
    first = int(words.first_token[idx])
    has_space = text[tokens.starts[first] : tokens.ends[first]][:1].isspace()
    fitting = (
        Alternative(prediction.text.strip(), math.exp(prediction.logprob))
        for prediction in predictions
        if prediction.text[:1].isspace() == has_space and _BEGINS_WORD.match(prediction.text)
    )
    return tuple(islice(fitting, _N_ALTERNATIVES))


def _first_of_term(terms: Ints, word_idx: Ints) -> Ints:
    """Return for each of these words the first of its term in the text."""
    wanted, places = np.unique(terms[word_idx], return_inverse=True)
    # Few words have the last bits of one that is wanted: the search is for those alone.
    may_be_wanted = np.zeros(2**_N_HASHED_BITS, dtype=np.bool_)
    may_be_wanted[wanted & (len(may_be_wanted) - 1)] = True
    idx = np.flatnonzero(may_be_wanted[terms & (len(may_be_wanted) - 1)])[::-1]
    place = np.searchsorted(wanted, terms[idx])
    is_wanted = wanted[np.minimum(place, len(wanted) - 1)] == terms[idx]
    first = np.zeros(len(wanted), dtype=np.int64)
    first[place[is_wanted]] = idx[is_wanted]  # the last to be written is the first of the text
    return first[places]
