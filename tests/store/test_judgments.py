"""What came of suspicious words is kept by block: none is read again, nothing old is shown."""

import sqlite3
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
from ppl_engine.findings.calibration import Calibration
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.client import EngineClient
from ppl_engine.host.inside import InsideConnector
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scorer import Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.store.database import Row
from ppl_engine.store.identity import model_identity
from ppl_engine.store.score_store import DiskStore, Kind
from ppl_engine.store.upkeep import clear, contents
from tests.calibrations import calibration
from tests.engine.test_rereading import LEXICON, VOCABULARY, WORDS, sentences
from tests.fakes import BigramScorer
from tests.server.fake_editor import closing
from tests.stepping import finished
from tests.store.making import Opened

EVERYTHING = Thresholds(
    mistakes_per_1000_words=1000.0,
    surprises_per_1000_words=1000.0,
    max_per_1000_words=1000,
    n_cold_tokens=0,
)
ALL_SUSPICIOUS = calibration(suspicion_bits=1.0, surprise_bits=1.0)
FEW_SUSPICIOUS = calibration(suspicion_bits=40.0, surprise_bits=1.0)
TEXT = "the server starts and reads form the file. it works teh in and on with an file " * 12


class Counting(BigramScorer):
    """Counts how often the model is asked for anything."""

    def __init__(self) -> None:
        n = len(VOCABULARY) + 1
        weights = np.random.default_rng(1).random((n, n)) ** 20 + 1e-9
        super().__init__(VOCABULARY, weights / weights.sum(axis=1, keepdims=True))
        self.n_asked = 0

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        self.n_asked += len(windows)
        return super().score_windows(windows)

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        self.n_asked += len(windows)
        return super().score_branches(windows, branches)

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        self.n_asked += len(hidden)
        return super().predict(hidden, n)

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        self.n_asked += len(hidden)
        return super().logprobs_at(hidden, token_ids)


def engine_of(
    scorer: Counting,
    store: DiskStore | None = None,
    *,
    lexicon: Lexicon = LEXICON,
    tails: Calibration = ALL_SUSPICIOUS,
) -> Engine:
    return Engine(scorer, knowledge=Knowledge(lexicon, tails), store=store)


def analyzed(engine: Engine, text: str = TEXT) -> Analysis:
    return finished(engine.analyze(text, language="plaintext", thresholds=EVERYTHING))


def judged_in(analysis: Analysis) -> object:
    assert analysis.groundwork is not None
    return analysis.groundwork.judged, analysis.findings


@pytest.fixture(name="opened")
def _opened(tmp_path: Path) -> Opened:
    """A store in which the text has been judged."""
    first = Opened(tmp_path)
    assert analyzed(engine_of(Counting(), first.store)).groundwork.judged  # type: ignore[union-attr]
    first.store.close()
    return Opened(tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.lists(sentences, min_size=1, max_size=3))
def test_the_next_engine_finds_the_same_and_asks_the_model_nothing(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    directory = tmp_path_factory.mktemp("store")
    without = [judged_in(analyzed(engine_of(Counting()), text)) for text in texts]
    first = Opened(directory)
    engine = engine_of(Counting(), first.store)
    assert [judged_in(analyzed(engine, text)) for text in texts] == without
    first.store.close()
    scorer, second = Counting(), Opened(directory)
    engine = engine_of(scorer, second.store)
    assert [judged_in(analyzed(engine, text)) for text in texts] == without
    assert scorer.n_asked == 0
    second.store.close()


def test_another_list_of_words_judges_anew(opened: Opened) -> None:
    fewer = Lexicon.of(f"{word}\t{3 + len(word)}" for word in WORDS if word != "the")
    scorer = Counting()
    found = judged_in(analyzed(engine_of(scorer, opened.store, lexicon=fewer)))
    assert scorer.n_asked > 0
    assert found == judged_in(analyzed(engine_of(Counting(), lexicon=fewer)))
    assert found != judged_in(analyzed(engine_of(Counting())))


def test_another_threshold_judges_anew(opened: Opened) -> None:
    scorer = Counting()
    found = judged_in(analyzed(engine_of(scorer, opened.store, tails=FEW_SUSPICIOUS)))
    assert scorer.n_asked > 0
    assert found == judged_in(analyzed(engine_of(Counting(), tails=FEW_SUSPICIOUS)))
    assert found != judged_in(analyzed(engine_of(Counting())))


def test_another_model_judges_anew(opened: Opened) -> None:
    scorer = Counting()
    scorer.model = replace(scorer.model, revision="2")
    analyzed(engine_of(scorer, opened.store))
    assert scorer.n_asked > 0


@pytest.mark.parametrize(
    "payload", [b"", b"[[3]]", b"{}", b"\xff", b'[[0,[0,3],"teh",[],"of old",5.0,1.0]]']
)
def test_what_is_no_judgment_is_judged_anew(opened: Opened, payload: bytes) -> None:
    with sqlite3.connect(opened.place.path) as file:
        keys = [key for (key,) in file.execute("SELECT key FROM entries WHERE kind = 6")]
    file.close()
    assert keys
    identity = model_identity(Counting().model)
    opened.buffer.put_many([Row(key, Kind.JUDGMENT, identity, payload) for key in keys], "")
    opened.buffer.flush()
    scorer = Counting()
    found = judged_in(analyzed(engine_of(scorer, opened.store)))
    assert scorer.n_asked > 0
    assert found == judged_in(analyzed(engine_of(Counting())))


def test_what_is_typed_is_not_kept(opened: Opened) -> None:
    engine = engine_of(Counting(), opened.store)
    previous, before = analyzed(engine), contents(opened.place).models
    steps = engine.analyze(
        TEXT + " form teh file", language="plaintext", thresholds=EVERYTHING, previous=previous
    )
    finished(steps)
    opened.store.flush()
    assert contents(opened.place).models == before


def test_they_are_counted_and_cleared(opened: Opened) -> None:
    (model,) = contents(opened.place).models
    assert model.n_blocks > 1
    clear(opened.place)
    scorer = Counting()
    analyzed(engine_of(scorer, opened.store))
    assert scorer.n_asked > 0


async def test_a_document_opened_again_in_an_editor_asks_the_model_nothing(opened: Opened) -> None:
    scorer = Counting()
    connector = InsideConnector(lambda: engine_of(scorer, opened.store))
    client = EngineClient(lambda _: connector)
    await client.load(ModelChoice())
    try:
        analysis = await client.analyze("a", TEXT, language="plaintext", thresholds=EVERYTHING)
    finally:
        client.close()
        await closing()
    assert analysis.findings == analyzed(engine_of(Counting())).findings
    assert any(found.code == "likely-mistake" for found in analysis.findings)
    assert scorer.n_asked == 0
