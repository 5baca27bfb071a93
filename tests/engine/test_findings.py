"""Findings of several kinds together, and how likely mistakes are said."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.calibration import Tail
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Alternative, Finding, in_order
from ppl_engine.findings.mistakes import likely_mistakes
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.sureness import SURE_MISTAKES_PER_1000_WORDS, is_sure, sure_fixes
from ppl_engine.text.spans import Span
from tests.calibrations import always


def finding(start: int, end: int, code: str = "surprising-word") -> Finding:
    return Finding(code, "information", "", Span(start, end), "", 1.0, 1.0, 1, ())


places = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1]))
groups = st.lists(st.lists(places, max_size=8), max_size=4)


@given(groups)
def test_of_findings_that_overlap_the_earlier_is_kept(groups: list[list[tuple[int, int]]]) -> None:
    expected: list[tuple[int, int]] = []
    for start, end in (place for group in groups for place in group):
        if all(end <= low or high <= start for low, high in expected):
            expected.append((start, end))
    found = in_order([[finding(*place) for place in group] for group in groups])
    assert [(f.span.start, f.span.end) for f in found] == sorted(expected)


def judged(start: int, end: int, net_bits: float, slip: Slip = Slip.SPELLING) -> Judged:
    better = (Alternative("better", 0.5, net_bits + 4.0),)
    return Judged(start, Span(start, end), "worse", better, slip, net_bits, 9.0)


TAILS: dict[str, Tail] = {slip: always(5.0) for slip in Slip}


def test_a_mistake_says_what_may_be_meant_and_by_how_much() -> None:
    (found,) = likely_mistakes([judged(3, 8, 6.0)], TAILS, 1.0)
    assert (found.code, found.severity, found.span) == ("likely-mistake", "warning", Span(3, 8))
    assert (found.text, found.surprisal_bits) == ("worse", 9.0)
    assert found.alternatives == (Alternative("better", 0.5, 10.0),)
    for part in ("“worse”", "“better”", "10.0 bits"):
        assert part in found.message
    assert (found.rank, found.entropy_bits) == (None, None)


def test_a_word_that_stands_twice_needs_no_gain() -> None:
    one = replace(judged(0, 7, 8.0, Slip.DOUBLED), alternatives=(Alternative("the", 0.1, -2.0),))
    (found,) = likely_mistakes([one], TAILS, 1.0)
    assert "the same word stands there twice" in found.message
    assert "-2" not in found.message


def test_what_is_weaker_than_clean_prose_may_be_is_not_shown() -> None:
    assert likely_mistakes([judged(3, 8, 4.9)], TAILS, 1.0) == []
    assert likely_mistakes([judged(3, 8, 99.0)], TAILS, 0.0) == []


def test_each_kind_of_slip_has_its_own_threshold() -> None:
    tails: dict[str, Tail] = {**TAILS, Slip.MISSING: always(50.0)}
    found = likely_mistakes([judged(0, 3, 9.0), judged(5, 8, 9.0, Slip.MISSING)], tails, 1.0)
    assert [f.span.start for f in found] == [0]


def test_a_rarer_kind_is_allowed_fewer_false_alarms() -> None:
    tail = Tail(100_000, tuple(float(bits) for bits in range(200, 0, -1)))
    tails: dict[str, Tail] = dict.fromkeys(Slip, tail)
    least = {
        slip: min(k for k in range(1, 300) if likely_mistakes([judged(0, 3, k, slip)], tails, 1.0))
        for slip in Slip
    }
    assert least[Slip.SPELLING] < least[Slip.INFLECTION] < least[Slip.EXPECTED]
    n_alarms = sum(1 for bits in least.values() for strength in tail.strengths if strength >= bits)
    assert 60 <= n_alarms <= 110  # of 100,000 words: one in 1,000 in all, or a few less


@given(st.lists(st.tuples(places, st.floats(0.0, 50.0)), max_size=12))
def test_of_mistakes_that_overlap_the_strongest_is_shown(
    some: list[tuple[tuple[int, int], float]],
) -> None:
    found = likely_mistakes([judged(*place, bits) for place, bits in some], TAILS, 1.0)
    assert [f.span.start for f in found] == sorted(f.span.start for f in found)
    shown = {(f.span.start, f.span.end) for f in found}
    for (start, end), bits in some:
        rivals = [
            b for (low, high), b in some if (low, high) in shown and low < end and start < high
        ]
        assert bits < 5.0 or max(rivals, default=-1.0) >= bits


@given(
    st.lists(st.tuples(places, st.floats(0.0, 50.0), st.sampled_from(Slip)), max_size=12),
    st.sampled_from([0.05, 0.7, 5.0]),
)
def test_a_finding_says_that_it_is_sure_where_strict_thresholds_find_it_so(
    some: list[tuple[tuple[int, int], float, Slip]], rate: float
) -> None:
    tail = Tail.of(map(float, range(1, 41)), 20_000)
    tails: dict[str, Tail] = dict.fromkeys(Slip, tail)
    words = [judged(*place, bits, slip) for place, bits, slip in some]
    found = likely_mistakes(words, tails, rate)
    strong = likely_mistakes(words, tails, min(rate, SURE_MISTAKES_PER_1000_WORDS))
    of_sure_kind = {(one.span, one.alternatives) for one in words if is_sure(one)}
    assert {fix.span for fix in sure_fixes(found)} == {
        one.span for one in strong if (one.span, one.alternatives) in of_sure_kind
    }
