"""Partitions on a local Ray cluster of two workers, some of which die on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ppl_engine.distributed.workers import LOCAL, worker_pool
from ppl_engine.errors import EngineError
from tests.distributed import faults
from tests.distributed.conftest import N_WORKERS

pytestmark = [
    pytest.mark.usefixtures("joined"),
    pytest.mark.slow,  # a cluster takes many seconds to start
    pytest.mark.filterwarnings("default"),
]


def test_results_come_in_the_order_of_partitions() -> None:
    with worker_pool(LOCAL, faults.number, n_workers=N_WORKERS) as pool:
        assert list(pool.map(faults.slow_at_first, range(40))) == list(range(100, 140))
        assert list(pool.map(faults.slow_at_first, [])) == []


def test_a_worker_that_dies_loses_nothing(tmp_path: Path) -> None:
    markers = {k: str(tmp_path / f"died-{k}") for k in (3, 11, 12)}
    partitions = [(k, markers.get(k, "")) for k in range(30)]
    with worker_pool(LOCAL, faults.number, n_workers=N_WORKERS) as pool:
        assert list(pool.map(faults.added, partitions)) == list(range(100, 130))
    assert {path.name for path in tmp_path.iterdir()} == {"died-3", "died-11", "died-12"}


def test_partitions_are_taken_as_they_are_needed() -> None:
    n_taken = 0

    def endless() -> Iterator[int]:
        nonlocal n_taken
        while True:
            yield n_taken
            n_taken += 1

    with worker_pool(LOCAL, faults.number, n_workers=N_WORKERS) as pool:
        results = pool.map(faults.slow_at_first, endless())
        assert [next(results) for _ in range(5)] == [100, 101, 102, 103, 104]
    assert n_taken < 100


def test_what_a_worker_says_is_said_here() -> None:
    with worker_pool(LOCAL, faults.number, n_workers=N_WORKERS) as pool:
        results = pool.map(faults.failing, range(5))
        assert [next(results), next(results)] == [100, 101]
        with pytest.raises(EngineError, match=r"^The model gives no numbers\.$"):
            next(results)


def test_records_that_no_worker_survives_are_given_up() -> None:
    with worker_pool(LOCAL, faults.number, n_workers=N_WORKERS) as pool:
        results = pool.map(faults.dying, range(5))
        with pytest.raises(EngineError, match="4 workers have died over the same records"):
            list(results)


def test_more_workers_than_fit_are_refused() -> None:
    with (
        pytest.raises(EngineError, match="2 CPUs: 3 workers do not fit"),
        worker_pool(LOCAL, faults.number, n_workers=3),
    ):
        pass


def test_a_worker_that_can_not_start_says_why() -> None:
    with (
        worker_pool(LOCAL, faults.refused, n_workers=N_WORKERS) as pool,
        pytest.raises(EngineError, match="There is no such model for 2 workers"),
    ):
        list(pool.map(faults.failing, range(5)))
