"""Of findings that overlap, which are shown."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.findings.precedence import by_precedence
from ppl_engine.text.spans import Span

spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda p: Span(p[0], sum(p)))
bits = st.floats(0.0, 60.0)


def finding(code: str, span: Span, surprisal_bits: float, gain_bits: float | None) -> Finding:
    meant = () if gain_bits is None else (Alternative("meant", 0.5, gain_bits),)
    return Finding(code, "warning", "", span, "", surprisal_bits, None, None, meant)


def mistake(start: int, end: int, gain_bits: float) -> Finding:
    return finding("likely-mistake", Span(start, end), gain_bits, gain_bits)


def passage(start: int, end: int, surprisal_bits: float) -> Finding:
    return finding("surprising-passage", Span(start, end), surprisal_bits, None)


def test_a_passage_that_its_mistakes_explain_is_shown_as_these() -> None:
    mistakes = [mistake(2, 5, 30.0), mistake(8, 12, 25.0)]
    assert list(by_precedence(mistakes, [passage(0, 20, 100.0)])) == mistakes


def test_a_passage_that_they_do_not_explain_is_shown_as_a_whole() -> None:
    garble, elsewhere = passage(0, 20, 300.0), mistake(30, 34, 20.0)
    mistakes = [mistake(2, 5, 30.0), mistake(8, 12, 25.0), elsewhere]
    assert list(by_precedence(mistakes, [garble])) == [garble, elsewhere]


def test_mistakes_are_shown_before_repetitions() -> None:
    again = finding("repetition", Span(0, 20), 300.0, None)
    one = mistake(2, 5, 10.0)
    assert list(by_precedence([one], [again])) == [one]


@given(st.lists(st.tuples(spans, bits), max_size=6), st.lists(st.tuples(spans, bits), max_size=4))
def test_what_is_shown_is_disjoint_and_hides_only_what_it_overlaps(
    some: list[tuple[Span, float]], others: list[tuple[Span, float]]
) -> None:
    mistakes = [mistake(span.start, span.end, gain) for span, gain in some]
    stretches = [passage(span.start, span.end, total) for span, total in others]
    shown = by_precedence(mistakes, stretches)
    assert [one.span.start for one in shown] == sorted(one.span.start for one in shown)
    for one, following in pairwise(shown):
        assert one.span.end <= following.span.start
    for one in [*mistakes, *stretches]:
        assert any(
            kept.span.start < one.span.end and one.span.start < kept.span.end for kept in shown
        )
