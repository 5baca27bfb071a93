"""This process: its standard streams, where it works, and when it is over."""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import psutil

logger = logging.getLogger(__name__)

_POLL_S: Final = 2.0


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for the protocol alone.

    From now on whatever prints, in Python or in C, prints to stderr, and whatever reads from
    standard input finds it empty.
    """
    sys.stdout.flush()
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return stdin, stdout


def watch_process(
    pid: int, on_end: Callable[[], object], *, pause: Callable[[float], object] = time.sleep
) -> threading.Thread | None:
    """Call `on_end` from a thread of its own once a process has ended.

    A process that can not be seen from the start is not watched: the editor may run in another
    container or on another machine.
    """
    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):  # some clients send -1
        logger.info("Process %d can not be seen and is not watched", pid)
        return None

    def watch() -> None:
        while _is_alive(process):
            pause(_POLL_S)
        on_end()

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    return thread


def leave_the_workspace() -> None:
    """Work in the home directory.

    Many editors start the server inside the project, where a folder could bear the name of a model
    that the user has set; and a workspace must not choose the model.
    """
    for place in ("~", "/"):
        with contextlib.suppress(OSError, RuntimeError):
            os.chdir(Path(place).expanduser())
            return


def end(code: int) -> NoReturn:
    """End at once: threads in the middle of a forward pass are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
