"""Which words are shown where sources are at hand: a model that is calm about copies."""

from dataclasses import replace

import pytest

from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.finding import Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.grounding.source import Source
from tests.calibrations import calibration
from tests.grounding.copying import CopyingScorer
from tests.stepping import finished

LOOSE = Thresholds(
    mistakes_per_1000_words=0.0,
    passages_per_1000_words=0.0,
    repeated_words=0,
    max_per_1000_words=1000,
    n_cold_tokens=0,
)


def analyzed(text: str, *sources: str, language: str = "markdown") -> Analysis:
    knowledge = Knowledge(calibration=calibration(suspicion_bits=8.0, surprise_bits=8.0))
    engine = Engine(CopyingScorer(), knowledge=knowledge)
    analysis = finished(engine.analyze(text, language=language, thresholds=LOOSE))
    return finished(engine.ground(analysis, [Source("", source) for source in sources]))


def found(text: str, *sources: str) -> list[tuple[str, str]]:
    return [(one.code, one.text) for one in analyzed(text, *sources).findings]


def test_a_word_that_stays_surprising_and_is_in_no_source_is_ungrounded() -> None:
    (finding,) = analyzed("It has a zebra in it.", "a horse").findings
    assert (finding.code, finding.severity, finding.text) == ("ungrounded", "information", "zebra")
    assert finding.span.of("It has a zebra in it.") == "zebra"
    assert finding.surprisal_bits == pytest.approx(40.0)
    assert finding.bits_without_source == pytest.approx(40.0)
    assert finding.message == (
        "“zebra” is in no source: 40.0 bits although the source is at hand (40.0 without)"
    )


def test_a_surprising_word_that_the_source_makes_likely_is_calm() -> None:
    assert found("It has a zebra in it.", "nothing", "the zebra") == []


def test_a_surprising_word_in_a_source_that_explains_nothing_stays_what_it_was() -> None:
    # `Zebra` is the same word to a reader, and another token to the model.
    assert found("It has a zebra in it.", "Zebras") == [("surprising-word", "zebra")]


@pytest.mark.parametrize(
    ("text", "ungrounded"),
    [
        ("The option `retries` is there.", ["retries"]),
        ("It was made in Berlin by some.", ["Berlin"]),
        ("It waits for 77 seconds.", ["77"]),
        ("- `retries`: how often", ["retries"]),
        ("## `fetch(retries)`", ["retries"]),
        ("It waits 30 s and 77 s, then 77 s.", ["30", "77"]),
        ("Once\n\n```python\nretries = 77\n```\n", []),
        ("See https://retries.example/77 there.", []),
        ("77. item of a list", []),
    ],
)
def test_names_numbers_and_what_stands_between_backticks_are_asked_about(
    text: str, ungrounded: list[str]
) -> None:
    assert found(text, "nothing of this") == [("ungrounded", word) for word in ungrounded]


@pytest.mark.parametrize("said", ["30", "30.0", "030", "thirty and 30s or 30"])
def test_a_number_that_a_source_has_is_grounded(said: str) -> None:
    assert found("It waits for 30 seconds.", said) == []


def test_without_a_passage_that_fits_everything_is_ungrounded() -> None:
    assert found("It has a zebra in it.", "") == [("ungrounded", "zebra")]


def test_what_says_more_is_kept() -> None:
    text = "It has a zebra in it."
    engine = Engine(CopyingScorer(), knowledge=Knowledge(calibration=calibration()))
    analysis = finished(engine.analyze(text, language="markdown", thresholds=LOOSE))
    (surprising,) = analysis.findings
    mistake = Finding(
        "likely-mistake", "warning", "", surprising.span, "zebra", 40.0, None, None, ()
    )
    given = replace(analysis, findings=(mistake,))
    assert finished(engine.ground(given, [Source("", "")])).findings == (mistake,)


def test_scores_and_totals_stay_those_of_the_text_alone() -> None:
    engine = Engine(CopyingScorer(), knowledge=Knowledge(calibration=calibration()))
    analysis = finished(engine.analyze("A zebra.", language="markdown", thresholds=LOOSE))
    grounded = finished(engine.ground(analysis, [Source("", "zebra")]))
    assert grounded.summary == analysis.summary
    assert grounded.words is analysis.words
