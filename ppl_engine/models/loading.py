"""From a model's name to an engine that runs it."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel
from transformers.utils import logging as transformers_logging

from ppl_engine.engine import Engine
from ppl_engine.errors import EngineError, ModelLoadError, NotEnoughMemoryError
from ppl_engine.models.causal_lm import CausalLM, CausalParts, is_out_of_memory
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.device import (
    DTYPES,
    available_bytes,
    resolve_device,
    resolve_precision,
    use_cores,
)
from ppl_engine.models.files import ModelFiles, find_model
from ppl_engine.models.head import Head
from ppl_engine.models.int8 import quantize_linears
from ppl_engine.models.tokenizer import TextTokenizer
from ppl_engine.models.verification import verify
from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.cache import ScoreStore
from ppl_engine.scoring.scorer import ModelInfo

logger = logging.getLogger(__name__)

_CONTEXT_KEYS: Final = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
_CONTEXT_UNSTATED: Final = 1024
_REWRITES: Final = (
    "The tokenizer of {} rewrites its input: where words begin and end is approximate."
)


def load_engine(choice: ModelChoice, *, store: ScoreStore | None = None) -> Engine:
    """Load a model and return an engine for it that keeps its scores in `store`, if there is one.

    Raises EngineError with a sentence that says what is wrong and what to do.
    """
    return Engine(load_scorer(choice), store=store)


def load_scorer(choice: ModelChoice) -> CausalLM:
    """Load a causal language model: safetensors only, and never code from its directory."""
    use_cores(choice.n_spare_cores)
    device = resolve_device(choice.device)
    precision = resolve_precision(choice.precision, device)
    files = find_model(choice.model)
    _check_memory(files, device, precision)
    tokenizer = _load_tokenizer(files)
    model = _load_model(files, precision)
    try:
        return _assemble(files, tokenizer, model, device=device, precision=precision)
    except EngineError:
        raise
    except Exception as exc:  # whatever a configuration can make a model's code raise
        if is_out_of_memory(exc):
            raise NotEnoughMemoryError(
                f"{files.name} does not fit into the memory of {device.type}. Choose a smaller "
                "model, a lower precision, or another device."
            ) from exc
        raise ModelLoadError(f"The model in {files.directory} can not be run: {exc}.") from exc


def _assemble(
    files: ModelFiles,
    tokenizer: TextTokenizer,
    model: PreTrainedModel,
    *,
    device: torch.device,
    precision: str,
) -> CausalLM:
    """Join a loaded model and its tokenizer into a scorer, after checking that they agree."""
    config = cast("Any", model.config.get_text_config())
    bos_id, bos_policy = _bos(tokenizer, files)
    SegmentPolicy.for_context(_context(config))
    if precision == "int8":
        quantize_linears(model.base_model)
    model.to(device)  # pyright: ignore[reportArgumentType] - transformers' wrapper loses the type
    head = _head(model, tokenizer, config).to(device)
    parts = CausalParts(model=model.eval(), head=head, tokenizer=tokenizer)
    info = ModelInfo(
        name=files.name,
        revision=files.revision,
        device=device.type,
        precision=precision,
        context=_context(config),
        vocab_size=head.weight.shape[0],
        bos_policy=bos_policy,
        notices=() if tokenizer.is_exact else (_REWRITES.format(files.name),),
    )
    verify(parts, files.directory, precision)
    return CausalLM(parts, info, bos_id)


def _check_memory(files: ModelFiles, device: torch.device, precision: str) -> None:
    bytes_each = torch.finfo(DTYPES[precision]).bits // 8
    needed = files.n_parameters * bytes_each
    free = available_bytes(device)
    if free < needed:
        raise NotEnoughMemoryError(
            f"{files.name} needs {needed / 2**30:.1f} GiB in {precision} and {device.type} has "
            f"{free / 2**30:.1f} GiB free. Choose a smaller model, a lower precision, "
            "or another device."
        )


def _load_tokenizer(files: ModelFiles) -> TextTokenizer:
    path = files.directory / "tokenizer.json"
    try:
        if path.is_file():
            return TextTokenizer(Tokenizer.from_file(str(path)))
        loaded = cast("Any", AutoTokenizer).from_pretrained(
            files.directory, local_files_only=True, trust_remote_code=False
        )
        return TextTokenizer(loaded.backend_tokenizer)
    except Exception as exc:  # the Rust library raises bare Exception
        raise ModelLoadError(
            f"The tokenizer in {files.directory} can not be loaded ({exc}). A tokenizer.json in "
            "the format of Hugging Face's tokenizers is needed."
        ) from exc


def _load_model(files: ModelFiles, precision: str) -> PreTrainedModel:
    with _quiet_transformers():
        try:
            config = cast("Any", AutoConfig).from_pretrained(
                files.directory, local_files_only=True, trust_remote_code=False
            )
            model, report = cast("Any", AutoModelForCausalLM).from_pretrained(
                files.directory,
                config=config,
                dtype=DTYPES[precision],
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
        except MemoryError as exc:
            raise NotEnoughMemoryError(f"{files.name} does not fit into memory.") from exc
        except Exception as exc:  # whatever a config or a shard can make transformers raise
            raise ModelLoadError(
                f"transformers can not load the model in {files.directory}: {exc}"
            ) from exc
    missing = sorted(cast("set[str]", report["missing_keys"]))
    if missing:
        raise ModelLoadError(
            f"The weights in {files.directory} lack {len(missing)} tensors of the model "
            f"({missing[0]}, …): they belong to another model or are incomplete."
        )
    return cast("PreTrainedModel", model)


@contextmanager
def _quiet_transformers() -> Generator[None]:
    """Keep progress bars and advice meant for training off the user's terminal."""
    level = transformers_logging.get_verbosity()
    had_bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if had_bars:
            transformers_logging.enable_progress_bar()


def _bos(tokenizer: TextTokenizer, files: ModelFiles) -> tuple[int | None, str]:
    """Return the token that stands at the head of windows, and the policy by which it was chosen.

    A model without BOS gets the separator between the texts it was trained on, as GPT-2 did.
    """
    for kind in ("bos", "eos"):
        token_id = _stated_id(f"{kind}_token_id", files.config)
        if token_id is None:
            token_id = tokenizer.id_of(files.special_tokens.get(f"{kind}_token", ""))
        if token_id is not None and 0 <= token_id < len(tokenizer):
            return token_id, kind
    logger.info("%s has neither BOS nor EOS: the first token stays unscored", files.name)
    return None, "none"


def _stated_id(key: str, config: dict[str, Any]) -> int | None:
    """Return a token id that the file itself states: a class's default belongs to other models."""
    inner = cast("dict[str, Any]", config.get("text_config") or {})
    value = cast("object", config[key] if config.get(key) is not None else inner.get(key))
    first = next(iter(cast("list[object]", value)), None) if isinstance(value, list) else value
    return first if isinstance(first, int) else None


def _head(model: PreTrainedModel, tokenizer: TextTokenizer, config: Any) -> Head:
    layer = cast("nn.Linear", model.get_output_embeddings())
    weight = layer.weight.detach()
    bias = cast("Tensor | None", layer.bias)
    if weight.shape[0] < len(tokenizer):
        raise ModelLoadError(
            f"The tokenizer has {len(tokenizer)} tokens and the model only {weight.shape[0]}: "
            "they do not belong together."
        )
    ends = getattr(config, "eos_token_id", None)
    ends = {ends} if isinstance(ends, int) else set(cast("list[int]", ends or []))
    boundary = tokenizer.boundary_tokens(
        weight.shape[0], {idx for idx in ends if 0 <= idx < weight.shape[0]}
    )
    scaling = getattr(config, "logits_scaling", None)
    return Head(
        weight=weight,
        bias=None if bias is None else bias.detach().float(),
        scale=float(getattr(config, "logit_scale", None) or (1.0 / scaling if scaling else 1.0)),
        softcap=getattr(config, "final_logit_softcapping", None),
        is_boundary=torch.from_numpy(boundary).float(),
    )


def _context(config: Any) -> int:
    for key in _CONTEXT_KEYS:
        value = getattr(config, key, None)
        if isinstance(value, int) and value > 0:
            return value
    return _CONTEXT_UNSTATED
