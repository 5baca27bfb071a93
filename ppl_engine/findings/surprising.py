"""`surprising-word`: a word far less probable than its place explains, where another was expected.

Three lenses must agree: the word is improbable (surprisal), more so than the openness of the place
accounts for (excess over the entropy), and something else was firmly expected (gap). Names,
identifiers, numbers and all that is not prose are context, never flagged. A term is flagged where
it first occurs, and a budget keeps the strongest only.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import regex

from ppl_engine.findings.finding import Alternative, Finding, Severity
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.scoring.scorer import Prediction
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

CODE: Final = "surprising-word"
SEVERITY: Final[Severity] = "information"

_PLAIN_WORD: Final = regex.compile(
    r"\p{Lu}?\p{Ll}[\p{Ll}\p{M}]*(?:['’]\p{Ll}+)?|\p{Lo}[\p{Lo}\p{M}]+"
)
# One letter is hardly ever a word; as a token it begins one, and does not say which.
_BEGINS_WORD: Final = regex.compile(r"[ \t]?(?:\p{L}{2,}|\p{Lo}|[aAI]$)")
_WORTH_NAMING: Final = 0.05
_N_ALTERNATIVES: Final = 5
_SENTENCE_START: Final = regex.compile(r"(?:^|[.!?:]|[\r\n])[\"'“‘(\[*_#>\-+\s\d.|]*$")
# Letters glued to these belong to a name of something: a path, an option, a call, a placeholder.
_GLUE: Final = frozenset("/\\_@#=<>{}[]|~$%&*+^`")
_OPENS_EMPHASIS: Final = regex.compile(r"(?:(?<=[\s(\"“‘])|^)[*_~]{1,3}$")
_CLOSES_EMPHASIS: Final = regex.compile(r"^[*_~]{1,3}(?=[\s.,;:!?)\"”’]|$)")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}


def surprising_words(
    text: str, words: WordScores, prose: Sequence[Span], thresholds: Thresholds
) -> list[int]:
    """Return the indices of the words to flag, ascending."""
    strong = np.flatnonzero(_is_strong(words, thresholds))
    starts = [span.start for span in prose]
    first_idx = _first_occurrences(text, words) if len(strong) else {}
    candidates: list[int] = []
    for idx in strong.tolist():
        word = _Word.at(text, words, idx, prose, starts)
        if word is None or not _may_be_flagged(word):
            continue
        if first_idx[word.text.casefold()] == idx:
            candidates.append(idx)
    return _strongest(candidates, words, thresholds)


def finding(
    text: str, words: WordScores, idx: int, alternatives: tuple[Alternative, ...]
) -> Finding:
    """Describe one flagged word."""
    span = Span(int(words.starts[idx]), int(words.ends[idx]))
    surprisal_bits = float(words.surprisal_bits[idx])
    likely = alternatives and alternatives[0].probability >= _WORTH_NAMING
    expected = f"; “{alternatives[0].text}” was expected" if likely else ""
    return Finding(
        code=CODE,
        severity=SEVERITY,
        message=f"“{span.of(text)}” surprises the model: {surprisal_bits:.1f} bits{expected}",
        span=span,
        text=span.of(text),
        surprisal_bits=surprisal_bits,
        entropy_bits=float(words.entropy_bits[idx]),
        rank=int(words.rank[idx]),
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


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with the characters around it, but for marks of emphasis."""

    span: Span
    text: str
    before: str
    after: str

    @classmethod
    def at(
        cls, text: str, words: WordScores, idx: int, prose: Sequence[Span], starts: list[int]
    ) -> "_Word | None":
        """Return the word if it is prose."""
        span = Span(int(words.starts[idx]), int(words.ends[idx]))
        around = prose[max(0, bisect_right(starts, span.start) - 1)] if prose else Span(0, 0)
        if span.start < around.start or around.end < span.end:
            return None
        before = _OPENS_EMPHASIS.sub("", text[max(0, span.start - 40) : span.start])
        after = _CLOSES_EMPHASIS.sub("", text[span.end : span.end + 5])
        return cls(span, span.of(text), before, after)


def _is_strong(words: WordScores, thresholds: Thresholds) -> np.ndarray:
    return (
        words.is_word
        & (thresholds.surprisal_bits <= words.surprisal_bits)
        & (thresholds.excess_bits <= words.excess_bits)
        & (thresholds.gap_bits <= words.gap_bits)
        & (thresholds.n_cold_tokens <= words.first_token)
    )


def _may_be_flagged(word: _Word) -> bool:
    """Whether a word looks like one of the language rather than a name, identifier or quotation."""
    if len(word.text) < 2 or not _PLAIN_WORD.fullmatch(word.text):  # noqa: PLR2004 - letters
        return False
    is_capitalized = word.text[0].isupper()
    if is_capitalized and not _SENTENCE_START.search(word.before):
        return False
    last, following = word.before[-1:], word.after[:1]
    if last in _GLUE or following in _GLUE or (last and last in "-.:"):
        return False
    if following and following in "-.:(" and word.after[1:2].strip():
        return False
    return not following or _QUOTES.get(last) != following


def _first_occurrences(text: str, words: WordScores) -> dict[str, int]:
    """Return for each term, whatever its case, the word where it first stands."""
    places = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
    terms = [text[start:end].casefold() for start, end in places]
    return {term: len(terms) - 1 - k for k, term in enumerate(reversed(terms))}


def _strongest(candidates: list[int], words: WordScores, thresholds: Thresholds) -> list[int]:
    if thresholds.max_per_1000_words == 0:
        return []
    n_words = int(words.is_word.sum())
    budget = max(1, n_words * thresholds.max_per_1000_words // 1000)
    by_excess = sorted(candidates, key=lambda idx: -float(words.excess_bits[idx]))
    return sorted(by_excess[:budget])
