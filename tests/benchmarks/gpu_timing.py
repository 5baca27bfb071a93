"""Time on a device that works behind the caller's back, and texts to spend it on."""

import time
from collections.abc import Callable

import numpy as np
import torch

from ppl_engine.scoring.windows import Window


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all it was told to."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(run: Callable[[], object], device: torch.device, n_rounds: int) -> float:
    """Return the shortest time of several rounds, after one to warm up."""
    run()
    best = float("inf")
    for _ in range(n_rounds):
        synchronize(device)
        began = time.perf_counter()
        run()
        synchronize(device)
        best = min(best, time.perf_counter() - began)
    return best


def matrix_peak(device: torch.device, dtype: torch.dtype, size: int) -> float:
    """Return the FLOP per second of a square matrix product, the best of many."""
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    return 2 * size**3 / seconds(lambda: a @ b, device, n_rounds=20)


def texts(n_tokens: int, vocab_size: int, longest: int) -> list[Window]:
    """Random texts of 32 tokens and more, each a window of its own."""
    rng = np.random.default_rng(0)
    windows: list[Window] = []
    while n_tokens > 0:
        length = int(rng.integers(32, longest + 1))
        windows.append(Window(rng.integers(0, vocab_size, length), 1))
        n_tokens -= length
    return windows
