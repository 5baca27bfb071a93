"""Runs of `ppl` in processes of their own, each killed at some moment of its work.

A moment is a call of a function written in C, which is whatever matters to a file: its number says
how far the run has got, however long that took.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from ppl_engine.cli import main
from tests.cli.fake_scorer import fake_models


class Moments:
    """Counts moments once it watches, and ends the process at one of them."""

    def __init__(self, fatal: int | None) -> None:
        self.n = 0
        self._fatal = fatal

    def watch(self) -> None:
        """Begin to count."""
        sys.setprofile(self._count)

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        del frame, argument
        if event == "c_call":
            self.n += 1
            if self.n == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)


def run(argv: Sequence[str], fatal: int | None, prepare: Callable[[Moments], None]) -> int:
    """Run in a new process; return its number of moments, or -1 if it was killed.

    `prepare` sees to it that moments are counted from where something may be lost.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        moments = Moments(fatal)
        prepare(moments)
        main(argv, models=fake_models())
        sys.setprofile(None)
        os.write(writing, str(moments.n).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) == (said == ""), status
    return int(said or -1)


def files(directory: Path) -> dict[str, str]:
    """Return what is in the files of a directory, in hexadecimal digits."""
    return {path.name: path.read_bytes().hex() for path in sorted(directory.iterdir())}
