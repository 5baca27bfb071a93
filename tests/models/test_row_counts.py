"""Rows filled up to few counts: what is asked for comes out, and few programs are made."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.models.head import Head
from ppl_engine.models.products.row_counts import filled, row_count

WIDTH, N_TOKENS = 32, 700
LONGEST = 1024
TOLERANCE_NATS = 0.05
"""bf16 operands; the order of summation may differ with the number of rows."""


@given(st.integers(min_value=1, max_value=100_000))
def test_a_count_is_enough_and_stays_what_it_is(n_rows: int) -> None:
    count = row_count(n_rows)
    assert n_rows <= count < n_rows * 1.25 + 16
    assert row_count(count) == count


def test_up_to_a_full_step_there_are_few_counts() -> None:
    assert len({row_count(n) for n in range(1, LONGEST + 1)}) <= 32


def test_what_is_filled_is_zero() -> None:
    x = filled(torch.ones(3, 2), 5)
    assert x.tolist() == [[1, 1]] * 3 + [[0, 0]] * 2


@pytest.mark.parametrize("n_rows", [1, 15, 16, 17, 129, 513])
def test_the_head_scores_each_of_any_number_of_rows_as_if_alone(n_rows: int) -> None:
    generator = torch.Generator().manual_seed(n_rows)
    weight = torch.randn(N_TOKENS, WIDTH, generator=generator).bfloat16()
    hidden = torch.randn(n_rows, WIDTH, generator=generator).bfloat16()
    targets = torch.randint(N_TOKENS, (n_rows,), generator=generator)
    head = Head(weight, None, 1.0, None, (torch.arange(N_TOKENS) % 3 == 0).float()).to(
        torch.device("cpu")
    )
    expected = torch.log_softmax(hidden.double() @ weight.double().T, dim=-1)
    rows = torch.arange(n_rows)
    scores = head.score(hidden, targets)
    assert scores.logprob.shape == (n_rows,)
    expected_logprob = expected[rows, targets]
    assert (scores.logprob - expected_logprob).abs().max() < TOLERANCE_NATS
    found = head.logprobs(hidden.float(), rows, targets)
    assert (found - expected_logprob).abs().max() < TOLERANCE_NATS
