"""Tokens per second on this machine, next to the plain transformers loop, in one run.

    python -m tests.benchmarks.throughput [--paragraphs 48] [--threads 1] [--cpu-time]

Texts are paragraphs of WikiText-2, each scored as a text of its own. The plain loop is what people
write: one text after the other, all logits, log_softmax, and from them what ours gives too:
entropy, rank and top-1 (ours adds the boundary mass). It runs in fp32, once for log-probabilities
alone as well, and in bf16, where the logits are brought to fp32 first. The 124M model has random
weights in the shape of GPT-2, which takes as long as the real one. The share of the peak counts 2
FLOP for each token and parameter it is multiplied with against a large matrix product.

`typing` is one window of 640 tokens, the second half of them scored, in which one token after
another is changed in the middle of that half: read from its beginning, and going on from what is
kept. On a machine that others use as well, `--cpu-time` with one thread counts the seconds that
the process had the CPU; caches are colder than they would be, so the figures come out lower.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.device import use_cores
from ppl_engine.models.files.directory import find_model
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.windows import Window
from ppl_engine.streaming import score_texts
from tests.models.test_wikitext import gpt2_tokenizer, unpacked


def paragraphs(n: int) -> list[str]:
    """The first paragraphs of the test split that are running text."""
    lines = (line.strip() for line in unpacked("wikitext2-test.raw.xz").split("\n"))
    return [line for line in lines if len(line) > 200 and not line.startswith("=")][:n]


@contextmanager
def gpt2_shaped() -> Generator[Path]:
    """A directory with a random model of 124 million parameters and GPT-2's tokenizer."""
    with TemporaryDirectory() as directory:
        torch.manual_seed(0)
        GPT2LMHeadModel(GPT2Config(bos_token_id=50256, eos_token_id=50256)).save_pretrained(
            directory
        )
        tokenizer = gpt2_tokenizer()._backend
        (Path(directory) / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
        yield Path(directory)


def ours(model: str, precision: str, texts: list[str], n_spare_cores: int) -> Callable[[], int]:
    scorer = load_scorer(ModelChoice(model, "cpu", precision, n_spare_cores))

    return lambda: sum(score.n_tokens for score in score_texts(texts, scorer))


def logprobs_only(logprobs: torch.Tensor, targets: torch.Tensor) -> None:
    """What most people ask for."""
    logprobs.gather(1, targets).squeeze(1).tolist()


def same_quantities(logprobs: torch.Tensor, targets: torch.Tensor) -> None:
    """Log-probability, entropy, rank and top-1, as one writes them down."""
    chosen = logprobs.gather(1, targets)
    entropy = -(logprobs.exp() * logprobs).sum(dim=1)
    rank = (logprobs > chosen).sum(dim=1) + 1
    for values in (chosen.squeeze(1), entropy, rank, logprobs.amax(dim=1)):
        values.tolist()


def plain_loop(
    model: str,
    texts: list[str],
    read: Callable[[torch.Tensor, torch.Tensor], None],
    dtype: torch.dtype,
) -> Callable[[], int]:
    scorer = load_scorer(ModelChoice(model, "cpu", "exact"))
    directory = find_model(model).directory
    loaded = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype)

    @torch.inference_mode()
    def run() -> int:
        n_tokens = 0
        for text in texts:
            ids = torch.tensor([[scorer.bos_id, *scorer.encode(text).ids.tolist()]])
            logprobs = torch.log_softmax(loaded(ids).logits[0, :-1].float(), dim=-1)
            read(logprobs, ids[0, 1:, None])
            n_tokens += len(logprobs)
        return n_tokens

    return run


def n_counted(model: str) -> int:
    """Parameters that every token is multiplied with: all but an embedding that is only looked up.

    Both models here use one matrix as embedding and head; GPT-2 also looks up its positions.
    """
    files = find_model(model)
    positions = int(files.config.get("n_positions", 0)) * int(files.config.get("n_embd", 0))
    return files.n_parameters - positions


def typing(
    model: str, precision: str, clock: Callable[[], float], n_rounds: int = 8
) -> dict[str, float]:
    """Milliseconds from a changed token to the scores of its window, the best of some rounds."""
    scorer = load_scorer(ModelChoice(model, "cpu", precision))
    ids = np.random.default_rng(0).integers(1, min(8000, scorer.model.vocab_size), 641)
    found: dict[str, list[float]] = {"from_scratch_ms": [], "going_on_ms": []}
    for _ in range(n_rounds):
        for name, milliseconds in found.items():
            if name == "from_scratch_ms":
                scorer._kept.clear()
            ids = ids.copy()
            ids[480] = 1 + (ids[480] + 1) % 8000
            start = clock()
            list(scorer.score_windows([Window(ids, 321)]))
            milliseconds.append(1000 * (clock() - start))
    return {name: round(min(milliseconds[1:]), 1) for name, milliseconds in found.items()}


def rates(
    runs: dict[str, Callable[[], int]], n_rounds: int, clock: Callable[[], float]
) -> dict[str, int]:
    """Return the best tokens per second of each, the rounds interleaved; the first warms up."""
    best = dict.fromkeys(runs, 0.0)
    for round_idx in range(n_rounds):
        for name, run in runs.items():
            start = clock()
            rate = run() / (clock() - start)
            best[name] = max(best[name], rate if round_idx else 0.0)
    return {name: round(rate) for name, rate in best.items()}


@dataclass(frozen=True, slots=True)
class Conditions:
    """How to measure."""

    n_spare_cores: int
    n_rounds: int
    clock: Callable[[], float]
    peak: float
    """FLOP per second of a bf16 matrix product."""


def matrix_peak(clock: Callable[[], float]) -> float:
    """FLOP per second of a product of two large bf16 matrices, the best of some."""
    a, b = (torch.randn(2048, 2048).bfloat16() for _ in range(2))

    def product() -> int:
        _ = a @ b
        return 2 * 2048**3

    return float(rates({"peak": product}, 20, clock)["peak"])


def compared(model: str, texts: list[str], how: Conditions) -> dict[str, object]:
    """Run the plain loop and ours on the same texts."""
    fp32, bf16 = torch.float32, torch.bfloat16
    runs = {
        "plain loop, fp32, logprobs": plain_loop(model, texts, logprobs_only, fp32),
        "plain loop, fp32": plain_loop(model, texts, same_quantities, fp32),
        "plain loop, bf16": plain_loop(model, texts, same_quantities, bf16),
    }
    for precision in ("exact", "bf16", "int8"):
        runs[precision] = ours(model, precision, texts, how.n_spare_cores)
    found = rates(runs, how.n_rounds, how.clock)
    counted = n_counted(model)
    return {
        "tokens_per_second": found,
        "ratio_to_plain_fp32": {
            name: round(rate / found["plain loop, fp32"], 2) for name, rate in found.items()
        },
        "bf16_ratio_to_plain_bf16": round(found["bf16"] / found["plain loop, bf16"], 2),
        "share_of_bf16_peak": {
            name: round(2 * counted * rate / how.peak, 3) for name, rate in found.items()
        },
        "typing": {p: typing(model, p, how.clock) for p in ("bf16", "int8")},
    }


def main() -> None:
    """Print one JSON object with the rates and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, default=48)
    n_cores = psutil.cpu_count(logical=False) or 1
    parser.add_argument("--threads", type=int, default=n_cores)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cpu-time", action="store_true")
    parser.add_argument("--models", nargs="*", default=["embedded", "gpt2-124M-shape"])
    options = parser.parse_args()
    texts = paragraphs(options.paragraphs)
    n_spare_cores = n_cores - options.threads
    use_cores(n_spare_cores)
    clock = time.process_time if options.cpu_time else time.perf_counter
    how = Conditions(n_spare_cores, options.rounds, clock, matrix_peak(clock))
    result: dict[str, object] = {
        "machine": platform.processor() or platform.machine(),
        "cpu": str(torch.cpu.get_capabilities().get("cpu_name", "")),
        "threads": options.threads,
        "clock": "cpu" if options.cpu_time else "wall",
        "torch": torch.__version__,
        "bf16_matrix_peak_gflops": round(how.peak / 1e9),
    }
    for model in options.models:
        if model == "gpt2-124M-shape":
            with gpt2_shaped() as directory:
                result[model] = compared(str(directory), texts, how)
        else:
            result[model] = compared(model, texts, how)
    print(json.dumps(result, indent=2))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
