"""What must hold on every device, checked on small models in seconds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.models.tiny import VOCAB_SIZE, save_model

FP32_NATS = 1e-3
BF16_MEAN_NATS = 0.1
FAMILIES = ("llama", "qwen2", "gpt2", "gemma2")
Result = dict[str, object]
Check = Callable[[], Result]


def all_checks(directory: Path, device: torch.device) -> Iterator[tuple[str, Check]]:
    """Yield each check with its name."""
    for family in FAMILIES:
        model = save_model(directory / family, family)
        for precision in ("exact", "bf16"):
            yield (
                f"{family} {precision} as transformers",
                lambda m=model, p=precision: as_transformers(m, device, p),
            )
        yield f"{family} no leaks", lambda m=model: no_leaks(m, device)
        yield f"{family} goes on", lambda m=model: goes_on(m, device)
    model = directory / FAMILIES[0]
    yield "out of memory", lambda: out_of_memory(model, device)


def random_windows(n: int, seed: int = 0) -> list[Window]:
    """Windows of many lengths with some context each."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, 96, n)
    return [
        Window(rng.integers(0, VOCAB_SIZE, length), int(rng.integers(0, length)))
        for length in lengths
    ]


def loaded(model: Path, device: torch.device, precision: str) -> CausalLM:
    return load_scorer(ModelChoice(str(model), device.type, precision))


def scored(scorer: CausalLM, windows: Sequence[Window]) -> list[WindowScores]:
    found = dict(pair for batch in scorer.score_windows(windows) for pair in batch)
    return [found[idx] for idx in range(len(windows))]


def deviations(found: Sequence[WindowScores], expected: Sequence[WindowScores]) -> Result:
    """Mean and worst deviation of logprobs and entropies, in nats."""
    names = ("logprob", "entropy", "top_logprob", "boundary_before", "boundary_after")
    apart = np.concatenate(
        [
            np.abs(getattr(a, name) - getattr(b, name))
            for a, b in zip(found, expected, strict=True)
            for name in names
        ]
    )
    apart = apart[~np.isnan(apart)]
    return {"mean_nats": float(apart.mean()), "worst_nats": float(apart.max())}


@torch.inference_mode()
def as_transformers(model: Path, device: torch.device, precision: str) -> Result:
    """Logprobs against the plain forward pass in fp32, window by window, on the same device."""
    plain: Any = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    plain = plain.to(device)
    windows = [w for w in random_windows(20) if w.n_context > 0]
    apart: list[np.ndarray[Any, Any]] = []
    for w, scores in zip(windows, scored(loaded(model, device, precision), windows), strict=True):
        ids = torch.from_numpy(w.ids).to(device)
        logprobs = torch.log_softmax(plain(ids[None]).logits[0].double(), dim=-1)
        expected = logprobs[:-1].gather(1, ids[1:, None]).squeeze(1)[w.n_context - 1 :]
        apart.append(np.abs(scores.logprob - expected.cpu().numpy()))
    all_apart = np.concatenate(apart)
    mean, worst = float(all_apart.mean()), float(all_apart.max())
    ok = worst <= FP32_NATS if precision == "exact" else mean <= BF16_MEAN_NATS
    return {"ok": ok, "mean_nats": mean, "worst_nats": worst}


def no_leaks(model: Path, device: torch.device) -> Result:
    """Windows read side by side against each by itself; then with other neighbours."""
    scorer = loaded(model, device, "exact")
    windows, others = random_windows(24), random_windows(24, seed=1)
    alone = scored(scorer, windows)
    scorer._info = replace(scorer.model, precision="fp32")
    beside = scored(scorer, windows)
    among_others = scored(scorer, [*others, *windows])[len(others) :]
    found = deviations(beside, alone)
    found_others = deviations(among_others, alone)
    worst = max(float(str(part["worst_nats"])) for part in (found, found_others))
    return {**found, "ok": worst <= FP32_NATS, "worst_nats": worst}


def goes_on(model: Path, device: torch.device) -> Result:
    """Edits in the middle of a window that is kept against reading it anew."""
    exact, scorer = (loaded(model, device, "exact") for _ in range(2))
    scorer._info = replace(scorer.model, precision="fp32")
    rng = np.random.default_rng(2)
    ids = rng.integers(0, VOCAB_SIZE, 90)
    found: list[WindowScores] = []
    expected: list[WindowScores] = []
    for place in (0, 80, 50, 89, 31, 30, 29, 60):
        ids = ids.copy()
        ids[place] = rng.integers(0, VOCAB_SIZE)
        w = Window(ids, 30)
        found += scored(scorer, [w])
        expected += scored(exact, [w])
    result = deviations(found, expected)
    ok = float(str(result["worst_nats"])) <= FP32_NATS and len(scorer._kept) > 0
    return {**result, "ok": ok}


def out_of_memory(model: Path, device: torch.device) -> Result:
    """Allow too little memory: batches become smaller, no score changes, no exception."""
    scorer = loaded(model, device, "bf16")
    windows = random_windows(400, seed=3)
    expected = scored(scorer, windows)
    scorer._step_tokens = before = 1 << 15
    body = scorer._parts.body
    if device.type == "cuda":
        torch.cuda.empty_cache()
        total = torch.cuda.mem_get_info(device)[1]
        limit = torch.cuda.memory_allocated(device) + (24 << 20)
        torch.cuda.set_per_process_memory_fraction(limit / total, device)
    else:
        scorer._reader.parts = replace(scorer._parts, body=Limited(body, 4096))  # type: ignore[arg-type]
    try:
        found = scored(scorer, windows)
    finally:
        if device.type == "cuda":
            torch.cuda.set_per_process_memory_fraction(1.0, device)
    result = deviations(found, expected)
    ok = float(str(result["mean_nats"])) <= BF16_MEAN_NATS and scorer._step_tokens < before
    return {**result, "ok": ok, "step_tokens": scorer._step_tokens, "on": scorer.model.device}


class Limited:
    """A body for which more than so many tokens at once are too many."""

    def __init__(self, body: Any, limit: int) -> None:
        self._body = body
        self._limit = limit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)

    def hidden_states(self, ids: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        if ids.numel() > self._limit:
            raise torch.OutOfMemoryError("out of memory")
        return self._body.hidden_states(ids, wanted)
