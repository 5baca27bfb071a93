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
    return load_engine(ModelChoice(n_spare_cores=1))


def analyzed(engine: Engine, text: str) -> Analysis:
    return finished(engine.analyze(text, language="markdown", thresholds=Thresholds()))


def test_it_loads_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert load_engine(ModelChoice(n_spare_cores=1)).model.name == "embedded"


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
    found = [(finding.code, finding.severity, finding.text) for finding in analysis.findings]
    assert found == [
        ("surprising-word", "information", "trumpet"),
        ("likely-mistake", "warning", "wich"),
        ("likely-mistake", "warning", "reed"),
    ]
    assert [f.alternatives[0].text for f in analysis.findings[1:]] == ["which", "read"]


INTRODUCTION = (
    "This guide shows how to install the service, how to configure it, and what to do when "
    "something goes wrong. It assumes that you have a recent version of Python and that you are "
    "able to open a terminal.\n\n"
)


@pytest.mark.parametrize(
    ("sentence", "wrong", "right"),
    [
        ("The server works with with the default settings of the system.", "with with", "with"),
        ("The server reads the settings form a file in this directory.", "form", "from"),
        ("If the server does not start, try to start it agian later.", "agian", "again"),
        ("It is neccessary to restart the server now.", "neccessary", "necessary"),
        ("If you want to known more about it, read the manual.", "known", "know"),
    ],
)
def test_a_mistake_is_found_and_mended(
    engine: Engine, sentence: str, wrong: str, right: str
) -> None:
    (found,) = analyzed(engine, INTRODUCTION + sentence).findings
    assert (found.code, found.text) == ("likely-mistake", wrong)
    assert found.alternatives[0].text == right
    assert found.alternatives[0].gain_bits is not None
    mended = sentence.replace(wrong, right)
    assert analyzed(engine, INTRODUCTION + mended).findings == ()


def test_it_comes_calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("clean prose was asked for")

    monkeypatch.setattr("ppl_engine.english.clean_prose.clean_prose", refuse)
    assert analyzed(load_engine(ModelChoice(n_spare_cores=1)), "It was.").findings == ()


@pytest.mark.parametrize(
    "text",
    [
        INTRODUCTION,
        INTRODUCTION
        + "The server reads its configuration from a file in the current directory. If the file "
        "does not exist, the default values are used. Each option can also be set with an "
        "environment variable, which takes precedence over the configuration file.",
    ],
)
def test_clean_prose_stays_clean(engine: Engine, text: str) -> None:
    assert analyzed(engine, text).findings == ()


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


def test_a_word_that_comes_again_and_again_is_a_term_and_not_respelled(engine: Engine) -> None:
    once = "A filter of this kind keeps a proces for every window that it reads."
    (found,) = analyzed(engine, INTRODUCTION + once).findings
    assert (found.code, found.text) == ("likely-mistake", "proces")
    again = " The proces is a number. Each proces is kept in a file."
    findings = analyzed(engine, INTRODUCTION + once + again).findings
    assert not [f for f in findings if f.code == "likely-mistake"]
