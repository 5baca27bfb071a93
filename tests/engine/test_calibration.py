"""What a threshold comes to for a model, from what was measured on clean prose."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ppl_engine.calibrating import UNCALIBRATED
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.english import calibration as calibration_file
from ppl_engine.english.calibration import read_calibration, write_calibration
from ppl_engine.findings.calibration import Calibration, Sample, Tail
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.correction.word_list import words
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from tests.calibrations import calibration
from tests.fakes import ContextScorer
from tests.models.tiny import byte_level_json
from tests.samples import SAMPLES
from tests.stepping import finished
from tests.store.making import Opened

strengths = st.lists(st.floats(-50, 50), min_size=1, max_size=200)
n_words = st.integers(1, 100_000)
rates = st.floats(0.001, 50.0)


@given(strengths, n_words, rates, rates)
def test_the_rarer_the_stronger(some: list[float], n: int, one: float, other: float) -> None:
    tail = Tail.of(some, n)
    assert tail.strength_at(max(one, other)) <= tail.strength_at(min(one, other)) + 1e-9


@given(strengths, n_words)
def test_no_rate_is_reached_by_nothing(some: list[float], n: int) -> None:
    assert Tail.of(some, n).strength_at(0.0) == math.inf


@given(n_words, rates)
def test_of_what_is_not_seen_everything_is_strong(n: int, rate: float) -> None:
    assert Tail.of([], n).strength_at(rate) == -math.inf
    assert Tail.of([], n).strength_at(0.0) == math.inf


@given(strengths, st.integers(1, 300))
def test_what_was_seen_often_enough_is_counted(some: list[float], n_expected: int) -> None:
    assume(n_expected >= min(24, len(some)))
    tail = Tail.of(some, 1000)
    least = tail.strength_at(float(n_expected))
    assert least == sorted(some, reverse=True)[min(n_expected, len(some)) - 1]


def test_beyond_what_was_seen_it_goes_on_as_the_tail_falls_off() -> None:
    """Exponential strengths: at a rate r of n words, ln(n r) means are missing to the strongest."""
    n = 100_000
    tail = Tail.of([4.0 * math.log(n / (k + 0.5)) for k in range(500)], n)
    for rate in (0.1, 0.01, 0.001, 1e-5):
        assert tail.strength_at(rate) == pytest.approx(4.0 * math.log(1000 / rate), rel=0.06)


def test_one_that_was_seen_is_the_threshold() -> None:
    assert Tail(1000, (7.0,)).strength_at(1.0) == 7.0
    assert Tail(1000, (7.0,)).strength_at(0.01) == 7.0


def test_a_tail_keeps_the_strongest() -> None:
    tail = Tail.of(map(float, range(2000)), 9)
    assert (tail.n_words, tail.strengths) == (9, tuple(float(k) for k in range(1999, 1487, -1)))


WORDS = words("the a of in is and it its he his was were with for from first game season team")
LEXICON = Lexicon.of(f"{word}\t{len(word)}" for word in WORDS)
PROSE = Sample(SAMPLES["prose"][:2500], "plaintext")
MARKUP = Sample(SAMPLES["markup"], "markdown")


def scorer() -> ContextScorer:
    return ContextScorer(TextTokenizer(Tokenizer.from_str(byte_level_json())))


def measured(*samples: Sample) -> Calibration:
    return finished(Engine(scorer(), knowledge=Knowledge(LEXICON)).calibrate(samples))


def test_as_many_words_are_suspicious_as_it_says() -> None:
    found = measured(PROSE, MARKUP)
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON, found))
    off = Thresholds(0.0, 0.0, 0.0, 0)
    scores = [
        finished(engine.analyze(s.text, language=s.language, thresholds=off)).words
        for s in (PROSE, MARKUP)
    ]
    n = sum(int(one.is_word.sum()) for one in scores)
    n_suspicious = sum(
        int((one.surprisal_bits[one.is_word] >= found.suspicion_bits).sum()) for one in scores
    )
    assert n_suspicious == pytest.approx(0.22 * n, abs=1)
    assert found.surprises.n_words == found.passages.n_words == n
    assert {tail.n_words for tail in found.mistakes.values()} == {n}
    assert set(found.mistakes) == set(Slip)


@pytest.mark.parametrize("rate", [30.0, 60.0, 90.0])
def test_clean_prose_has_as_many_findings_as_are_put_up_with(rate: float) -> None:
    found = measured(PROSE)
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON, found))
    loose = Thresholds(0.0, rate, 0.0, 0, max_per_1000_words=1000, n_cold_tokens=0)
    analysis = finished(engine.analyze(PROSE.text, language="plaintext", thresholds=loose))
    n_expected = rate * found.surprises.n_words / 1000
    assert len(analysis.findings) == pytest.approx(n_expected, abs=3)


def test_mistakes_in_clean_prose_are_no_more_than_are_put_up_with() -> None:
    found = measured(PROSE)
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON, found))
    few = Thresholds(40.0, 0.0, 0.0, 0, n_cold_tokens=0)
    analysis = finished(engine.analyze(PROSE.text, language="plaintext", thresholds=few))
    assert 0 < len(analysis.findings) <= 1.3 * 40.0 * found.surprises.n_words / 1000


def test_measuring_shows_how_far_it_is() -> None:
    steps = Engine(scorer(), knowledge=Knowledge(LEXICON)).calibrate([PROSE, MARKUP])
    done = [step.n_done / step.n_total for step in steps]
    assert done == sorted(done)
    assert done[0] == 0.0
    assert 0.5 < done[-1] <= 1.0


class Samples:
    """Samples that know how often they were asked for."""

    def __init__(self) -> None:
        self.n_asked = 0

    def __call__(self) -> Sequence[Sample]:
        self.n_asked += 1
        return [MARKUP]


def analyze(engine: Engine, text: str = "It was the first game.") -> None:
    finished(engine.analyze(text, language="plaintext", thresholds=Thresholds()))


def test_it_is_measured_once_and_kept_for_all(tmp_path: Path) -> None:
    samples, opened = Samples(), Opened(tmp_path)
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON, None, samples), store=opened.store)
    analyze(engine)
    analyze(engine)
    assert samples.n_asked == 1
    opened.store.close()
    other = Opened(tmp_path)
    analyze(Engine(scorer(), knowledge=Knowledge(LEXICON, None, samples), store=other.store))
    assert samples.n_asked == 1
    assert other.store.calibration(engine.model) == measured(MARKUP)
    assert other.store.calibration(replace(engine.model, revision="2")) is None
    other.store.close()


def test_one_that_is_known_is_neither_measured_nor_kept(tmp_path: Path) -> None:
    samples, opened = Samples(), Opened(tmp_path)
    knowledge = Knowledge(LEXICON, calibration(), samples)
    engine = Engine(scorer(), knowledge=knowledge, store=opened.store)
    analyze(engine)
    assert samples.n_asked == 0
    assert opened.store.calibration(engine.model) is None


def test_what_can_not_be_measured_is_not_kept(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON), store=opened.store)
    analyze(engine)
    assert opened.store.calibration(engine.model) is None


def test_a_cancelled_measurement_is_begun_again() -> None:
    samples = Samples()
    engine = Engine(scorer(), knowledge=Knowledge(LEXICON, None, samples))
    steps = engine.analyze("It was.", language="plaintext", thresholds=Thresholds())
    next(steps)
    steps.close()
    analyze(engine)
    assert samples.n_asked == 2


def test_a_written_calibration_is_read_as_it_was(tmp_path: Path) -> None:
    found = measured(MARKUP)
    write_calibration(found, tmp_path)
    read = read_calibration(tmp_path)
    assert read is not None
    assert set(read.mistakes) == {str(slip) for slip in found.mistakes}
    for one, other in zip(
        (*read.mistakes.values(), read.surprises, read.passages),
        (*found.mistakes.values(), found.surprises, found.passages),
        strict=True,
    ):
        assert one.n_words == other.n_words
        assert one.strengths == pytest.approx(other.strengths, abs=1e-3)
    assert read.suspicion_bits == pytest.approx(found.suspicion_bits, abs=1e-3)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"null", b"[]", b"{}", b"\xff\xfe", b"7"),
        b'{"suspicion_bits": null}',
        b'{"suspicion_bits": 1, "mistakes": [], "surprises": {}, "passages": {}}',
        b'{"suspicion_bits": 1, "mistakes": {"x": 2}, "surprises": {}, "passages": {}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / calibration_file.NAME).write_bytes(content)
    assert read_calibration(tmp_path) is None


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) is None


def test_where_nothing_is_known_everything_is_strong() -> None:
    assert UNCALIBRATED.surprises.strength_at(1.0) == -math.inf
    assert UNCALIBRATED.mistakes == {}
