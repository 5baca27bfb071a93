"""What a stream of short lines costs `ppl filter`: memory over millions, and rate by the model.

    python -m tests.benchmarks.streams [--lines 10000000] [--model-lines 600]

The first is with a scorer that gives one bit for every token, so that the stream is all there is;
the second with the embedded model, in processor time, next to its windows scored alone.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ppl_engine.cli import main as ppl
from ppl_engine.cli.session import Models
from ppl_engine.engine import Engine
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_engine
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.windows import Window
from ppl_engine.streaming import plan_text, score_texts
from tests.benchmarks.latency import text_of
from tests.cli.fake_scorer import FakeScorer

_SHORTEST = 40
_N_ROUNDS = 3
_WORDS = ("server", "reads", "file", "writes", "log", "closes", "socket", "client")


class InstantScorer(FakeScorer):
    """Cuts at spaces, and gives every token one bit."""

    def encode(self, text: str) -> Encoding:
        ends = np.array([k for k, c in enumerate(text) if c == " "] + [len(text)], dtype=np.int64)
        starts = np.append(0, ends[:-1])
        begins = np.ones(len(ends), dtype=np.bool_)
        return Encoding(np.ones_like(ends), starts, ends, begins, exact_spans=True)


def lines(n: int) -> Iterator[str]:
    """Yield short texts."""
    for k in range(n):
        yield f"{_WORDS[k % 8]} {_WORDS[k // 8 % 8]} {k}"


def over_millions(n: int) -> dict[str, float]:
    """Filter a file of so many lines, and say how long it took and what memory it had at most."""
    models = Models(lambda _, store: Engine(InstantScorer(), store=store), lambda _: "instant")
    with tempfile.TemporaryDirectory() as folder:
        given, kept = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        with given.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": line}) + "\n" for line in lines(n))
        began = time.perf_counter()
        arguments = ["filter", str(given), "-o", str(kept), "--max-perplexity", "80", "--no-cache"]
        code = ppl(arguments, models=models)
        seconds = time.perf_counter() - began
        assert code == 0
        n_bytes = kept.stat().st_size
        assert n_bytes == given.stat().st_size
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"lines": n, "lines_per_s": round(n / seconds), "peak_mb": round(peak_mb)}


def next_to_the_model(n: int) -> dict[str, float]:
    """Return tokens per second of processor time: of the stream, and of its windows alone."""
    sentences = (one.strip() for line in text_of(30 * n).split("\n") for one in line.split(" . "))
    texts = [one for one in sentences if len(one) > _SHORTEST][:n]
    scorer = load_engine(ModelChoice()).scorer
    list(score_texts(texts[:50], scorer))
    windows = [window for one in texts for window in plan_text(one, scorer).windows]
    n_tokens = sum(window.n_targets for window in windows)
    rounds = [(_streamed(scorer, texts), _alone(scorer, windows)) for _ in range(_N_ROUNDS)]
    streamed, alone = (min(seconds) for seconds in zip(*rounds, strict=True))
    return {
        "texts": len(texts),
        "streamed_tokens_per_s": round(n_tokens / streamed),
        "model_tokens_per_s": round(n_tokens / alone),
    }


def _streamed(scorer: Scorer, texts: list[str]) -> float:
    began = time.process_time()
    n_scored = sum(1 for _ in score_texts(texts, scorer))
    assert n_scored == len(texts)
    return time.process_time() - began


def _alone(scorer: Scorer, windows: list[Window]) -> float:
    """Return the processor time of the model for the same windows, sorted by length."""
    ordered = sorted(windows, key=lambda window: len(window.ids))
    began = time.process_time()
    n_scored = sum(len(batch) for batch in scorer.score_windows(ordered))
    assert n_scored == len(windows)
    return time.process_time() - began


def main() -> None:
    """Print one JSON object for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--model-lines", type=int, default=600)
    options = parser.parse_args()
    for measure, n in ((over_millions, options.lines), (next_to_the_model, options.model_lines)):
        sys.stdout.write(json.dumps(measure(n)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
