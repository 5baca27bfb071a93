"""A program that runs `ppl check` in processes of their own, and kills them at some moment.

All use one cache, one after another. Prints JSON: the reports of a run that was never killed, and
for each kill the reports that were there after it and those of a whole run on a copy of the cache.
"""

import json
import random
import shutil
import sys
from pathlib import Path

from ppl_engine.cli import main
from ppl_engine.store import score_store
from tests.cli.fake_scorer import fake_models
from tests.cli.running import ANY_WORD
from tests.killing import Moments, files, run


def argv(documents: Path, reports: Path, *cache: str) -> list[str]:
    """Return a command that writes reports in all forms that are compared."""
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir()
    also = [f"--also={form}={reports / form}" for form in ("json", "sarif")]
    text = str(reports / "text")
    return ["check", str(documents), *ANY_WORD, *also, "-o", text, *cache]


def watch_from_the_cache_on(moments: Moments) -> None:
    """Count from where the cache is opened: before that nothing can be lost."""
    opened = score_store.open_store

    def watched(*arguments: object, **named: object) -> object:
        moments.watch()
        return opened(*arguments, **named)  # type: ignore[arg-type]

    score_store.open_store = watched  # type: ignore[assignment]


def tried(directory: Path, n_kills: int) -> dict[str, object]:
    """Run once without a cache, then be killed again and again on one."""
    documents, reports = directory / "docs", directory / "reports"
    cache, copy = directory / "cache", directory / "copy"
    # Here, so that what is imported and looked up once is there before the processes come apart.
    main(argv(documents, reports, "--cache-dir", str(directory / "other")), models=fake_models())
    main(argv(documents, reports, "--no-cache"), models=fake_models())
    whole = files(reports)

    def ran(place: Path, fatal: int | None) -> int:
        command = argv(documents, reports, "--cache-dir", str(place))
        return run(command, fatal, watch_from_the_cache_on)

    choose = random.Random(11)
    kills: list[dict[str, object]] = []
    cache.mkdir()
    for _ in range(n_kills):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(cache, copy)
        n_moments = ran(copy, None)
        resumed = files(reports)
        # Any moment, but most of them early, so that there is something left to be lost.
        moment = 1 + int(n_moments * choose.random() ** 3)
        was_killed = ran(cache, moment) == -1
        after_kill = files(reports)
        kills.append(
            {
                "n_moments": n_moments,
                "was_killed": was_killed,
                "resumed": resumed,
                "after_kill": {name: after_kill[name] for name in whole if name in after_kill},
            }
        )
    ran(cache, None)
    return {"whole": whole, "kills": kills, "last": files(reports)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tried(Path(sys.argv[1]), int(sys.argv[2]))))
