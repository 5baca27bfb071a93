"""Which words of a text say something that its sources must say too. Pure.

Prose is asked about, and what stands between backticks in it: a generated reference names its
parameters and values there. Blocks of code, addresses and the numbers of a list are not.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import regex

from ppl_engine.grounding.terms import number_at
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.prose import Prose
from ppl_engine.text.spans import Span

_FENCED: Final = regex.compile(
    r"^[ >]*+(?P<fence>`{3,}|~{3,})[^\n]*+\n(?:.*?^[ >]*+(?P=fence)|.*)", regex.M | regex.S
)
_INLINE_CODE: Final = regex.compile(
    r"(?<!`)(?P<tick>`{1,2}+)(?P<code>[^`\r\n]{1,400}+)(?P=tick)(?!`)"
)
_ADDRESS: Final = regex.compile(r"://|@[\w.-]{1,64}\.")
_CONTRACTED: Final = regex.compile(r"\p{L}+n['’]t|\p{L}+['’](?:ll|re|ve|d|m)", regex.I)
_GRAMMAR: Final = """
    about above after again all also an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each either else etc
    even ever every few for from further had has have having he her here hers him his how if
    in into is it its itself just let like may me might more most much must my neither no
    nor not now of off often on once one only or other otherwise our out over own per rather
    same shall she should since so some still such than that the their them then there
    therefore these they this those though through thus to too under unless until up upon us
    very was we were what when where whether which while who whom whose why will with within
    without would yet you your
"""
_FUNCTION_WORDS: Final = frozenset(_GRAMMAR.split())


def eligible_words(text: str, words: WordScores, prose: Prose, language: str) -> Iterator[int]:
    """Yield the words and numbers that a source must know, by their index, ascending."""
    code = list(_inline_code(text)) if language == "markdown" else []
    code_starts = np.array([span.start for span in code], dtype=np.int64)
    for idx in np.flatnonzero(words.is_word & ~np.isnan(words.logprob)).tolist():
        start, end = int(words.starts[idx]), int(words.ends[idx])
        k = int(np.searchsorted(code_starts, start, side="right")) - 1
        is_read = prose.holds(start, end) or (k >= 0 and end <= code[k].end)
        if is_read and _says_something(text, start, end):
            yield idx


def _says_something(text: str, start: int, end: int) -> bool:
    """Whether a word is more than grammar; of a number with marks in it, the first group is."""
    number = number_at(text, start, end)
    if number is not None:
        return number.start == start and not _counts_a_list(text, start, end)
    word = text[start:end]
    is_grammar = word.casefold() in _FUNCTION_WORDS or _CONTRACTED.fullmatch(word)
    return len(word) > 1 and not is_grammar


def _counts_a_list(text: str, start: int, end: int) -> bool:
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return text[end : end + 1] in {".", ")"} and text[line_start:start].strip(" \t>") == ""


def _inline_code(text: str) -> Iterator[Span]:
    """Yield what stands between backticks in a line, outside of fences, and is no address."""
    fenced = np.array([m.span() for m in _FENCED.finditer(text)], np.int64).reshape(-1, 2)
    for match in _INLINE_CODE.finditer(text):
        span = Span(*match.span("code"))
        k = int(np.searchsorted(fenced[:, 0], span.start, side="right")) - 1
        is_fenced = k >= 0 and span.start < fenced[k, 1]
        if not is_fenced and not _ADDRESS.search(match["code"]):
            yield span
