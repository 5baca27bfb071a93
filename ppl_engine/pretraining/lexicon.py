"""The list of English words that ships with the engine, counted over the corpus.

A word is listed if enough documents of enough sources use it in running prose: code, links, markup
and what stands among symbols is left out. A slip that many people make is told from a rare word by
what is beside it: it is one edit from a word used far more often, and hardly ever twice in a text.
"""

import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppl_engine.findings.correction.confusions import CONFUSIONS
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.spelling import Edit, edit_of
from ppl_engine.pretraining.corpus import CorpusDocument

_NOT_PROSE: Final = re.compile(
    r"^[ \t]*(```|~~~)[^\n]*\n.*?(?:^[ \t]*\1|\Z)"  # fenced code
    r"|``.+?``|`[^`\n]+`"
    r"|^(?: {4}|\t)[^\n]*$"  # code that is set in
    r"|<[^>\n]{1,300}>|\]\([^)\n]*\)|https?://\S+|www\.\S+"
    r"|^\.\. [^\n]*$|^[ \t]*:[^\n]*$"  # directives and fields of reStructuredText
    r"|\$[^$\n]+\$|\{[^}\n]*\}|\\[a-zA-Z]+|&\w+;",
    re.MULTILINE | re.DOTALL,
)
_BEGINS: Final = "\x01"
_SENTENCE_START: Final = re.compile(
    r"((?:^|\||[.!?:;][\"'”’)*_]*\s)[\s\"'“‘(\[*#>+\-\d.|]*)(?=[^\W\d_])", re.MULTILINE
)
_WORD: Final = re.compile(
    r"(?<![\w/\\@#=$%&+.'’])(?<!\W-)\x01?[^\W\d_]++(?:['’][^\W\d_]++)*+(?![\w/\\@=(]|[.:]\w|-?['’]\w)"
)
_LONGEST: Final = 24
_MISSPELLINGS: Final = {Edit.TRANSPOSITION, Edit.DOUBLING, Edit.VOWEL}
_CONTRACTED: Final = {"nt": "n't", "n": "n't", "ve": "'ve", "re": "'re", "ll": "'ll"}


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a form of a word was used, and how widely."""

    n_uses: int
    n_documents: int
    n_sources: int


@dataclass(frozen=True, slots=True)
class Policy:
    """When a form is listed."""

    least_uses: int = 8
    least_documents: int = 5
    least_sources: int = 3
    share_of_case: float = 0.15
    """Of the uses of a word inside of sentences, the least share that a form needs in which only
    the capitals are other than in the commonest."""

    shortest_slip: int = 6
    """Letters; too many words that are shorter are one edit from common ones."""

    bare_ratio: float = 1 / 20
    """How rare against itself with an apostrophe makes a word one that has lost it: “dont”."""

    slip_ratio: float = 1 / 40
    """How rare against a word makes a word suspicious of being its misspelling."""

    any_slip_ratio: float = 1 / 1000
    """The same where the one edit is none that misspellings often have."""

    slip_repeats: float = 2.0
    """Uses in a document, on average, below which a suspicious word is taken for one."""


def count_words(documents: Iterable[CorpusDocument]) -> dict[str, Usage]:
    """Count the words of prose as they are written inside of sentences.

    At the beginning of a sentence a capital says nothing; such words are counted by the form that
    is commoner elsewhere.
    """
    uses: Counter[str] = Counter()
    in_documents: Counter[str] = Counter()
    sources: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for document in documents:
        found = Counter(_words(document.text))
        uses.update(found)
        in_documents.update(found.keys())
        bit = 1 << numbers.setdefault(document.source, len(numbers))
        for word in found:
            sources[word] = sources.get(word, 0) | bit
    return {
        word: Usage(n, in_documents[word], sources[word].bit_count())
        for word, n in uses.items()
        if not word.startswith(_BEGINS)
    }


def listed(usages: Mapping[str, Usage], policy: Policy) -> dict[str, int]:
    """Return the words to list, each with log2 of its uses."""
    widely = {
        word: usage.n_uses
        for word, usage in usages.items()
        if policy.least_uses <= usage.n_uses
        and policy.least_documents <= usage.n_documents
        and policy.least_sources <= usage.n_sources
        and len(word) <= _LONGEST
    }
    by_lower: dict[str, int] = {}
    for word, n_uses in widely.items():
        by_lower[word.lower()] = by_lower.get(word.lower(), 0) + n_uses
    kept = {
        word: n_uses
        for word, n_uses in widely.items()
        if policy.share_of_case * by_lower[word.lower()] <= n_uses
    }
    levels = {word: n_uses.bit_length() - 1 for word, n_uses in kept.items()}
    lexicon = Lexicon.of(f"{word}\t{level}" for word, level in levels.items())
    return {
        word: level
        for word, level in sorted(levels.items())
        if not _is_slip(word, usages, lexicon, policy)
    }


def write_lexicon(levels: Mapping[str, int], path: Path) -> None:
    """Write the list, packed, the same bytes for the same words."""
    lines = "".join(f"{word}\t{level}\n" for word, level in sorted(levels.items()))
    path.write_bytes(lzma.compress(lines.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))


def _words(text: str) -> Iterator[str]:
    prose = _SENTENCE_START.sub(rf"\1{_BEGINS}", _NOT_PROSE.sub(" ", text))
    for word in _WORD.findall(prose):
        yield word.replace("’", "'")


def _is_slip(word: str, usages: Mapping[str, Usage], lexicon: Lexicon, policy: Policy) -> bool:
    usage = usages[word]
    if word != word.lower() or word in CONFUSIONS:
        return False
    if any(
        usage.n_uses < policy.bare_ratio * _n_uses(whole, usages) for whole in _contractions(word)
    ):
        return True
    if len(word) < policy.shortest_slip or policy.slip_repeats * usage.n_documents <= usage.n_uses:
        return False
    for near in lexicon.near(word, 1):
        is_misspelling = edit_of(near, word) in _MISSPELLINGS
        ratio = policy.slip_ratio if is_misspelling else policy.any_slip_ratio
        if usage.n_uses < ratio * _n_uses(near, usages):
            return True
    return False


def _contractions(word: str) -> Iterator[str]:
    """Yield the word with an apostrophe where contractions have one: “don't” for “dont”."""
    for ending in _CONTRACTED:
        if word.endswith(ending):
            yield f"{word[: -len(ending)]}{_CONTRACTED[ending]}"


def _n_uses(word: str, usages: Mapping[str, Usage]) -> int:
    return usages[word].n_uses if word in usages else 0
