"""An engine without a model: deterministic, instant, and as ill-behaved as its text asks for.

Every word costs 4 bits; a word that begins with `zz` costs 40 bits and is a finding. So is one that
begins with `qq`, a likely mistake for what follows these letters. Words in capitals are commands,
obeyed once per analysis.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from ppl_engine.analysis import Analysis, Partial, Progress
from ppl_engine.errors import EngineError, ModelNotFoundError
from ppl_engine.explanation import Expected, Explanation, explain_word
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from ppl_engine.text.spans import Span

HOLD: Final = "HOLD"
"""The engine is deaf and blind until `release` is set."""

GLIMPSE: Final = "GLIMPSE"
"""What is visible is known; the rest is not before `release` is set."""

SLOW: Final = "SLOW"
"""Many short steps."""

BUSY: Final = "BUSY"
"""Many short steps in pure Python, which holds the interpreter's lock as much as it can."""

CRASH: Final = "CRASH"
"""A bug: an exception that is no EngineError."""

REFUSE: Final = "REFUSE"
"""An EngineError, with a sentence for the user."""

QUIT: Final = "QUIT"
"""A library that ends the process it runs in."""

DIE: Final = "DIE"
"""What the operating system does to a process that takes too much memory."""

HUNGRY: Final = "HUNGRY"
"""Memory that could not be had."""

PRINT: Final = "PRINT"
"""A library that writes to standard output, from Python and from C."""

_WORD: Final = re.compile(r"[^\W_]+")
_CALM_BITS: Final = 4.0
_HOT_BITS: Final = 40.0
_TICK_S: Final = 0.005


class FakeEngine:
    """Satisfies `ppl_engine.host.worker.Engine`."""

    def __init__(self, choice: ModelChoice | None = None) -> None:
        choice = choice or ModelChoice()
        self.release = threading.Event()
        self.held = threading.Event()
        """Set as soon as the engine is stuck in `HOLD`."""

        self.analyzed: list[str] = []
        """The texts of analyses that came to their end."""

        self.asked: list[tuple[str, str | None, tuple[Span, ...]]] = []
        """Each text with that of the analysis to start from, and what of it is visible."""

        self.closed: list[str] = []
        """The texts of analyses that were cancelled."""

        self.thread_names: set[str] = set()
        self._model = ModelInfo(
            name=choice.model,
            revision=f"{choice.model}-1",
            device="cpu",
            precision="exact",
            context=512,
            vocab_size=1000,
            bos_policy="none",
        )

    @property
    def model(self) -> ModelInfo:
        return self._model

    def analyze(
        self,
        text: str,
        *,
        language: str,
        thresholds: Thresholds,
        previous: Analysis | None = None,
        visible: Sequence[Span] = (),
    ) -> Generator[Progress, None, Analysis]:
        self.thread_names.add(threading.current_thread().name)
        self.asked.append((text, previous.text if previous else None, tuple(visible)))
        matches = list(_WORD.finditer(text))
        n_steps = 10_000 if BUSY in text else 400 if SLOW in text else 1
        try:
            for step in range(n_steps):
                self._obey(text)
                yield Progress(step * len(matches) // n_steps, len(matches))
            if GLIMPSE in text and visible:
                yield self._partial(
                    _analysis(text, language, matches, thresholds, self._model), visible
                )
                self.held.set()
                self.release.wait()
                yield Progress(len(matches), len(matches))
        except GeneratorExit:
            self.closed.append(text)
            raise
        self.analyzed.append(text)
        return _analysis(text, language, matches, thresholds, self._model)

    def explain(self, analysis: Analysis, offset: int) -> Explanation | None:
        self.thread_names.add(threading.current_thread().name)
        idx = analysis.words.index_at(offset)
        if idx is None:
            return None
        return explain_word(analysis, idx, (Expected(" mat", 0.5), Expected("\n", 0.125)))

    def _partial(self, analysis: Analysis, visible: Sequence[Span]) -> Partial:
        """Leave out what is not visible."""
        (seen,) = visible
        words, tokens = analysis.words, analysis.tokens
        is_seen = (seen.start < words.ends) & (words.starts < seen.end)
        logprob = np.where(is_seen, words.logprob, np.nan).astype(np.float32)
        partial = replace(
            analysis,
            words=replace(words, logprob=logprob),
            tokens=replace(tokens, logprob=logprob),
            findings=tuple(one for one in analysis.findings if one.span.end <= seen.end),
        )
        return Partial(int(is_seen.sum()), len(words), partial)

    def _obey(self, text: str) -> None:
        if HOLD in text:
            self.held.set()
            self.release.wait()
        if SLOW in text:
            self.release.wait(_TICK_S)
        if BUSY in text:
            self._spin()
        if PRINT in text:
            print("noise from Python")  # noqa: T201 - what it is for
            os.write(1, b"noise from C\n")
        if CRASH in text:
            raise ZeroDivisionError("a bug in the engine")
        if REFUSE in text:
            raise EngineError("The engine refuses this text.")
        if HUNGRY in text:
            raise MemoryError
        if DIE in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if QUIT in text:
            raise SystemExit(3)

    def _spin(self) -> None:
        end = time.perf_counter() + _TICK_S
        while time.perf_counter() < end and not self.release.is_set():
            pass


def load_fake_engine(choice: ModelChoice) -> FakeEngine:
    """Load any model but the one that is called `missing`."""
    if choice.model == "missing":
        raise ModelNotFoundError("There is no model 'missing'.")
    return FakeEngine(choice)


def _analysis(
    text: str,
    language: str,
    matches: list[re.Match[str]],
    thresholds: Thresholds,
    model: ModelInfo,
) -> Analysis:
    n = len(matches)
    starts = np.array([match.start() for match in matches], dtype=np.int64)
    ends = np.array([match.end() for match in matches], dtype=np.int64)
    bits = np.array([_cost(match[0]) for match in matches], dtype=np.float32)
    nats = (-bits * NATS_PER_BIT).astype(np.float32)
    every: dict[str, Any] = {
        "starts": starts,
        "ends": ends,
        "logprob": nats,
        "entropy": np.full(n, 2 * NATS_PER_BIT, dtype=np.float32),
        "rank": np.where(bits > _CALM_BITS, 700, 1),
        "top_logprob": np.full(n, -NATS_PER_BIT, dtype=np.float32),
    }
    tokens = TokenScores(
        **every,
        ids=np.arange(n),
        begins_word=np.ones(n, dtype=np.bool_),
        boundary_before=np.zeros(n, dtype=np.float32),
        boundary_after=np.zeros(n, dtype=np.float32),
        context_length=np.arange(n),
        segment_starts=np.zeros(1, dtype=np.int64),
        exact_spans=True,
    )
    words = WordScores(
        **every,
        is_word=np.ones(n, dtype=np.bool_),
        first_token=np.arange(n),
        end_token=np.arange(n) + 1,
        uncorrected_logprob=nats,
    )
    findings = tuple(
        _finding(match)
        for match in matches
        if _cost(match[0]) == _HOT_BITS and thresholds.surprises_per_1000_words
    )
    return Analysis(text, language, tokens, words, findings, model)


def _cost(word: str) -> float:
    return _HOT_BITS if word.startswith(("zz", "qq")) else _CALM_BITS


def _finding(match: re.Match[str]) -> Finding:
    return _mistake(match) if match[0].startswith("qq") else _surprise(match)


def _mistake(match: re.Match[str]) -> Finding:
    meant = match[0][2:]
    return replace(
        _surprise(match),
        code="likely-mistake",
        severity="warning",
        message=f"“{match[0]}” may be meant as “{meant}”",
        alternatives=(Alternative(meant, 0.5, 12.5), Alternative(meant.upper(), 0.1, 3.25)),
        is_sure=True,
    )


def _surprise(match: re.Match[str]) -> Finding:
    return Finding(
        code="surprising-word",
        severity="information",
        message=f"“{match[0]}” surprises the model: 40.0 bits",
        span=Span(match.start(), match.end()),
        text=match[0],
        surprisal_bits=_HOT_BITS,
        entropy_bits=2.0,
        rank=700,
        alternatives=(Alternative("mat", 0.5),),
    )
