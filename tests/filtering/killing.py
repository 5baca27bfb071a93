"""A program that runs `ppl filter` in a process of its own, and kills it at some moment.

A moment is a call of a function written in C, which is whatever matters to a file: its number says
how far the run has got, however long that took. Prints JSON: how many moments an uninterrupted run
has, and for each kill what was there after it.
"""

import json
import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

import pyarrow.parquet
import zstandard

from ppl_engine.cli import main
from ppl_engine.cli.filter import report
from ppl_engine.filtering import passes
from ppl_engine.filtering.identity import Identity
from ppl_engine.filtering.items import Item
from ppl_engine.filtering.score_file import ScoreFile
from ppl_engine.grouping import in_groups
from tests.cli.fake_scorer import fake_models

_GROUP_ITEMS = 7
_IMPORTED = (pyarrow.parquet, zstandard, report)
"""Imported before any run, so that its moments are those of its work."""


class Moments:
    """Counts moments, and ends the process at one of them."""

    def __init__(self, fatal: int | None) -> None:
        self.n = 0
        self._fatal = fatal

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        del frame, argument
        if event == "c_call":
            self.n += 1
            if self.n == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)


def run(argv: list[str], fatal: int | None) -> int:
    """Run in a new process; return its number of moments, or -1 if it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        moments = Moments(fatal)
        _watch_from_the_first_score(moments)
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


def _watch_from_the_first_score(moments: Moments) -> None:
    """Count what comes after the arguments are read and the model is there: nothing is lost yet."""
    opened = ScoreFile.open

    def watched(path: Path, identity: Identity) -> ScoreFile:
        sys.setprofile(moments)
        return opened(path, identity)

    ScoreFile.open = watched  # type: ignore[method-assign]


def _grouped(items: Iterable[Item]) -> Iterator[list[Item]]:
    return in_groups(items, lambda item: len(item.text or ""), max_items=_GROUP_ITEMS)


def files(directory: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().hex() for path in sorted(directory.iterdir())}


def tried(directory: Path, arguments: list[str], n_kills: int) -> dict[str, object]:
    """Run in folders of their own: once without a kill, then killed and run again."""
    passes.grouped = _grouped
    source = str(directory / "data.jsonl")

    def argv(name: str) -> list[str]:
        folder = directory / name
        folder.mkdir()
        return ["filter", source, "-o", str(folder / arguments[0]), "--no-cache"] + [
            argument.replace("FOLDER", str(folder)) for argument in arguments[1:]
        ]

    n_moments = run(argv("whole"), None)
    random_moments = random.Random(7)
    kills: list[dict[str, object]] = []
    for k in range(n_kills):
        command = argv(f"killed-{k}")
        moment = random_moments.randrange(1, n_moments + 1)
        first = run(command, moment)
        after_kill = files(directory / f"killed-{k}")
        run(command, None)
        kills.append(
            {
                "moment": moment,
                "was_killed": first == -1,
                "after_kill": after_kill,
                "after_all": files(directory / f"killed-{k}"),
            }
        )
    return {"n_moments": n_moments, "whole": files(directory / "whole"), "kills": kills}


if __name__ == "__main__":
    found = tried(Path(sys.argv[1]), sys.argv[3:], int(sys.argv[2]))
    sys.stdout.write(json.dumps(found))
