"""Models small enough to be understood, for tests that need no torch."""

from collections.abc import Iterator, Sequence

import numpy as np
import regex
from numpy.typing import NDArray

from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window

Matrix = NDArray[np.float64]


class BigramScorer:
    """A scorer whose next token depends on the last one alone: a row of a matrix for each token.

    Token 0 is BOS and ends texts. A text is cut greedily into the longest tokens of the vocabulary.
    Its hidden state is a one-hot row that names the last token, so predictions are exact.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        probabilities: Matrix,
        *,
        context: int = 64,
        windows_at_once: int = 2,
    ) -> None:
        assert np.allclose(probabilities.sum(axis=1), 1.0)
        self.vocabulary = ("", *vocabulary)
        self.probabilities = probabilities
        self.n_windows_scored = 0
        self._windows_at_once = windows_at_once
        longest_first = sorted(vocabulary, key=lambda token: -len(token))
        self._pattern = regex.compile("|".join(map(regex.escape, longest_first)), regex.DOTALL)
        self._begins = np.array(
            [not token or not regex.match(r"\w", token) for token in self.vocabulary]
        )
        self.model = ModelInfo(
            name="bigram",
            revision="1",
            device="cpu",
            precision="exact",
            context=context,
            vocab_size=len(self.vocabulary),
            bos_policy="bos",
        )

    bos_id: int | None = 0

    def encode(self, text: str) -> Encoding:
        found = [(match.start(), match.end(), match[0]) for match in self._pattern.finditer(text)]
        ids = np.array([self.vocabulary.index(token) for _, _, token in found], dtype=np.int64)
        starts = np.array([start for start, _, _ in found], dtype=np.int64)
        ends = np.array([end for _, end, _ in found], dtype=np.int64)
        return Encoding(ids, starts, ends, self._begins[ids], exact_spans=True)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        for k in range(0, len(windows), self._windows_at_once):
            batch = windows[k : k + self._windows_at_once]
            self.n_windows_scored += len(batch)
            yield [(k + j, self._score(window)) for j, window in enumerate(batch)]

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        found: list[list[Prediction]] = []
        for row in self.probabilities[hidden.argmax(axis=1)]:
            best = np.argsort(-row)[:n].tolist()
            found.append(
                [Prediction(idx, self.vocabulary[idx], float(np.log(row[idx]))) for idx in best]
            )
        return found

    def score_branches(self, ids: Ints, branches: Sequence[Branch]) -> list[Floats]:
        return [self._score(branch.window(ids)).logprob for branch in branches]

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        rows = self.probabilities[hidden.argmax(axis=1)]
        with np.errstate(divide="ignore"):
            return [
                np.log(row[ids]).astype(np.float32)
                for row, ids in zip(rows, token_ids, strict=True)
            ]

    def _score(self, window: Window) -> WindowScores:
        last = window.ids[window.n_context - 1 : -1]
        rows = self.probabilities[last]
        chosen = rows[np.arange(len(rows)), window.ids[window.n_context :]]
        after = self.probabilities[window.ids[window.n_context :]]
        with np.errstate(divide="ignore", invalid="ignore"):
            entropy = -np.nansum(rows * np.log(rows), axis=1)
            return WindowScores(
                logprob=np.log(chosen).astype(np.float32),
                entropy=entropy.astype(np.float32),
                rank=1 + (rows > chosen[:, None]).sum(axis=1),
                top_logprob=np.log(rows.max(axis=1)).astype(np.float32),
                boundary_before=-np.log(rows[:, self._begins].sum(axis=1)).astype(np.float32),
                boundary_after=-np.log(after[:, self._begins].sum(axis=1)).astype(np.float32),
                hidden=np.eye(len(self.vocabulary), dtype=np.float32)[last],
            )


def uniform(vocabulary: Sequence[str], *, context: int = 64) -> BigramScorer:
    """A scorer that expects every token, and the end, with the same probability."""
    n = len(vocabulary) + 1
    return BigramScorer(vocabulary, np.full((n, n), 1.0 / n), context=context)


class ContextScorer:
    """A scorer whose every number depends on all the ids before it in its window.

    What is read in a wrong window, or not read again after an edit, thus shows. It remembers the
    windows that it was given.
    """

    bos_id: int | None = 0

    def __init__(self, tokenizer: TextTokenizer, *, context: int = 64) -> None:
        self._tokenizer = tokenizer
        self.windows: list[Window] = []
        self.n_predicted = 0
        self.model = ModelInfo(
            name="context",
            revision="1",
            device="cpu",
            precision="exact",
            context=context,
            vocab_size=len(tokenizer),
            bos_policy="bos",
        )

    def encode(self, text: str) -> Encoding:
        return self._tokenizer.encode(text)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        for idx, window in enumerate(windows):
            self.windows.append(window)
            yield [(idx, self._score(window))]

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        self.n_predicted += len(hidden)
        expected = [" word", " other", "s", " and", "\n"]
        return [
            [
                Prediction(k, expected[(int(row[0]) % 101 + k) % len(expected)], -0.1 - k)
                for k in range(min(n, len(expected)))
            ]
            for row in hidden
        ]

    def score_branches(self, ids: Ints, branches: Sequence[Branch]) -> list[Floats]:
        return [self._score(branch.window(ids)).logprob for branch in branches]

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        states = hidden[:, 0].astype(np.int64)
        return [
            self._logprob(state, ids).astype(np.float32)
            for state, ids in zip(states, token_ids, strict=True)
        ]

    def _logprob(self, state: Ints, ids: Ints) -> Matrix:
        return -((state * 31 + ids * 7) % 977) / 32 - 0.01

    def _score(self, window: Window) -> WindowScores:
        state = np.cumsum(window.ids * (np.arange(len(window.ids)) + 17) + 5) % 9973
        before, after = state[window.n_context - 1 : -1], state[window.n_context :]
        logprob = self._logprob(before, window.ids[window.n_context :])
        return WindowScores(
            logprob=logprob.astype(np.float32),
            entropy=(before % 7 / 2).astype(np.float32),
            rank=1 + before % 50,
            top_logprob=np.maximum(logprob, -(before % 3) / 4).astype(np.float32),
            boundary_before=(before % 11 / 16).astype(np.float32),
            boundary_after=(after % 11 / 16).astype(np.float32),
            hidden=before[:, None].astype(np.float32),
        )
