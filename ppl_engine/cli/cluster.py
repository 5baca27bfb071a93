"""The options that spread work over a Ray cluster, and the engines that they come to."""

import argparse
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from ppl_engine.cli.session import Session
    from ppl_engine.distributed.workers import WorkerPool
    from ppl_engine.engine import Engine


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    cluster = parser.add_argument_group("cluster", "see docs/cluster.md")
    cluster.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="work on the Ray cluster there (auto, HOST:PORT, ray://…); local starts one here "
        "(pip install 'ppl-lsp[ray]')",
    )
    cluster.add_argument(
        "--workers",
        type=_count,
        metavar="N",
        help="how many engines there are (default: one for each GPU, else for each machine)",
    )


def is_spread(arguments: argparse.Namespace) -> bool:
    """Whether a cluster is asked for. Raises EngineError for workers without one."""
    if arguments.workers is not None and arguments.ray is None:
        raise EngineError("--workers belongs to --ray; --ray local starts workers here.")
    return arguments.ray is not None


def engines(
    arguments: argparse.Namespace, session: "Session"
) -> "AbstractContextManager[WorkerPool[Engine]]":
    """Start the engines that are asked for, until the end of the context. Raises EngineError."""
    from ppl_engine.distributed.engines import engine_pool  # noqa: PLC0415 - imports numpy

    return engine_pool(arguments.ray, session.choice, session.load, n_workers=arguments.workers)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers")
    return int(text)
