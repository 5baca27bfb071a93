"""The life of the engine process: alone in its place, there for its clients, gone after them."""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from ppl_engine.host.endpoint import is_reachable, listen, new_secret, withdraw
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import Place
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.host.vigil import Limits
    from ppl_engine.host.worker import Engine

logger = logging.getLogger(__name__)

_WAIT_S: Final = 10.0
_POLL_S: Final = 0.02
_SOFTWARE: Final = 70  # EX_SOFTWARE
_TEMPORARY: Final = 75  # EX_TEMPFAIL


def main(
    argv: Sequence[str],
    *,
    load: "Callable[[ModelChoice], Engine] | None" = None,
    limits: "Limits | None" = None,
) -> NoReturn:
    """Be the engine process for a model and a place, unless another one is; ends the process."""
    choice, stem, identity = argv
    place = Place(Path(stem), identity)
    os.umask(0o077)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format=f"%(asctime)s {os.getpid()} %(levelname)s %(name)s: %(message)s",
    )
    lock = HostLock(place.lock)
    if not _taken(lock, place):
        _end(0 if is_reachable(place) else _TEMPORARY)
    logger.info("Listening for clients of %s", choice)
    try:
        code = asyncio.run(_serve(place, ModelChoice(**json.loads(choice)), load, limits))
    finally:
        withdraw(place)
    logger.info("The end")
    _end(code)


def load_engine(choice: ModelChoice) -> "Engine":
    """Load the real engine."""
    # Imports torch, which takes seconds: on the engine's thread, while clients are answered.
    from ppl_engine.models.loading import load_engine as load  # noqa: PLC0415
    from ppl_engine.store.score_store import open_store  # noqa: PLC0415

    return load(choice, store=open_store())


def import_engine() -> None:
    """Import what loading needs, which does not depend on the model."""
    import_module("ppl_engine.models.loading")


def _taken(lock: HostLock, place: Place) -> bool:
    """Take the lock; wait a while for a process that is about to end, or to begin."""
    deadline = time.monotonic() + _WAIT_S
    while not lock.take():
        if is_reachable(place) or deadline < time.monotonic():
            return False
        time.sleep(_POLL_S)
    return True


async def _serve(
    place: Place,
    choice: ModelChoice,
    load: "Callable[[ModelChoice], Engine] | None",
    limits: "Limits | None",
) -> int:
    # Imports NumPy; those who have lost the race for the lock need not wait for it.
    from ppl_engine.host.service import Service  # noqa: PLC0415

    secret = new_secret()
    service = Service(
        lambda: (load or load_engine)(choice),
        prepare=None if load else import_engine,
        identity=place.identity,
        secret=secret,
        limits=limits,
    )
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.end)
    server = await listen(place, secret, service.accept)
    is_well = await service.ended()
    # From here on a client that comes finds nobody, and starts another process.
    withdraw(place)
    server.close()
    return 0 if is_well else _SOFTWARE


def _end(code: int) -> NoReturn:
    """End at once: a thread in the middle of a forward pass is not waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
