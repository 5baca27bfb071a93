"""Tokens per second on this machine, next to the plain transformers loop, in one run.

    python -m tests.benchmarks.throughput [--paragraphs 48]

Texts are paragraphs of WikiText-2, each scored as a text of its own. The plain loop is what people
write: one text after the other, all logits, log_softmax, gather; it yields log-probabilities only.
Ours also yields entropy, rank, top-1 and boundary mass. The 124M model has random weights in the
shape of GPT-2, which takes as long as the real one.
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


def tokens_per_second(run: Callable[[], int]) -> float:
    """Run once to warm up, then take the best of three."""
    run()
    rates: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        n_tokens = run()
        rates.append(n_tokens / (time.perf_counter() - start))
    return max(rates)


def ours(model: str, precision: str, texts: list[str]) -> float:
    scorer = load_scorer(ModelChoice(model, "cpu", precision))
    return tokens_per_second(lambda: sum(s.n_tokens for s in score_lines(texts, scorer)))


def plain_loop(model: str, texts: list[str]) -> float:
    scorer = load_scorer(ModelChoice(model, "cpu", "exact"))
    loaded = AutoModelForCausalLM.from_pretrained(find_model(model).directory, dtype=torch.float32)

    @torch.inference_mode()
    def run() -> int:
        n_tokens = 0
        for text in texts:
            ids = torch.tensor([[scorer.bos_id, *scorer.encode(text).ids.tolist()]])
            logprobs = torch.log_softmax(loaded(ids).logits[0, :-1], dim=-1)
            n_tokens += len(logprobs.gather(1, ids[0, 1:, None]).squeeze(1).tolist())
        return n_tokens

    return tokens_per_second(run)


def main() -> None:
    """Print one JSON object with the rates and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, default=48)
    texts = paragraphs(parser.parse_args().paragraphs)
    result: dict[str, object] = {
        "machine": platform.processor() or platform.machine(),
        "cpu": str(torch.cpu.get_capabilities().get("cpu_name", "")),
        "cores": psutil.cpu_count(logical=False),
        "torch": torch.__version__,
    }
    with gpt2_shaped() as directory:
        for name, model in (("embedded", "embedded"), ("gpt2-124M-shape", str(directory))):
            plain = plain_loop(model, texts)
            rates = {"plain loop fp32": round(plain)}
            for precision in ("exact", "auto", "int8"):
                rates[precision] = round(ours(model, precision, texts))
            result[name] = {"tokens_per_second": rates, "ratio": round(rates["auto"] / plain, 2)}
    print(json.dumps(result, indent=2))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
