"""Figures that follow from sums."""

import pytest

from ppl_engine.evaluation.tally import Tally


def test_a_model_that_ranks_nothing_has_no_share_of_first_ranks() -> None:
    """An n-gram model says no rank; nought would be a figure that nobody measured."""
    assert Tally(n_scored=3).top1_accuracy is None
    both = Tally(n_scored=3).plus(Tally(n_scored=4, n_ranked=4, n_top1=1))
    assert both.top1_accuracy == pytest.approx(0.25)
