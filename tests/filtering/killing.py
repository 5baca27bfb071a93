"""A program that runs `ppl filter` in processes of their own, and kills them at some moment.

Prints JSON: how many moments an uninterrupted run has, and for each kill what was there after it.
"""

import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet
import zstandard

from ppl_engine.cli.filter import report
from ppl_engine.filtering import passes
from ppl_engine.filtering.identity import Identity
from ppl_engine.filtering.items import Item
from ppl_engine.filtering.score_file import ScoreFile
from ppl_engine.grouping import in_groups
from tests.killing import Moments, files, run

_GROUP_ITEMS = 7
_IMPORTED = (pyarrow.parquet, zstandard, report)
"""Imported before any run, so that its moments are those of its work."""


def _watch_from_the_first_score(moments: Moments) -> None:
    """Count what comes after the arguments are read and the model is there: nothing is lost yet."""
    opened = ScoreFile.open

    def watched(path: Path, identity: Identity) -> ScoreFile:
        moments.watch()
        return opened(path, identity)

    ScoreFile.open = watched  # type: ignore[method-assign]


def _grouped(items: Iterable[Item]) -> Iterator[list[Item]]:
    return in_groups(items, lambda item: len(item.text or ""), max_items=_GROUP_ITEMS)


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

    n_moments = run(argv("whole"), None, _watch_from_the_first_score)
    random_moments = random.Random(7)
    kills: list[dict[str, object]] = []
    for k in range(n_kills):
        command = argv(f"killed-{k}")
        moment = random_moments.randrange(1, n_moments + 1)
        first = run(command, moment, _watch_from_the_first_score)
        after_kill = files(directory / f"killed-{k}")
        run(command, None, _watch_from_the_first_score)
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
