"""The model that comes with the package, through the ordinary loading path, without a network."""

import socket
from pathlib import Path

import numpy as np
import pytest

import ppl_engine
from ppl_engine import Analysis, Engine, ModelChoice, Thresholds
from ppl_engine.models.loading import load_engine
from tests.stepping import finished
from tests.texts import NASTY

SAMPLE = Path(__file__).parent.parent.parent / "docs" / "sample.md"


@pytest.fixture(name="engine", scope="module")
def _engine() -> Engine:
    return load_engine(ModelChoice())


def analyzed(engine: Engine, text: str) -> Analysis:
    return finished(engine.analyze(text, language="markdown", thresholds=Thresholds()))


def test_it_loads_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert load_engine(ModelChoice()).model.name == "embedded"


def test_english_is_more_probable_than_the_same_words_shuffled(engine: Engine) -> None:
    text = "The server reads its configuration from a file in the current directory."
    words = text.split(" ")
    shuffled = " ".join(np.random.default_rng(0).permutation(words))
    plain = ppl_engine.score(text, engine).logprob.sum()
    assert ppl_engine.score(shuffled, engine).logprob.sum() < plain - 20


def test_a_typo_surprises_more_than_the_word(engine: Engine) -> None:
    def bits(word: str) -> float:
        text = f"If the file does not exist, the {word} values are used."
        analysis = analyzed(engine, text)
        idx = analysis.words.index_at(text.index(word))
        assert idx is not None
        return float(analysis.words.surprisal_bits[idx])

    assert bits("default") + 10 < bits("defualt")


def test_the_sample_has_the_findings_that_were_put_there(engine: Engine) -> None:
    analysis = analyzed(engine, SAMPLE.read_text(encoding="utf-8"))
    assert [finding.text for finding in analysis.findings] == ["trombone", "wich", "reed"]


def test_explanations_agree_with_scores(engine: Engine) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    analysis = analyzed(engine, text)
    for idx in range(0, len(analysis.words), 40):
        explanation = engine.explain(analysis, int(analysis.words.starts[idx]))
        assert explanation is not None
        best = explanation.expected[0].probability
        assert np.log(best) == pytest.approx(float(analysis.words.top_logprob[idx]), abs=1e-3)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_can_be_analyzed_and_explained(engine: Engine, text: str) -> None:
    analysis = analyzed(engine, text)
    for offset in range(len(text)):
        engine.explain(analysis, offset)
    assert analysis.tokens.exact_spans
