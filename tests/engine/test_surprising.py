"""Which words are flagged: a model that expects `the` everywhere, and texts with strange words."""

from dataclasses import replace

import numpy as np
import pytest

from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.surprising import strengths
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.heat import BAND_EDGES_BITS, bands
from ppl_engine.scoring.word_scores import WordScores
from tests.calibrations import calibration
from tests.fakes import BigramScorer
from tests.stepping import finished

COMMON = " the"
STRANGE = 2.0**-30
LOOSE = Thresholds(mistakes_per_1000_words=0.0, max_per_1000_words=1000, n_cold_tokens=2)


def analyzed(
    text: str,
    thresholds: Thresholds = LOOSE,
    language: str = "markdown",
    least_bits: float = 10.0,
) -> Analysis:
    vocabulary = (COMMON, *sorted({f" {c}" for c in text} | set(text)))
    rows = np.full((len(vocabulary) + 1, len(vocabulary) + 1), STRANGE)
    rows[:, 1] = 0.0
    rows[:, 1] = 1.0 - rows.sum(axis=1)
    scorer = BigramScorer(vocabulary, rows, context=512)
    engine = Engine(scorer, knowledge=Knowledge(calibration=calibration(surprise_bits=least_bits)))
    return finished(engine.analyze(text, language=language, thresholds=thresholds))


def flagged(text: str, thresholds: Thresholds = LOOSE, language: str = "markdown") -> list[str]:
    return [finding.text for finding in analyzed(text, thresholds, language).findings]


def test_a_strange_word_is_flagged_with_what_was_expected() -> None:
    (finding,) = analyzed("the the the trombone the the").findings
    assert (finding.code, finding.text) == ("surprising-word", "trombone")
    assert (finding.span.start, finding.span.end) == (12, 20)
    assert finding.alternatives[0].text == "the"
    assert finding.alternatives[0].probability == pytest.approx(1.0)
    assert "“the” was expected" in finding.message
    assert finding.surprisal_bits > 200


@pytest.mark.parametrize(
    "text",
    [
        "the the the the the",
        "the the the Berlin the",
        "the the the snake_case the",
        "the the the camelCase the",
        "the the the NASA the",
        "the the the 1234 the",
        "the the the run/path the",
        "the the the call(x) the",
        "the the the pkg.mod the",
        "the the the --flag the",
        'the the the "quoted" the',
        "the the the `code` the",
        "the the the https://strange.example the",
        "the the the\n\n```\nstrange\n```\n\nthe the",
    ],
)
def test_names_identifiers_and_quotations_are_not_flagged(text: str) -> None:
    assert flagged(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the the the zebra, the", ["zebra"]),
        ("the the the zebra.", ["zebra"]),
        ("the the the zebra", ["zebra"]),
        ("the the the zebra\n", ["zebra"]),
        ("the the the zebra: the", ["zebra"]),
        ("the the the. Zebra the", ["Zebra"]),
        ("the the the (zebra) the", ["zebra"]),
        ("the the the **zebra** the", ["zebra"]),
        ("the the the don't the", ["don't"]),
    ],
)
def test_words_of_the_language_are_flagged(text: str, expected: list[str]) -> None:
    assert expected == flagged(text)


def test_a_term_is_flagged_where_it_first_occurs() -> None:
    assert flagged("the the the zebra the quagga the Zebra the zebra") == ["zebra", "quagga"]


def test_a_term_known_from_the_cold_start_is_not_flagged_later() -> None:
    assert flagged("zebra the the the the the the zebra") == []


def test_the_first_tokens_are_cold() -> None:
    assert flagged("the zebra the the the", replace(LOOSE, n_cold_tokens=32)) == []


def test_the_budget_keeps_the_strongest() -> None:
    text = "the the the ab the abcdef the abcd the"
    one, none = replace(LOOSE, max_per_1000_words=10), replace(LOOSE, max_per_1000_words=0)
    assert flagged(text) == ["ab", "abcdef", "abcd"]
    assert flagged(text, one) == ["abcdef"]
    assert flagged(text, none) == []


def test_words_of_a_passage_that_is_shown_take_none_of_the_budget() -> None:
    garbled = "wkrtf zgqxp kmdfg vrtpl lnqws jdkrt bnmwx qwrtz"
    text = f"{'the ' * 60}{garbled} {'the ' * 60}zebra the"
    budget_of_one = replace(LOOSE, max_per_1000_words=1, repeated_words=0)
    found = [(one.code, one.text) for one in analyzed(text, budget_of_one).findings]
    assert found == [("surprising-passage", garbled), ("surprising-word", "zebra")]


def test_a_word_must_be_stronger_than_the_strongest_of_clean_prose() -> None:
    text = "the the the zebra the"
    words = analyzed(text).words
    strength = float(strengths(words)[words.index_at(13)])
    assert [f.text for f in analyzed(text, least_bits=strength - 0.1).findings] == ["zebra"]
    assert analyzed(text, least_bits=strength + 0.1).findings == ()


def test_no_surprises_are_shown_at_a_rate_of_none() -> None:
    assert flagged("the the the zebra the", replace(LOOSE, surprises_per_1000_words=0.0)) == []


def test_what_an_explanation_says_adds_up() -> None:
    analysis = analyzed("the the the zebra the the")
    engine = engine_of(analysis)
    explanation = engine.explain(analysis, 13)
    assert explanation is not None
    assert explanation.text == "zebra"
    assert explanation.uncorrected_bits == pytest.approx(
        sum(piece.surprisal_bits or 0.0 for piece in explanation.pieces), rel=1e-4
    )
    assert "".join(piece.text for piece in explanation.pieces) == " zebra"
    assert explanation.percentile == pytest.approx(100 * 5 / 6)
    assert [passage.kind for passage in explanation.passages] == ["sentence", "paragraph"]
    assert explanation.expected[0].text == COMMON


def engine_of(analysis: Analysis) -> Engine:
    n = analysis.model.vocab_size
    vocabulary = (COMMON, *sorted({f" {c}" for c in analysis.text} | set(analysis.text)))
    rows = np.full((n, n), STRANGE)
    rows[:, 1] = 1.0 - STRANGE * (n - 1)
    return Engine(BigramScorer(vocabulary, rows, context=512))


def test_bands_rise_with_surprisal_and_leave_the_unscored_calm() -> None:
    bits = np.array([np.nan, 0.0, *BAND_EDGES_BITS, 1e9], dtype=np.float32)
    assert bands(bits).tolist() == [0, 0, 1, 2, 3, 4, 5, 5]


def test_scores_of_words_are_arrays_of_one_length() -> None:
    words = analyzed("the the zebra").words
    lengths = {len(getattr(words, name)) for name in WordScores.__slots__}
    assert {len(words)} == lengths
