"""A pool of workers on a Ray cluster: partitions go out, results come back in order.

    partitions ──▶ at most `_PARTITIONS_AHEAD` a worker ──▶ workers ──▶ results, in order

A worker that dies is started again, and what it was working on is done again. The results are those
of one process: which worker does what, and when, decides nothing.
"""

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from ppl_engine.distributed.printing import stdout_for_this_thread
from ppl_engine.errors import EngineError

W = TypeVar("W")
P = TypeVar("P")
R = TypeVar("R")

LOCAL: Final = "local"
"""As an address: a cluster of this machine alone, which lives as long as it is used."""

_PARTITIONS_AHEAD: Final = 2
"""A worker has the next partition at hand when it has finished one."""

_RESULTS_WAITING: Final = 8
"""So many results a worker wait at most for one that comes before them."""

_N_TRIES: Final = 3
"""A partition over which so many workers more than one have died is given up."""


@dataclass(frozen=True, slots=True)
class Share:
    """What each worker has of the cluster."""

    n_workers: int
    n_cpus: int
    n_gpus: int


class WorkerPool(Generic[W]):
    """Workers, each of which holds what `make` gave it."""

    def __init__(self, actors: list[Any], ray: Any) -> None:
        self._actors = actors
        self._ray = ray

    def call(self, function: Callable[[W], R]) -> R:
        """Return what `function` makes of what a worker holds. Raises EngineError."""
        return cast("R", self._result(self._actors[0].call.remote(function)))

    def map(self, function: Callable[[W, P], R], partitions: Iterable[P]) -> Iterator[R]:
        """Yield what workers make of partitions, in the order of these. Raises EngineError.

        Partitions are taken from their source as they are needed.
        """
        source = iter(partitions)
        ordered: deque[Any] = deque()
        busy: dict[Any, int] = {}
        n_most = _RESULTS_WAITING * len(self._actors)
        is_over = False
        while True:
            while not is_over and len(ordered) < n_most and (idx := self._idle(busy)) is not None:
                try:
                    partition = next(source)
                except StopIteration:
                    is_over = True
                    break
                reference = self._actors[idx].call.remote(function, partition)
                ordered.append(reference)
                busy[reference] = idx
            if not ordered:
                return
            if ordered[0] not in busy:
                yield cast("R", self._result(ordered.popleft()))
                continue
            finished, _ = self._ray.wait(list(busy), num_returns=1)
            for reference in finished:
                del busy[reference]

    def _idle(self, busy: dict[Any, int]) -> int | None:
        """Return the worker with least to do; None if all have enough."""
        loads = [0] * len(self._actors)
        for idx in busy.values():
            loads[idx] += 1
        least = min(range(len(loads)), key=loads.__getitem__)
        return least if loads[least] < _PARTITIONS_AHEAD else None

    def _result(self, reference: Any) -> object:
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference)
        except errors.RayTaskError as error:
            if isinstance(error.cause, EngineError):
                raise error.cause from None
            raise
        except errors.ActorDiedError as error:
            # What `make` raised comes with its traceback only: its last line says what it was.
            reason = str(error).strip().rpartition("\n")[2]
            raise EngineError(f"A worker can not be started: {reason}") from error
        except errors.RayActorError as error:
            raise EngineError(
                f"{_N_TRIES + 1} workers have died over the same records; "
                "there may be too little memory for them."
            ) from error


@contextmanager
def worker_pool(
    address: str, make: Callable[[Share], W], *, n_workers: int | None = None
) -> Generator[WorkerPool[W], None, None]:
    """Join a cluster and start workers; by default one for each GPU, else one for each machine.

    `make` is called in each worker. Raises EngineError without Ray or without a cluster.
    """
    ray = _ray()
    with stdout_for_this_thread():
        yield from _joined(ray, address, make, n_workers)


def _joined(
    ray: Any, address: str, make: Callable[[Share], W], n_workers: int | None
) -> Generator[WorkerPool[W], None, None]:
    was_there = bool(ray.is_initialized())
    if not was_there:
        _join(ray, address)
    try:
        share = _share(ray, n_workers)
        worker_class = ray.remote(
            num_cpus=share.n_cpus,
            num_gpus=share.n_gpus,
            max_restarts=-1,
            max_task_retries=_N_TRIES,
        )(_Worker)
        actors = [worker_class.remote(make, share) for _ in range(share.n_workers)]
        try:
            yield WorkerPool(actors, ray)
        finally:
            for actor in actors:
                ray.kill(actor)
    finally:
        if not was_there:
            with redirect_stdout(sys.stderr):
                ray.shutdown()


class _Worker:
    """Lives in a process of its own, on any machine of the cluster."""

    def __init__(self, make: Callable[[Share], object], share: Share) -> None:
        self._held = make(share)

    def call(self, function: Callable[..., object], *arguments: object) -> object:
        """Apply a function to what is held."""
        return function(self._held, *arguments)


def _share(ray: Any, n_workers: int | None) -> Share:
    resources = cast("dict[str, float]", ray.cluster_resources())
    n_gpus, n_cpus = int(resources.get("GPU", 0)), int(resources.get("CPU", 1))
    n_workers = n_workers or n_gpus or len(ray.nodes())
    if n_workers > n_cpus:
        raise EngineError(f"The cluster has {n_cpus} CPUs: {n_workers} workers do not fit into it.")
    gpus_each = 1 if n_gpus > 0 and n_workers <= n_gpus else 0
    return Share(n_workers, max(1, n_cpus // n_workers), gpus_each)


def _join(ray: Any, address: str) -> None:
    options: dict[str, object] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        options |= {"include_dashboard": False}
    try:
        ray.init(None if address == LOCAL else address, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EngineError(
            f"The Ray cluster at {address} can not be joined: {reason} "
            "(--ray local starts one on this machine)."
        ) from error


def _ray() -> Any:
    try:
        import ray  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise EngineError("--ray needs a package: pip install 'ppl-lsp[ray]'.") from error
    return ray
