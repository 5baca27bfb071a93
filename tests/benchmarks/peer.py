"""One program that scores texts, run in an environment of its own: see peers.py.

    python peer.py NAME MODEL_DIRECTORY TEXTS_JSON [SCRIPT]

Loads, scores two texts to warm up, writes a line of JSON; then for each line on standard input
scores all texts once and writes a line with the seconds that took, by the clock and
of the CPU. Each is called as its own
documentation does, at its default settings; none of them is given what it does not need.
"""

import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

Score = Callable[[list[str]], tuple[int, float]]
"""Returns how many tokens were scored, and the sum of their logprobs in nats."""


@dataclass(frozen=True)
class Loaded:
    """A scorer with what it runs in."""

    score: Score
    precision: str
    version: str


def ours(precision: str) -> Callable[[str], Loaded]:
    """Score lines as `ppl score --lines` does: logprob, entropy, rank, top-1 and boundary mass."""

    def load(model: str) -> Loaded:
        choice: Any = import_module("ppl_engine.models.choice").ModelChoice
        n_cores = import_module("psutil").cpu_count(logical=False) or 1
        n_spare = max(0, n_cores - len(os.sched_getaffinity(0)))
        loading: Any = import_module("ppl_engine.models.loading")
        scorer = loading.load_scorer(choice(model, "cpu", precision, n_spare))
        score_texts = import_module("ppl_engine.streaming").score_texts

        def score(texts: list[str]) -> tuple[int, float]:
            lines = list(score_texts(texts, scorer))
            return sum(one.n_scored for one in lines), sum(one.log_likelihood for one in lines)

        return Loaded(score, scorer.model.precision, "")

    return load


def plain_loop(dtype: str, *, all_quantities: bool = False) -> Callable[[str], Loaded]:
    """Score as people write it themselves: text by text, all logits, log_softmax in fp32."""

    def load(model: str) -> Loaded:
        torch: Any = import_module("torch")
        transformers: Any = import_module("transformers")
        tokenizer = transformers.AutoTokenizer.from_pretrained(model)
        causal = transformers.AutoModelForCausalLM.from_pretrained(
            model, dtype=getattr(torch, dtype)
        )

        @torch.inference_mode()
        def score(texts: list[str]) -> tuple[int, float]:
            n_tokens, total = 0, 0.0
            for text in texts:
                ids = [tokenizer.bos_token_id, *tokenizer(text, add_special_tokens=False).input_ids]
                row = torch.tensor([ids])
                logprobs = torch.log_softmax(causal(row).logits[0, :-1].float(), dim=-1)
                chosen = logprobs.gather(1, row[0, 1:, None])
                if all_quantities:
                    (-(logprobs.exp() * logprobs).sum(dim=1)).tolist()
                    ((logprobs > chosen).sum(dim=1) + 1).tolist()
                    logprobs.amax(dim=1).tolist()
                total += sum(chosen.squeeze(1).tolist())
                n_tokens += len(chosen)
            return n_tokens, total

        return Loaded(score, _dtype(causal), transformers.__version__)

    return load


def hf_evaluate(model: str) -> Loaded:
    """Run the perplexity measurement of HF evaluate, which gives one perplexity a text.

    It loads the model anew in every call, which is taken out of the time here by giving it one
    that is loaded; its script is not in the package but on the hub, so a copy is named.
    """
    evaluate: Any = import_module("evaluate")
    transformers: Any = import_module("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    causal = transformers.AutoModelForCausalLM.from_pretrained(model)
    measurement = evaluate.load(sys.argv[4], module_type="measurement")
    module: Any = import_module(type(measurement).__module__)
    _Fixed.value = causal
    module.AutoModelForCausalLM = _Fixed

    def score(texts: list[str]) -> tuple[int, float]:
        result = measurement.compute(data=texts, model_id=model)
        counts = [len(tokenizer(text, add_special_tokens=False).input_ids) for text in texts]
        mean = [math.log(perplexity) for perplexity in result["perplexities"]]
        return sum(counts), -sum(n * nats for n, nats in zip(counts, mean, strict=True))

    return Loaded(score, _dtype(causal), evaluate.__version__)


class _Fixed:
    """Stands for AutoModelForCausalLM and returns the model that is loaded."""

    value: Any = None

    @classmethod
    def from_pretrained(cls, *_: object, **__: object) -> Any:
        return cls.value


def minicons(**options: bool) -> Callable[[str], Loaded]:
    """Score with minicons, text by text; with a BOS, as the others."""

    def load(model: str) -> Loaded:
        scorer = import_module("minicons.scorer").IncrementalLMScorer(model, "cpu")

        def score(texts: list[str]) -> tuple[int, float]:
            n_tokens, total = 0, 0.0
            for text in texts:
                (tokens,) = scorer.token_score(text, bos_token=True, **options)
                n_tokens += len(tokens) - 1
                total += sum(token[1] for token in tokens[1:])
            return n_tokens, total

        return Loaded(score, _dtype(scorer.model), _version("minicons"))

    return load


def surprisal(model: str) -> Loaded:
    """Score with the package `surprisal`, text by text, with its default BOS."""
    loaded: Any = import_module("surprisal").CausalHuggingFaceModel(model)

    def score(texts: list[str]) -> tuple[int, float]:
        found = [loaded.surprise(text)[0].surprisals for text in texts]
        return sum(len(one) for one in found), -float(sum(one.sum() for one in found))

    return Loaded(score, _dtype(loaded.model), _version("surprisal"))


def lmppl(model: str) -> Loaded:
    """Score with lmppl, whose default is one batch of all texts; one perplexity a text, no BOS."""
    scorer: Any = import_module("lmppl").LM(model)

    def score(texts: list[str]) -> tuple[int, float]:
        perplexities = scorer.get_perplexity(texts)
        counts = [len(scorer.tokenizer(text).input_ids) - 1 for text in texts]
        nats = [n * math.log(value) for n, value in zip(counts, perplexities, strict=True)]
        return sum(counts), -sum(nats)

    return Loaded(score, _dtype(scorer.model), _version("lmppl"))


def lm_eval(model: str) -> Loaded:
    """Score with lm-evaluation-harness: rolling log-likelihood, one number a text."""
    causal: Any = import_module("lm_eval.models.huggingface").HFLM(model, device="cpu")
    instance: Any = import_module("lm_eval.api.instance").Instance

    def score(texts: list[str]) -> tuple[int, float]:
        requests = [
            instance("loglikelihood_rolling", {}, (text,), idx) for idx, text in enumerate(texts)
        ]
        totals = causal.loglikelihood_rolling(requests, disable_tqdm=True)
        return sum(len(causal.tok_encode(text)) for text in texts), float(sum(totals))

    return Loaded(score, _dtype(causal.model), _version("lm_eval"))


def llama_cpp(model: str) -> Loaded:
    """Score with llama.cpp through its Python package: logits of every token, then log-softmax."""
    llama: Any = import_module("llama_cpp")
    numpy: Any = import_module("numpy")
    file = next(Path(model).glob("*.gguf"))
    loaded = llama.Llama(str(file), n_ctx=1024, logits_all=True, verbose=False)

    def score(texts: list[str]) -> tuple[int, float]:
        n_tokens, total = 0, 0.0
        for text in texts:
            ids = [loaded.token_bos(), *loaded.tokenize(text.encode(), add_bos=False)]
            loaded.reset()
            loaded.eval(ids)
            logprobs = llama.Llama.logits_to_logprobs(loaded.scores[: len(ids) - 1])
            total += float(logprobs[numpy.arange(len(ids) - 1), ids[1:]].sum())
            n_tokens += len(ids) - 1
        return n_tokens, total

    return Loaded(score, file.stem.rpartition("-")[2], llama.__version__)


PEERS: Final[dict[str, Callable[[str], Loaded]]] = {
    "ours auto": ours("auto"),
    "ours exact": ours("exact"),
    "ours bf16": ours("bf16"),
    "ours int8": ours("int8"),
    "plain fp32": plain_loop("float32"),
    "plain fp32 all": plain_loop("float32", all_quantities=True),
    "plain bf16": plain_loop("bfloat16"),
    "plain bf16 all": plain_loop("bfloat16", all_quantities=True),
    "evaluate": hf_evaluate,
    "minicons": minicons(),
    "minicons ranks": minicons(rank=True, bow_correction=True),
    "surprisal": surprisal,
    "lmppl": lmppl,
    "lm-eval": lm_eval,
    "llama.cpp": llama_cpp,
}


def _dtype(model: Any) -> str:
    return str(next(model.parameters()).dtype).removeprefix("torch.")


def _version(distribution: str) -> str:
    return import_module("importlib.metadata").version(distribution)


def main() -> None:
    """Serve rounds until standard input ends."""
    # What libraries print must not reach the reader of our lines.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**values: object) -> None:
        lines.write(json.dumps(values) + "\n")
        lines.flush()

    name, model, texts = sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[3]).read_text())
    try:
        with contextlib.redirect_stdout(sys.stderr):
            loaded = PEERS[name](model)
            loaded.score(texts[:2])
    except Exception as error:  # noqa: BLE001 - whatever a peer may raise is its result
        say(error=f"{type(error).__name__}: {error}"[:300])
        return
    say(precision=loaded.precision, version=loaded.version)
    for _ in sys.stdin:
        start, cpu_start = time.perf_counter(), time.process_time()
        n_tokens, log_likelihood = loaded.score(texts)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        nats = -log_likelihood / n_tokens
        say(seconds=seconds, cpu_seconds=cpu_seconds, n_tokens=n_tokens, nats=nats)


if __name__ == "__main__":
    main()
