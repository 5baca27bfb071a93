import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.evaluation.comparing.bootstrap import paired_interval
from ppl_engine.evaluation.standard_errors import Ratio

CLUSTERS = st.lists(st.tuples(st.floats(0, 100), st.floats(0.5, 50)), min_size=2, max_size=40)


def test_the_interval_is_about_that_of_the_normal_approximation() -> None:
    generator = np.random.default_rng(7)
    size = generator.integers(50, 200, 400).astype(float)
    difference = size * 0.02 + generator.normal(0, 3, 400)
    interval = paired_interval(difference, size)
    assert interval is not None
    ratio = Ratio()
    for y, x in zip(difference, size, strict=True):
        ratio = ratio.plus(Ratio.of(y, x))
    assert ratio.standard_error is not None
    assert ratio.value == pytest.approx((interval.low + interval.high) / 2, abs=3e-4)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * ratio.standard_error, rel=0.1)


def test_an_interval_repeats_itself() -> None:
    difference, size = np.arange(20.0) - 5, np.ones(20)
    assert paired_interval(difference, size) == paired_interval(difference, size)
    assert paired_interval(difference, size, seed=1) != paired_interval(difference, size, seed=2)


def test_one_unit_has_no_interval() -> None:
    assert paired_interval(np.ones(1), np.ones(1)) is None
    assert paired_interval(np.ones(0), np.ones(0)) is None
    assert paired_interval(np.ones(3), np.zeros(3)) is None


def test_a_constant_difference_is_certain() -> None:
    interval = paired_interval(np.full(9, 2.0), np.full(9, 4.0))
    assert interval is not None
    assert (interval.low, interval.high) == (0.5, 0.5)
    assert interval.excludes_zero


@given(CLUSTERS)
def test_standard_errors_of_running_sums_are_those_of_the_formula(
    clusters: list[tuple[float, float]],
) -> None:
    total = Ratio()
    for y, x in clusters:
        total = total.plus(Ratio.of(y, x))
    y, x = np.array(clusters).T
    n, value = len(clusters), y.sum() / x.sum()
    expected = np.sqrt(n / (n - 1) * np.square(y - value * x).sum()) / x.sum()
    assert total.value == pytest.approx(value)
    assert total.standard_error == pytest.approx(expected, abs=1e-6 * (1 + y.max()))
    assert Ratio.of(1.0, 2.0).standard_error is None
