"""Where a model runs and in what numbers: chosen by asking the machine, unless the user says."""

import os
from typing import Final

import torch

from ppl_engine.errors import DeviceError

DTYPES: Final = {
    "exact": torch.float32,
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.float32,  # the weights of linear layers become int8 once they are loaded
}
_BF16_UNITS: Final = ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16")


def resolve_device(name: str) -> torch.device:
    """Return the device for `auto`, `cpu`, `cuda` or `mps`.

    Raises DeviceError if this machine, or this build of torch, does not have it.
    """
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next((kind for kind, there in has.items() if there), "cpu"))
    if name != "cpu" and not has[name]:
        raise DeviceError(
            f"The device {name} is not available to torch {torch.__version__} on this machine; "
            "choose cpu or auto, or install a build of torch for this device."
        )
    return torch.device(name)


def resolve_precision(name: str, device: torch.device) -> str:
    """Return the precision for `auto`, or the one named; the keys of `DTYPES`.

    Raises DeviceError if the device does not have it.
    """
    if name == "int8" and device.type != "cpu":
        raise DeviceError(
            f"int8 runs on the CPU only; on {device.type} choose auto, bf16 or fp16, or name "
            "the device cpu."
        )
    if name != "auto":
        return name
    if device.type == "cuda":
        return "bf16" if torch.cuda.get_device_capability(device) >= (8, 0) else "fp16"
    if device.type == "mps":
        return "fp16"
    return "bf16" if _cpu_multiplies_bf16() else "fp32"


def use_cores(n_spare: int) -> None:
    """Let torch use all physical cores of this process but `n_spare`, and at least one.

    Whoever sets OMP_NUM_THREADS has decided already.

    Threads that share a core with somebody else make all others wait: with one of two cores taken,
    one thread was measured to be four times as fast as two.
    """
    if os.environ.get("OMP_NUM_THREADS"):
        return
    import psutil  # noqa: PLC0415 - tests.benchmarks.gpu runs where there may be none

    n_cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # a container or taskset may allow fewer
        n_cores = min(n_cores, len(os.sched_getaffinity(0)))
    torch.set_num_threads(max(1, n_cores - n_spare))


def available_bytes(device: torch.device) -> int:
    """Return how much memory is free on the device."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    import psutil  # noqa: PLC0415 - as above

    return psutil.virtual_memory().available


def _cpu_multiplies_bf16() -> bool:
    """Whether the CPU has units for bf16; without them bf16 is slower than fp32, not faster."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict[str, object])()
    return any(bool(capabilities.get(unit)) for unit in _BF16_UNITS)
