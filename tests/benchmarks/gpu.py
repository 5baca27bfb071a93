"""Is it right and fast on this GPU? One command for a machine with torch and transformers only.

    python -m tests.benchmarks.gpu [--device cuda] [--tiny] [--seconds 270] [--out gpu.json]

Checks first: scores against plain transformers in fp32 and bf16, nothing leaking between windows
read side by side, going on from kept windows, recovery from lack of memory. Then tokens per second
of random models of 124M, 0.5B and 1B parameters at several batch sizes, as a share of the measured
peak of matrix products (2 FLOP per parameter and token, embedding not counted), beside a plain
transformers loop. Writes one JSON; exits with 1 if a check fails. What does not fit into the time
is left out and named. With `--tiny` and `--device cpu` it runs anywhere in seconds.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))  # then psutil is not asked for

import torch
import transformers

from tests.benchmarks.gpu_checks import all_checks
from tests.benchmarks.gpu_models import SHAPES, TINY_SHAPES, Shape, plain_model, scorer_of
from tests.benchmarks.gpu_timing import matrix_peak, seconds, synchronize, texts

Result = dict[str, object]


def throughput(shape: Shape, device: torch.device, peak: float, *, tiny: bool) -> Result:
    """Tokens per second of one model at several batch sizes."""
    scorer = scorer_of(shape, device)
    n_tokens = 4_000 if tiny else 200_000
    windows = texts(n_tokens, shape.vocab_size, longest=96 if tiny else 640)
    n_read = sum(len(w.ids) for w in windows)
    found: Result = {"parameters_counted": shape.n_counted, "tokens": n_read}
    for step in (256, 1024) if tiny else (4096, 16384, 65536):
        scorer._step_tokens = step

        def run() -> None:
            for _ in scorer.score_windows(windows):
                pass

        rate = n_read / seconds(run, device, n_rounds=1 if tiny else 2)
        found[f"step_{step}"] = {
            "tokens_per_second": round(rate),
            "share_of_peak": round(2 * shape.n_counted * rate / peak, 3),
        }
    found["body_only"] = body_only(scorer, device, shape, peak, tiny=tiny)
    if device.type == "cuda":
        found["peak_memory_gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 2)
        torch.cuda.reset_peak_memory_stats()
    return found


def body_only(
    scorer: object, device: torch.device, shape: Shape, peak: float, *, tiny: bool
) -> Result:
    """How fast the layers and the head are by themselves, without moving results to the CPU."""
    parts = scorer._parts  # type: ignore[attr-defined]
    n_rows, length = (2, 64) if tiny else (32, 512)
    ids = torch.randint(0, shape.vocab_size, (n_rows, length), device=device)
    wanted = torch.arange(ids.numel(), device=device)
    with torch.inference_mode():
        hidden = parts.body.hidden_states(ids, wanted)
        body = seconds(lambda: parts.body.hidden_states(ids, wanted), device, n_rounds=2)
        head = seconds(lambda: parts.head.score(hidden, ids.flatten()), device, n_rounds=2)
    n_head = shape.vocab_size * shape.width
    return {
        "body_share_of_peak": round(2 * (shape.n_counted - n_head) * ids.numel() / body / peak, 3),
        "head_share_of_peak": round(2 * n_head * ids.numel() / head / peak, 3),
    }


def plain_loop(shape: Shape, device: torch.device, *, tiny: bool) -> Result:
    """What people write, in the same precision: a text at a time, all logits, the same values."""
    model = plain_model(shape, device)
    windows = texts(1_000 if tiny else 20_000, shape.vocab_size, longest=96 if tiny else 640)

    @torch.inference_mode()
    def run() -> None:
        for w in windows:
            ids = torch.from_numpy(w.ids).to(device)
            logprobs = torch.log_softmax(model(ids[None]).logits[0, :-1].float(), dim=-1)
            chosen = logprobs.gather(1, ids[1:, None])
            entropy = -(logprobs.exp() * logprobs).sum(dim=1)
            rank = (logprobs > chosen).sum(dim=1) + 1
            for values in (chosen.squeeze(1), entropy, rank, logprobs.amax(dim=1)):
                values.tolist()

    rate = sum(len(w.ids) for w in windows) / seconds(run, device, n_rounds=1)
    return {"tokens_per_second": round(rate)}


def machine(device: torch.device) -> Result:
    """What the figures were measured on."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor()
    return {
        "device": device.type,
        "name": name or platform.machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
    }


class Budget:
    """Runs parts as long as there is time; an error of one does not end the others."""

    def __init__(self, limit: float) -> None:
        self._end = time.monotonic() + limit
        self.left_out: list[str] = []

    def run(self, name: str, part: Callable[[], Result]) -> Result:
        if self._end < time.monotonic():
            self.left_out.append(name)
            return {"left_out": True}
        began = time.monotonic()
        try:
            found = part()
        except Exception as exc:  # noqa: BLE001 - it belongs into the report
            found = {"error": f"{type(exc).__name__}: {exc}"}
        return {**found, "seconds": round(time.monotonic() - began, 1)}


def main(arguments: list[str] | None = None) -> int:
    """Write the report; return 0 if every check holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--seconds", type=float, default=270.0)
    parser.add_argument("--out", type=Path, default=Path("gpu.json"))
    options = parser.parse_args(arguments)
    device, budget = torch.device(options.device), Budget(options.seconds)
    precision = torch.bfloat16
    report: Result = {"machine": machine(device)}
    peak = matrix_peak(device, precision, 512 if options.tiny else 8192)
    report["bf16_matrix_peak_tflops"] = round(peak / 1e12, 3)
    with TemporaryDirectory() as directory:
        checks = {
            name: budget.run(name, check) for name, check in all_checks(Path(directory), device)
        }
    report["checks"] = checks
    timings: Result = {}
    for shape in TINY_SHAPES if options.tiny else SHAPES:
        timings[shape.name] = {
            "ours": budget.run(
                f"{shape.name}, ours",
                lambda shape=shape: throughput(shape, device, peak, tiny=options.tiny),
            ),
            "plain_loop": budget.run(
                f"{shape.name}, plain loop",
                lambda shape=shape: plain_loop(shape, device, tiny=options.tiny),
            ),
        }
        synchronize(device)
    report |= {"throughput": timings, "left_out": budget.left_out}
    failed = [name for name, found in checks.items() if found.get("ok") is not True]
    report["failed_checks"] = failed
    text = json.dumps(report, indent=2)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)  # noqa: T201 - a program's output
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
