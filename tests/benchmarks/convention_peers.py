"""Perplexity by other programs, to be run in an environment that has them: prints JSON Lines.

    python tests/benchmarks/convention_peers.py --model DIR --text FILE

Needs transformers, torch, lm_eval and evaluate; imports nothing of this project.
"""
# pyright: reportMissingImports=false

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--stride", type=int, action="append", default=[])
    arguments = parser.parse_args()
    text = Path(arguments.text).read_text(encoding="utf-8")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(arguments.model)
    model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    packages = ("transformers", "torch", "lm_eval", "evaluate")
    _print("versions", {name: version(name) for name in packages})
    _print("lm_eval", by_lm_eval(model, tokenizer, text))
    _print("guide", {s: guide(model, tokenizer, text, s) for s in arguments.stride})
    _print("evaluate", by_evaluate(arguments.model, paragraphs(text)))


def _print(name: str, value: object) -> None:
    sys.stdout.write(json.dumps({name: value}) + "\n")
    sys.stdout.flush()


def paragraphs(text: str) -> list[str]:
    """Return a few lines of a text that evaluate reads each by itself."""
    return [line for line in text.split("\n") if len(line) > 200][:64]


@torch.inference_mode()
def guide(model: Any, tokenizer: Any, text: str, stride: int) -> float:
    """Return what the loop of https://huggingface.co/docs/transformers/perplexity gives."""
    encodings = tokenizer(text, return_tensors="pt")
    max_length = model.config.max_position_embeddings
    seq_len = encodings.input_ids.size(1)
    nll_sum, n_tokens, prev_end_loc = 0.0, 0, 0
    for begin_loc in range(0, seq_len, stride):
        end_loc = min(begin_loc + max_length, seq_len)
        trg_len = end_loc - prev_end_loc
        input_ids = encodings.input_ids[:, begin_loc:end_loc]
        target_ids = input_ids.clone()
        target_ids[:, :-trg_len] = -100
        neg_log_likelihood = model(input_ids, labels=target_ids).loss
        num_loss_tokens = int((target_ids != -100).sum()) - target_ids.size(0)
        nll_sum += float(neg_log_likelihood) * num_loss_tokens
        n_tokens += num_loss_tokens
        prev_end_loc = end_loc
        if end_loc == seq_len:
            break
    return float(torch.exp(torch.tensor(nll_sum / n_tokens, dtype=torch.float64)))


def by_lm_eval(model: Any, tokenizer: Any, text: str) -> dict[str, float]:
    """Return what `loglikelihood_rolling` of the harness and its own metrics come to."""
    import re  # noqa: PLC0415

    from lm_eval.api.instance import Instance  # noqa: PLC0415
    from lm_eval.api.metrics import bits_per_byte, weighted_perplexity  # noqa: PLC0415
    from lm_eval.models.huggingface import HFLM  # noqa: PLC0415

    harness = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=1, device="cpu")
    request = Instance("loglikelihood_rolling", {}, (text,), 0)
    (log_likelihood,) = harness.loglikelihood_rolling([request])
    words = [(log_likelihood, len(re.split(r"\s+", text)))]
    in_bytes = [(log_likelihood, len(text.encode("utf-8")))]
    return {
        "log_likelihood": log_likelihood,
        "word_perplexity": weighted_perplexity(words),
        "byte_perplexity": weighted_perplexity(in_bytes),
        "bits_per_byte": bits_per_byte(in_bytes),
    }


def by_evaluate(model: str, texts: list[str]) -> dict[str, float] | str:
    """Return what Hugging Face's metric gives for texts; it loads the model by itself."""
    try:
        import evaluate  # noqa: PLC0415

        metric = evaluate.load("perplexity", module_type="metric")
    except (ImportError, OSError, ConnectionError, FileNotFoundError) as error:
        return f"not available: {type(error).__name__}"
    return metric.compute(model_id=model, predictions=texts, device="cpu")


if __name__ == "__main__":
    main()
