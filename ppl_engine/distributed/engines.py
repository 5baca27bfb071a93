"""Engines on a cluster, one for each worker."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial

from ppl_engine.distributed.workers import Share, WorkerPool, worker_pool
from ppl_engine.engine import Engine
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scorer import ModelInfo

Load = Callable[[ModelChoice, None], Engine]
"""Loads an engine without a store, in the worker."""


@contextmanager
def engine_pool(
    address: str, choice: ModelChoice, load: Load, *, n_workers: int | None = None
) -> Generator[WorkerPool[Engine], None, None]:
    """Load a model in each worker of a cluster. Raises EngineError."""
    with worker_pool(address, partial(_loaded, choice, load), n_workers=n_workers) as pool:
        yield pool


def model_of(engine: Engine) -> ModelInfo:
    """Return what to say of the model that a worker holds."""
    return engine.model


def _loaded(choice: ModelChoice, load: Load, share: Share) -> Engine:
    del share  # Ray tells torch by OMP_NUM_THREADS how many cores it has.
    return load(choice, None)
