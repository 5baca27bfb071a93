from collections.abc import Iterator

import pytest

from tests.cli.conftest import terminal

__all__ = ["joined", "terminal", "two_machines"]

N_WORKERS = 2


@pytest.fixture(scope="module")
def joined() -> Iterator[None]:
    """A cluster that this process is part of all the time."""
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=N_WORKERS, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def two_machines() -> Iterator[str]:
    """The address of a cluster as if of two machines, which every run joins by itself."""
    utils = pytest.importorskip("ray.cluster_utils")
    cluster = utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    yield cluster.address
    cluster.shutdown()
