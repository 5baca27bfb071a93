"""What `Engine.analyze` takes after one-word edits, stage by stage, in this process.

    python -m tests.benchmarks.edits [--words 300 3000 30000] [--places 15] [--cpu-time]

Milliseconds, median and 95th percentile; `all` is what a person waits for after the debounce, less
what the server takes to pass it on. `text` is all but the forward passes and predictions. Where one
goes on typing, the model can go on in the window it has just read.
"""

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Any

from ppl_engine import analyzing
from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_engine
from ppl_engine.scoring import layout
from ppl_engine.scoring.document import run
from tests.benchmarks.latency import text_of

_TYPED = (" which", " seems", " long")
_STAGES = {
    "difference": (analyzing, "text_change"),
    "tokens": (layout, "encode_changed"),
    "cuts": (layout, "changed_cuts"),
    "segments": (layout, "_with_segments"),
    "carry over": (analyzing, "carried"),
    "words": (analyzing, "_words"),
    "prose": (analyzing, "_prose"),
    "vocabulary": (analyzing, "_vocabulary"),
}


class Stopwatch:
    """Adds up what functions of the engine take."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def around(self, module: Any, name: str, stage: str) -> None:
        """Replace a function of a module by itself, timed."""
        function: Callable[..., object] = getattr(module, name)

        def timed(*arguments: object) -> object:
            began = self.clock()
            result = function(*arguments)
            self.seconds[stage] += self.clock() - began
            return result

        setattr(module, name, timed)

    def around_steps(self, module: Any, name: str, stage: str) -> None:
        """Replace a generator by itself, timed but for what its consumer does between steps."""
        function: Callable[..., Generator[object, None, object]] = getattr(module, name)

        def timed(*arguments: object) -> Generator[object, None, object]:
            steps = function(*arguments)
            while True:
                began = self.clock()
                try:
                    step = next(steps)
                except StopIteration as finished:
                    return finished.value
                finally:
                    self.seconds[stage] += self.clock() - began
                yield step

        setattr(module, name, timed)


def measured(engine: Engine, watch: Stopwatch, n_words: int, n_places: int) -> dict[str, object]:
    """Type a few words at each of some random places of one document."""
    text = text_of(n_words)
    analysis = analyzed(engine, text, None)
    taken: dict[str, defaultdict[str, list[float]]] = {
        "first word at a place": defaultdict(list),
        "next words": defaultdict(list),
    }
    for _ in range(n_places):
        at = text.index(" ", random.randrange(len(text) - 100))
        for word in _TYPED:
            text, at = f"{text[:at]}{word}{text[at:]}", at + len(word)
            watch.seconds.clear()
            began = watch.clock()
            analysis = analyzed(engine, text, analysis)
            watch.seconds["all"] = watch.clock() - began
            n_model = sum(watch.seconds[stage] for stage in ("score", "judging", "findings"))
            watch.seconds["text"] = watch.seconds["all"] - n_model
            kind = "first word at a place" if word == _TYPED[0] else "next words"
            for stage, seconds in watch.seconds.items():
                taken[kind][stage].append(seconds)
    spread = {
        kind: {stage: _spread(seconds) for stage, seconds in stages.items()}
        for kind, stages in taken.items()
    }
    return {"words": n_words, "tokens": len(analysis.tokens), "ms": spread}


def analyzed(engine: Engine, text: str, previous: Analysis | None) -> Analysis:
    """Analyze as the server does."""
    steps = engine.analyze(text, language="markdown", thresholds=Thresholds(), previous=previous)
    return run(steps)


def _spread(seconds: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(seconds, n=20)
    return {"p50": round(1e3 * statistics.median(seconds), 1), "p95": round(1e3 * cut[18], 1)}


def main() -> None:
    """Print one JSON object for each length of document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[300, 3000, 30000])
    parser.add_argument("--places", type=int, default=15)
    parser.add_argument("--model", default=ModelChoice().model)
    parser.add_argument(
        "--cpu-time", action="store_true", help="of one thread, for when the machine is busy"
    )
    options = parser.parse_args()
    random.seed(0)
    watch = Stopwatch(time.thread_time if options.cpu_time else time.perf_counter)
    for stage, (module, name) in _STAGES.items():
        watch.around(module, name, stage)
    watch.around_steps(analyzing, "score_draft", "score")
    watch.around_steps(analyzing, "judged", "judging")
    watch.around_steps(analyzing, "with_findings", "findings")
    engine = load_engine(ModelChoice(options.model))
    for n_words in options.words:
        result = measured(engine, watch, n_words, options.places)
        print(json.dumps(result))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
