"""An engine that costs next to nothing a word, for what is large or many."""

from collections.abc import Generator, Sequence
from typing import Any, Final

import numpy as np

from ppl_engine.analysis import Analysis, Progress
from ppl_engine.explanation import Explanation, explain_word
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

_WORD: Final = 8
"""Every eight characters are a word, whatever they are."""

_STEP_WORDS: Final = 1000


class FastEngine:
    """Scores in bounded steps, as an engine does, and keeps count of what it does."""

    model = ModelInfo("fast", "1", "cpu", "exact", 512, 1000, "none")

    def __init__(self) -> None:
        self.n_steps = 0
        self.n_analyzed = 0
        self.n_begun = 0

    def analyze(
        self,
        text: str,
        *,
        language: str,
        thresholds: Thresholds,
        previous: Analysis | None = None,
        visible: Sequence[Span] = (),
    ) -> Generator[Progress, None, Analysis]:
        del previous, visible
        self.n_begun += 1
        n = len(text) // _WORD
        for done in range(0, n, _STEP_WORDS):
            self.n_steps += 1
            yield Progress(done, n)
        self.n_analyzed += 1
        return analysis_of(text, language, thresholds, self.model)

    def explain(self, analysis: Analysis, offset: int) -> Explanation | None:
        idx = analysis.words.index_at(offset)
        return None if idx is None else explain_word(analysis, idx, ())


def analysis_of(text: str, language: str, thresholds: Thresholds, model: ModelInfo) -> Analysis:
    starts = np.arange(len(text) // _WORD, dtype=np.int64) * _WORD
    n = len(starts)
    some = np.ones(n, dtype=np.float32)
    every: dict[str, Any] = {
        "starts": starts,
        "ends": starts + _WORD,
        "logprob": -some,
        "entropy": some,
        "rank": np.ones(n, dtype=np.int64),
        "top_logprob": -some,
    }
    tokens = TokenScores(
        **every,
        ids=np.arange(n),
        begins_word=np.ones(n, dtype=np.bool_),
        boundary_before=some,
        boundary_after=some,
        context_length=np.arange(n),
        segment_starts=np.zeros(1, dtype=np.int64),
        exact_spans=True,
    )
    words = WordScores(
        **every,
        is_word=np.ones(n, dtype=np.bool_),
        first_token=np.arange(n),
        end_token=np.arange(n) + 1,
        uncorrected_logprob=-some,
    )
    return Analysis(text, language, tokens, words, (), model, thresholds)
