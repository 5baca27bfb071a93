"""Values to keep, and strategies for more of them."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.scoring.scorer import ModelInfo, Prediction
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.summary import Summary
from ppl_engine.store.buffer import Buffer
from ppl_engine.store.place import Place
from ppl_engine.store.score_store import DiskStore
from ppl_engine.text.spans import Span
from ppl_engine.verdict import Verdict
from tests.texts import texts

MODEL = ModelInfo("a", "1", "cpu", "exact", 64, 1000, "bos")


class Opened:
    """A store in a directory, with the notices it gave."""

    def __init__(self, directory: Path, *, max_bytes: int = 2**24) -> None:
        self.place = Place(directory / "scores.db", max_bytes)
        self.notices: list[str] = []
        self.now = 1_000_000.0
        self.buffer = Buffer(self.place, self.notices.append, lambda: self.now)
        self.store = DiskStore(self.buffer)

    def keep(self, *numbers: int, n_targets: int = 300) -> None:
        """Keep a window for each number and write them."""
        self.store.keep_windows(MODEL, {key_of(k): scores_of(k, n_targets) for k in numbers})
        self.store.flush()

    def known(self, numbers: range, n_targets: int = 300) -> list[int]:
        """Return which of the windows are kept, after looking that they are the right ones."""
        found = self.store.windows(MODEL, [key_of(k) for k in numbers])
        for k in numbers:
            if key_of(k) in found:
                assert_same_scores(found[key_of(k)], scores_of(k, n_targets))
        return [k for k in numbers if key_of(k) in found]


def key_of(number: int) -> bytes:
    return number.to_bytes(16, "little")


def scores_of(number: int, n_targets: int = 300) -> WindowScores:
    """Scores that tell one number from another."""
    values = np.random.default_rng(number).random((5, n_targets), dtype=np.float32)
    return WindowScores(
        logprob=-values[0],
        entropy=values[1],
        rank=np.arange(n_targets) + number,
        top_logprob=-values[2],
        boundary_before=values[3],
        boundary_after=values[4],
        hidden=np.ones((n_targets, 3), np.float32),
    )


def assert_same_scores(found: WindowScores, kept: WindowScores) -> None:
    for name in ("logprob", "entropy", "rank", "top_logprob", "boundary_before", "boundary_after"):
        read, written = getattr(found, name), getattr(kept, name)
        assert read.dtype == written.dtype
        np.testing.assert_array_equal(read, written)


def _floats(n: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float32, n, elements=st.floats(width=32))


@st.composite
def window_scores(draw: st.DrawFn) -> WindowScores:
    n = draw(st.integers(0, 20))
    return WindowScores(
        logprob=draw(_floats(n)),
        entropy=draw(_floats(n)),
        rank=draw(arrays(np.int64, n, elements=st.integers(0, 2**31 - 1))),
        top_logprob=draw(_floats(n)),
        boundary_before=draw(_floats(n)),
        boundary_after=draw(_floats(n)),
        hidden=np.zeros((n, 2), np.float32),
    )


_numbers = st.floats(allow_nan=False)
_maybe = st.none() | _numbers
predictions = st.lists(st.builds(Prediction, st.integers(0), texts, _numbers)).map(tuple)
findings = st.builds(
    Finding,
    code=texts,
    severity=st.sampled_from(["warning", "information", "hint"]),
    message=texts,
    span=st.builds(Span, st.integers(0), st.integers(0)),
    text=texts,
    surprisal_bits=_numbers,
    entropy_bits=_numbers,
    rank=st.integers(0),
    alternatives=st.lists(st.builds(Alternative, texts, _numbers, _maybe)).map(tuple),
)
judged = st.lists(
    st.builds(
        Judged,
        word_start=st.integers(0),
        span=st.builds(Span, st.integers(0), st.integers(0)),
        text=texts,
        alternatives=st.lists(st.builds(Alternative, texts, _numbers, _maybe)).map(tuple),
        slip=st.sampled_from(Slip),
        net_bits=_numbers,
        surprisal_bits=_numbers,
    )
).map(tuple)
summaries = st.builds(
    Summary,
    perplexity=_maybe,
    bits_per_word=_maybe,
    bits_per_byte=_maybe,
    max_surprisal_bits=_maybe,
    top1_accuracy=_maybe,
    log_likelihood=_numbers,
    n_words=st.integers(0),
    n_tokens=st.integers(0),
    n_bytes=st.integers(0),
)
verdicts = st.builds(Verdict, summaries, st.lists(findings, max_size=3).map(tuple))
