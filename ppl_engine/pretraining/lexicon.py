"""The list of English words that ships with the engine, counted over the corpus.

A word is listed if enough documents of enough sources use it in running prose: code, links, markup
and what stands among symbols is left out. A slip that many people make is told from a rare word by
what is beside it: it is one edit from a word used far more often, and hardly ever twice in a text.
"""

import lzma
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.pretraining.corpus import CorpusDocument

_NOT_PROSE: Final = regex.compile(
    r"^[ \t]*(```|~~~)[^\n]*\n.*?(?:^[ \t]*\1|\Z)"  # fenced code
    r"|``.+?``|`[^`\n]+`"
    r"|^(?: {4}|\t)[^\n]*$"  # code that is set in
    r"|<[^>\n]{1,300}>|\]\([^)\n]*\)|https?://\S+|www\.\S+"
    r"|^\.\. [^\n]*$|^[ \t]*:[^\n]*$"  # directives and fields of reStructuredText
    r"|\$[^$\n]+\$|\{[^}\n]*\}|\\[a-zA-Z]+|&\w+;",
    regex.MULTILINE | regex.DOTALL,
)
_BEGINS: Final = "\x01"
_SENTENCE_START: Final = regex.compile(
    r"((?:^|[.!?:;|\n\r])[\s\"'“‘(\[*#>+\-\d.|]*)(?=[^\W\d_])", regex.MULTILINE
)
_WORD: Final = regex.compile(
    r"(?<![\w/\\@#=$%&+.'’])(?<!\W-)\x01?[^\W\d_]++(?:['’][^\W\d_]++)*+(?![\w/\\@=(]|[.:]\w|-?['’]\w)"
)
_LONGEST: Final = 24


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

    slip_ratio: float = 1 / 300
    """How rare against a word one edit away makes a word suspicious of being a slip."""

    slip_repeats: float = 1.3
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
    if policy.slip_repeats * usage.n_documents <= usage.n_uses or word != word.lower():
        return False
    # The nearest come the commonest first.
    nearest = next(iter(lexicon.near(word, 1)), None)
    return nearest is not None and usage.n_uses < policy.slip_ratio * usages[nearest].n_uses
