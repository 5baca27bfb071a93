"""What a worker does: it holds an engine and scores the texts of a partition."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ppl_engine.distributed.workers import Share, WorkerPool, worker_pool
from ppl_engine.engine import Engine
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.lines import LineScore
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.streaming import score_text_groups

Load = Callable[[ModelChoice, None], Engine]
"""Loads an engine without a store, in the worker."""


@dataclass(frozen=True, slots=True)
class DistributedScoring:
    """Engines on a cluster, all of one model."""

    model: ModelInfo
    _pool: WorkerPool[Engine]

    def score_text_groups(self, groups: Iterable[Sequence[str]]) -> Iterator[list[LineScore]]:
        """Yield the scores of the texts of each group, in order, as `streaming` has them.

        Each group is scored by one worker. Raises EngineError.
        """
        return self._pool.map(score_partition, groups)


@contextmanager
def distributed_scoring(
    address: str, choice: ModelChoice, load: Load, *, n_workers: int | None = None
) -> Generator[DistributedScoring, None, None]:
    """Load a model in each worker of a cluster. Raises EngineError."""
    with worker_pool(address, partial(_loaded, choice, load), n_workers=n_workers) as pool:
        yield DistributedScoring(pool.call(model_of), pool)


def score_partition(engine: Engine, texts: Sequence[str]) -> list[LineScore]:
    """Return the scores of texts that are read together."""
    return next(score_text_groups([texts], engine.scorer))


def model_of(engine: Engine) -> ModelInfo:
    """Return what to say of the model that a worker holds."""
    return engine.model


def _loaded(choice: ModelChoice, load: Load, share: Share) -> Engine:
    del share  # Ray tells torch by OMP_NUM_THREADS how many cores it has.
    return load(choice, None)
