"""How a model is quantised, by its configuration, and what it takes to run it."""

from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.errors import ModelLoadError

_QUANTIZED: Final = {
    "compressed-tensors": "pip install compressed-tensors",
    "bitsandbytes": "pip install accelerate bitsandbytes",
    "gptq": "pip install optimum gptqmodel, where there is a GPU",
    "awq": "pip install gptqmodel, where there is a GPU",
    "torchao": "pip install torchao",
    "fp8": "use a GPU of NVIDIA's that computes in fp8",
    "mxfp4": "pip install kernels, where there is a GPU",
    "hqq": "pip install hqq",
    "quanto": "pip install optimum-quanto",
    "finegrained_fp8": "use a GPU of NVIDIA's that computes in fp8",
}
"""Methods of quantisation that transformers knows, with what it takes to run them."""


def check_quantization(directory: Path, config: dict[str, Any]) -> None:
    """Raise ModelLoadError for what transformers would read as if it were not quantised."""
    method = quantization(config)
    if method is not None and method not in _QUANTIZED:
        raise ModelLoadError(
            f"{directory} is quantised by {method!r}, which is not known here; there are "
            f"{', '.join(_QUANTIZED)}, and GGUF. Choose another form of the model."
        )


def quantization(config: dict[str, Any]) -> str | None:
    """Return how a model is quantised; None where it is not."""
    inner = cast("dict[str, Any]", config.get("text_config") or {})
    stated = cast("object", config.get("quantization_config") or inner.get("quantization_config"))
    if not stated:
        return None
    named = cast("dict[str, Any]", stated) if isinstance(stated, dict) else {}
    is_bitsandbytes = named.get("load_in_4bit") or named.get("load_in_8bit")
    return str(named.get("quant_method") or ("bitsandbytes" if is_bitsandbytes else "?"))


def what_it_takes(method: str) -> str:
    """Return what to do to be able to load a model quantised by a method."""
    return _QUANTIZED[method]
