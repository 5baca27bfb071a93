"""With a store an engine says what it says without one, and what was said once is not computed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.scoring.cache import StoredScorer
from ppl_engine.scoring.scorer import ModelInfo, Prediction
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.store.score_store import DiskStore
from ppl_engine.store.upkeep import contents
from tests.calibrations import calibration
from tests.fakes import BigramScorer
from tests.stepping import finished
from tests.store.making import Opened, scores_of

WORDS = (" wild", " horse", " zebra", " ran", " and", "\n\n", ".")
ANY_WORD = Thresholds(0.0, 1.0, 0.0, 0, max_per_1000_words=1000, n_cold_tokens=0)
KNOWLEDGE = Knowledge(
    Lexicon.of(f"{word.strip()}\t9" for word in WORDS),
    calibration(suspicion_bits=2.0, surprise_bits=2.0),
)


class CountingScorer(BigramScorer):
    """Expects `horse` after `wild` and hardly ever `zebra`; counts what it is asked to do."""

    def __init__(self) -> None:
        n = len(WORDS) + 1
        matrix = np.full((n, n), 1.0)
        matrix[:, 1 + WORDS.index(" zebra")] = 0.01
        matrix[1 + WORDS.index(" wild"), 1 + WORDS.index(" horse")] = 50.0
        super().__init__(WORDS, matrix / matrix.sum(axis=1, keepdims=True))
        self.n_predicted = 0

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        self.n_predicted += len(hidden)
        return super().predict(hidden, n)


def engine_of(scorer: CountingScorer, store: DiskStore | None = None) -> Engine:
    return Engine(scorer, knowledge=KNOWLEDGE, store=store)


def analyzed(engine: Engine, text: str) -> Analysis:
    return finished(engine.analyze(text, language="plaintext", thresholds=ANY_WORD))


documents = st.lists(st.sampled_from(WORDS), max_size=300).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(documents, min_size=1, max_size=4))
def test_the_next_engine_says_the_same_without_a_forward_pass(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    directory = tmp_path_factory.mktemp("store")
    without = [analyzed(engine_of(CountingScorer()), text) for text in texts]
    first = Opened(directory)
    engine = engine_of(CountingScorer(), first.store)
    computed = [analyzed(engine, text) for text in texts]
    first.store.close()
    scorer, second = CountingScorer(), Opened(directory)
    engine = engine_of(scorer, second.store)
    known = [analyzed(engine, text) for text in texts]
    assert (scorer.n_windows_scored, scorer.n_predicted) == (0, 0)
    for one, other, third in zip(without, computed, known, strict=True):
        assert one.findings == other.findings == third.findings
        np.testing.assert_array_equal(one.words.logprob, third.words.logprob)
        assert other.summary == third.summary
    second.store.close()


TEXT = " wild horse ran and ran." * 30 + " wild zebra ran and ran." + " wild horse ran." * 30


def test_there_is_something_to_find_in_the_text() -> None:
    (found,) = analyzed(engine_of(CountingScorer()), TEXT).findings
    assert (found.text, found.alternatives[0].text) == ("zebra", "horse")


def test_an_edit_costs_the_windows_it_touches(tmp_path: Path) -> None:
    first = Opened(tmp_path)
    analyzed(engine_of(CountingScorer(), first.store), TEXT)
    first.store.close()
    scorer = CountingScorer()
    analyzed(engine_of(scorer, Opened(tmp_path).store), TEXT + " horse.")
    assert 0 < scorer.n_windows_scored <= 3


def test_what_is_typed_is_not_kept(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    engine = engine_of(CountingScorer(), opened.store)
    analysis = analyzed(engine, TEXT)
    opened.store.flush()
    before = contents(opened.place).models
    text = TEXT
    for _ in range(4):
        text += " wild zebra"
        steps = engine.analyze(text, language="plaintext", thresholds=ANY_WORD, previous=analysis)
        analysis = finished(steps)
    opened.store.flush()
    assert contents(opened.place).models == before
    assert analysis.findings == analyzed(engine_of(CountingScorer()), text).findings


def test_what_was_opened_is_on_disk_when_it_is_shown(tmp_path: Path) -> None:
    """The process may be killed at any time after that."""
    analyzed(engine_of(CountingScorer(), Opened(tmp_path).store), TEXT)
    scorer = CountingScorer()
    analyzed(engine_of(scorer, Opened(tmp_path).store), TEXT)
    assert (scorer.n_windows_scored, scorer.n_predicted) == (0, 0)


def test_a_word_can_be_explained_whose_scores_were_kept(tmp_path: Path) -> None:
    first = Opened(tmp_path)
    analyzed(engine_of(CountingScorer(), first.store), TEXT)
    first.store.close()
    scorer = CountingScorer()
    engine = engine_of(scorer, Opened(tmp_path).store)
    analysis = analyzed(engine, TEXT)
    explanation = engine.explain(analysis, TEXT.index("horse"))
    assert explanation is not None
    assert explanation.expected[0].text == " horse"
    assert scorer.n_windows_scored == 1  # hidden states are not kept
    assert explanation == engine_of(CountingScorer()).explain(analysis, TEXT.index("horse"))


class LyingStore(DiskStore):
    """Has something for every window, of a wrong length."""

    def windows(self, model: ModelInfo, keys: Sequence[bytes]) -> dict[bytes, WindowScores]:
        assert model.name
        return dict.fromkeys(keys, scores_of(0, n_targets=7))


def test_scores_of_another_length_are_not_believed(tmp_path: Path) -> None:
    scorer, store = CountingScorer(), LyingStore(Opened(tmp_path).buffer)
    lied_to = analyzed(engine_of(scorer, store), TEXT)
    assert scorer.n_windows_scored > 0
    assert lied_to.findings == analyzed(engine_of(CountingScorer()), TEXT).findings


class MovingScorer(CountingScorer):
    """Moves to another device in the middle of its work, as when memory runs out."""

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        for k, batch in enumerate(super().score_windows(windows)):
            if k == 1:
                self.model = replace(self.model, device="elsewhere")
            yield batch


def test_scores_are_kept_for_the_device_that_computed_them(tmp_path: Path) -> None:
    store = Opened(tmp_path).store
    scorer = MovingScorer()
    n_windows = sum(
        len(batch)
        for batch in StoredScorer(scorer, store).score_windows(
            [Window(np.array([0, k, 1]), 1) for k in range(1, 7)]
        )
    )
    assert n_windows == 6
    here = store.windows(CountingScorer().model, [Window(np.array([0, 1, 1]), 1).key])
    there = store.windows(CountingScorer().model, [Window(np.array([0, 6, 1]), 1).key])
    assert (len(here), len(there)) == (1, 0)
    assert len(store.windows(scorer.model, [Window(np.array([0, 6, 1]), 1).key])) == 1
