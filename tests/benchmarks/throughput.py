"""Tokens per second on this machine, next to the plain transformers loop, in one run.

    python -m tests.benchmarks.throughput [--paragraphs 48]

Texts are paragraphs of WikiText-2, each scored as a text of its own. The plain loop is what people
write: one text after the other, all logits, log_softmax; once for log-probabilities alone and once
for what ours gives too, entropy, rank and top-1 (ours adds the boundary mass). The 124M model has
random weights in the shape of GPT-2, which takes as long as the real one.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.files import find_model
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.lines import score_lines
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
    return lambda: sum(score.n_tokens for score in score_lines(texts, scorer))


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
    model: str, texts: list[str], read: Callable[[torch.Tensor, torch.Tensor], None]
) -> Callable[[], int]:
    scorer = load_scorer(ModelChoice(model, "cpu", "exact"))
    directory = find_model(model).directory
    loaded = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)

    @torch.inference_mode()
    def run() -> int:
        n_tokens = 0
        for text in texts:
            ids = torch.tensor([[scorer.bos_id, *scorer.encode(text).ids.tolist()]])
            logprobs = torch.log_softmax(loaded(ids).logits[0, :-1], dim=-1)
            read(logprobs, ids[0, 1:, None])
            n_tokens += len(logprobs)
        return n_tokens

    return run


def rates(runs: dict[str, Callable[[], int]], n_rounds: int = 4) -> dict[str, int]:
    """Return the best tokens per second of each, the rounds interleaved; the first warms up."""
    best = dict.fromkeys(runs, 0.0)
    for round_idx in range(n_rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            rate = run() / (time.perf_counter() - start)
            best[name] = max(best[name], rate if round_idx else 0.0)
    return {name: round(rate) for name, rate in best.items()}


def compared(model: str, texts: list[str], n_spare_cores: int) -> dict[str, object]:
    """Run the plain loop and ours on the same texts."""
    runs = {
        "plain loop, logprobs": plain_loop(model, texts, logprobs_only),
        "plain loop, same quantities": plain_loop(model, texts, same_quantities),
    }
    for precision in ("exact", "auto", "int8"):
        runs[precision] = ours(model, precision, texts, n_spare_cores)
    found = rates(runs)
    plain = found["plain loop, same quantities"]
    ratios = {name: round(rate / plain, 2) for name, rate in found.items()}
    return {"tokens_per_second": found, "ratio_to_same_quantities": ratios}


def main() -> None:
    """Print one JSON object with the rates and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, default=48)
    n_cores = psutil.cpu_count(logical=False) or 1
    parser.add_argument("--threads", type=int, default=n_cores)
    options = parser.parse_args()
    texts = paragraphs(options.paragraphs)
    n_spare_cores = n_cores - options.threads
    result: dict[str, object] = {
        "machine": platform.processor() or platform.machine(),
        "cpu": str(torch.cpu.get_capabilities().get("cpu_name", "")),
        "threads": options.threads,
        "torch": torch.__version__,
        "embedded": compared("embedded", texts, n_spare_cores),
    }
    with gpt2_shaped() as directory:
        result["gpt2-124M-shape"] = compared(str(directory), texts, n_spare_cores)
    print(json.dumps(result, indent=2))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
