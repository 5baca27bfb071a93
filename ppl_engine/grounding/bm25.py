"""BM25, the ranking of passages for a query that most search engines begin with. Pure.

    score(D, Q) = Σ over t in Q of  idf(t) · f(t, D) · (k₁ + 1) / (f(t, D) + K(D))
    K(D)        = k₁ · (1 − b + b · |D| / mean |D|)
    idf(t)      = ln(1 + (N − n(t) + 0.5) / (n(t) + 0.5))

with f(t, D) how often D holds t, n(t) in how many of the N passages t occurs (Robertson & Zaragoza
2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; idf with the 1 of Lucene, so that it
is never negative). A term counts once however often the query has it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

K1: Final = 1.2
B: Final = 0.75


class Ranking:
    """Passages, each as its terms, to be asked which fit a query."""

    def __init__(self, passages: Sequence[Iterable[str]]) -> None:
        counted = [Counter(passage) for passage in passages]
        lengths = np.array([sum(one.values()) for one in counted], dtype=np.float64)
        mean = float(lengths.mean()) if len(lengths) else 0.0
        self._n = len(counted)
        self._norms = K1 * (1 - B + B * lengths / (mean or 1.0))
        postings: dict[str, list[tuple[int, int]]] = {}
        for idx, counts in enumerate(counted):
            for term, count in counts.items():
                postings.setdefault(term, []).append((idx, count))
        self._postings = {term: np.array(rows) for term, rows in postings.items()}

    def scores(self, query: Iterable[str]) -> NDArray[np.float64]:
        """Return how well each passage fits; 0 where it holds no term of the query."""
        found = np.zeros(self._n)
        for term in sorted(set(query)):  # in one order, so that sums repeat to the last bit
            rows = self._postings.get(term)
            if rows is not None:
                idx, counts = rows.T
                idf = np.log1p((self._n - len(idx) + 0.5) / (len(idx) + 0.5))
                found[idx] += idf * counts * (K1 + 1) / (counts + self._norms[idx])
        return found
