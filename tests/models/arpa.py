"""Small bigram models in the format of ARPA, estimated here and now, and read plainly."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_DISCOUNT = 0.5


@dataclass(frozen=True)
class Bigrams:
    """log10 of probabilities and of the weights of backing off."""

    unigrams: dict[str, float]
    backoffs: dict[str, float]
    bigrams: dict[tuple[str, str], float]

    def log10p(self, before: str, word: str) -> float:
        """The probability of a word after another, by the book: Katz's backing off."""
        if (before, word) in self.bigrams:
            return self.bigrams[before, word]
        return self.backoffs[before] + self.unigrams[word]

    def write(self, path: Path) -> Path:
        lines = ["\\data\\", f"ngram 1={len(self.unigrams)}", f"ngram 2={len(self.bigrams)}", ""]
        lines.append("\\1-grams:")
        lines += [f"{p:.6f}\t{w}\t{self.backoffs[w]:.6f}" for w, p in self.unigrams.items()]
        lines += ["", "\\2-grams:"]
        lines += [f"{p:.6f}\t{' '.join(pair)}" for pair, p in self.bigrams.items()]
        path.write_text("\n".join([*lines, "", "\\end\\", ""]), encoding="utf-8")
        return path


def estimated(sentences: Sequence[Sequence[str]]) -> Bigrams:
    """Estimate with absolute discounting; `<unk>` counts as seen once."""
    closed = [["<s>", *sentence, "</s>"] for sentence in sentences]
    words = Counter(word for sentence in closed for word in sentence[1:])
    words["<unk>"] = 1
    total = words.total()
    unigrams = {"<s>": -99.0, **{w: round(math.log10(n / total), 6) for w, n in words.items()}}
    pairs = Counter(pair for s in closed for pair in pairwise(s))
    contexts = Counter(before for before, _ in pairs.elements())
    n_followers = Counter(before for before, _ in pairs)
    backoffs = dict.fromkeys(unigrams, 0.0)
    bigrams: dict[tuple[str, str], float] = {}
    for (before, word), n in pairs.items():
        bigrams[before, word] = round(math.log10((n - _DISCOUNT) / contexts[before]), 6)
    for before, n in contexts.items():
        seen = sum(words[word] / total for b, word in pairs if b == before)
        freed = _DISCOUNT * n_followers[before] / n
        backoffs[before] = round(math.log10(freed / max(1 - seen, 1e-9)), 6)
    return Bigrams(unigrams, backoffs, bigrams)
