"""Work for workers that dies where a test wants it to. Workers import it by name."""

import os
import time
from pathlib import Path

from ppl_engine.distributed.workers import Share
from ppl_engine.errors import EngineError


def number(share: Share) -> int:
    del share
    return 100


def refused(share: Share) -> int:
    raise EngineError(f"There is no such model for {share.n_workers} workers.")


def added(held: int, partition: tuple[int, str]) -> int:
    """Add, after dying once if the partition names a file that is not there yet."""
    value, marker = partition
    if marker and not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return held + value


def dying(held: int, partition: int) -> int:
    if partition == 2:
        os._exit(1)
    return held + partition


def failing(held: int, partition: int) -> int:
    if partition == 2:
        raise EngineError("The model gives no numbers.")
    return held + partition


def slow_at_first(held: int, partition: int) -> int:
    """Let later partitions finish before the first: their order must not be that of finishing."""
    if partition == 0:
        time.sleep(0.2)
    return held + partition
