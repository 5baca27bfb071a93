"""Every other model, as transformers runs it. The only module that imports transformers.

Importing it takes seconds, so nothing imports this module before it is needed.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Final, cast

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    DynamicCache,
    PreTrainedModel,
)
from transformers.pytorch_utils import Conv1D
from transformers.utils import logging as transformers_logging

from ppl_engine.errors import ModelLoadError, NotEnoughMemoryError
from ppl_engine.models.body import Past
from ppl_engine.models.causal_lm import CausalParts
from ppl_engine.models.device import DTYPES
from ppl_engine.models.files.directory import ModelFiles
from ppl_engine.models.files.quantization import quantization, what_it_takes
from ppl_engine.models.head import Head
from ppl_engine.models.products.int8 import Int8Linear
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.models.tokens.vocabulary import boundary_mask
from ppl_engine.models.verification import can_go_on

_CONTEXT_KEYS: Final = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
_CONTEXT_UNSTATED: Final = 1024


class ForeignPast:
    """A cache of transformers.

    Made without the model's configuration it keeps all tokens in every layer, so that it can be
    cropped exactly, sliding windows included: those are then a matter of the mask alone.
    """

    def __init__(self) -> None:
        self.cache = DynamicCache()

    @property
    def n_tokens(self) -> int:
        """How many tokens have been read."""
        return int(self.cache.get_seq_length())

    @property
    def n_bytes(self) -> int:
        """Memory taken."""
        layers = cast("list[Any]", self.cache.layers)
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in layers)

    def crop(self, n_tokens: int) -> None:
        """Forget all but the first `n_tokens`."""
        if n_tokens <= 0:
            self.cache = DynamicCache()
        elif n_tokens < self.n_tokens:
            self.cache.crop(n_tokens - self.n_tokens)  # newer versions take no positive number

    def fork(self) -> "ForeignPast":
        """Return a past that goes on from here by itself.

        Layers that go on replace their tensors and never write into them, so these are shared.
        """
        other = ForeignPast()
        other.cache.layers = [copy(layer) for layer in self.cache.layers]
        return other


class ForeignBody:
    """The body of a transformers model; a `Body`."""

    def __init__(self, model: PreTrainedModel) -> None:
        """Take a model, supposed to go on from a past until `never_go_on` says otherwise."""
        self.model = model
        self._goes_on = True

    def hidden_states(self, ids: Tensor, wanted: Tensor) -> Tensor:
        """Read token ids (B, T); return the final hidden states (R, D) of `wanted`."""
        found = self.model.base_model(input_ids=ids, use_cache=False).last_hidden_state
        return cast("Tensor", found).flatten(0, 1)[wanted]

    @property
    def goes_on(self) -> bool:
        """Whether tokens can be read after others, of which some were dropped."""
        return self._goes_on

    def new_past(self, n_tokens: int) -> ForeignPast:
        """Return an empty past."""
        del n_tokens
        return ForeignPast()

    def more_hidden_states(self, ids: Tensor, past: Past, n_wanted: int) -> Tensor:
        """Read ids (T,) after `past` and append them; return (n_wanted, D), those of the last."""
        cache = cast("ForeignPast", past).cache
        found = self.model.base_model(input_ids=ids[None], past_key_values=cache, use_cache=True)
        return cast("Tensor", found.last_hidden_state)[0, len(ids) - n_wanted :]

    def branch_hidden_states(self, branches: Sequence[tuple[int, Tensor]], past: Past) -> Tensor:
        """Read each branch (n, ids) after the first `n` tokens of `past`; return (ΣT, D).

        One after the other, each in place of the one before: how a model masks tokens beside each
        other is its own affair.
        """
        own = cast("ForeignPast", past).fork()
        found: dict[int, Tensor] = {}
        for idx in sorted(range(len(branches)), key=lambda idx: -branches[idx][0]):
            n_before, ids = branches[idx]
            own.crop(n_before)
            found[idx] = self.more_hidden_states(ids, own, len(ids))
        return torch.cat([found[idx] for idx in range(len(branches))])

    def own_logits(self, ids: Tensor) -> Tensor | None:
        """Return the logits (B, T, V) of the whole model."""
        return cast("Tensor", self.model(input_ids=ids).logits)

    def to(self, device: torch.device) -> None:
        """Move to a device."""
        self.model.to(device)  # pyright: ignore[reportArgumentType] - the wrapper loses the type

    def never_go_on(self) -> None:
        """Read every window from its beginning from now on."""
        self._goes_on = False


def foreign_parts(
    files: ModelFiles, tokenizer: TextTokenizer, device: torch.device, precision: str
) -> tuple[CausalParts, int]:
    """Load any model that transformers has; return it with its context in tokens."""
    model = load_foreign(files, DTYPES[precision])
    config = cast("Any", model.config.get_text_config())
    if precision == "int8":
        quantize_linears(model.base_model)
    body = ForeignBody(model.eval())
    body.to(device)
    head = _head(model, tokenizer, config).to(device)
    parts = CausalParts(body, head, tokenizer)
    if precision != "exact" and not can_go_on(parts):  # `exact` never does
        body.never_go_on()
    return parts, _context(config)


def _in_one_file(files: ModelFiles) -> dict[str, str]:
    return {"gguf_file": files.gguf} if files.gguf else {}


def load_foreign_tokenizer(files: ModelFiles) -> Tokenizer:
    """Let transformers convert what tokenizer there is; raises whatever it raises."""
    with _quiet_transformers():
        loaded = cast("Any", AutoTokenizer).from_pretrained(
            files.directory, local_files_only=True, trust_remote_code=False, **_in_one_file(files)
        )
    return cast("Tokenizer", loaded.backend_tokenizer)


def load_foreign(files: ModelFiles, dtype: torch.dtype) -> PreTrainedModel:
    """Load a model as transformers does: safetensors only, never code from its directory.

    Raises ModelLoadError or NotEnoughMemoryError.
    """
    with _quiet_transformers():
        try:
            config = cast("Any", AutoConfig).from_pretrained(
                files.directory,
                local_files_only=True,
                trust_remote_code=False,
                **_in_one_file(files),
            )
            model, report = cast("Any", AutoModelForCausalLM).from_pretrained(
                files.directory,
                config=config,
                dtype=dtype,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
                **_in_one_file(files),
            )
        except MemoryError as exc:
            raise NotEnoughMemoryError(f"{files.name} does not fit into memory.") from exc
        except Exception as exc:  # whatever a config or a shard can make transformers raise
            method = quantization(files.config)
            hint = f" It is quantised: {what_it_takes(method)}." if method else ""
            raise ModelLoadError(
                f"transformers can not load the model in {files.directory}: {exc}{hint}"
            ) from exc
    missing = sorted(cast("set[str]", report["missing_keys"]))
    if missing:
        raise ModelLoadError(
            f"The weights in {files.directory} lack {len(missing)} tensors of the model "
            f"({missing[0]}, …): they belong to another model or are incomplete."
        )
    return cast("PreTrainedModel", model)


def quantize_linears(module: nn.Module) -> None:
    """Replace every linear layer below `module` by its int8 form, in place."""
    for name, child in module.named_children():
        if type(child) is nn.Linear:
            setattr(module, name, Int8Linear(child.weight, child.bias))
        elif isinstance(child, Conv1D):  # GPT-2's linear layers, stored the other way round
            setattr(module, name, Int8Linear(child.weight.T.contiguous(), child.bias))
        else:
            quantize_linears(child)


def _head(model: PreTrainedModel, tokenizer: TextTokenizer, config: Any) -> Head:
    layer = cast("nn.Linear", model.get_output_embeddings())
    weight = layer.weight.detach()
    bias = cast("Tensor | None", layer.bias)
    scaling = getattr(config, "logits_scaling", None)
    return Head(
        weight=weight,
        bias=None if bias is None else bias.detach().float(),
        scale=float(getattr(config, "logit_scale", None) or (1.0 / scaling if scaling else 1.0)),
        softcap=getattr(config, "final_logit_softcapping", None),
        is_boundary=boundary_mask(tokenizer, weight, getattr(config, "eos_token_id", None)),
    )


def _context(config: Any) -> int:
    for key in _CONTEXT_KEYS:
        value = getattr(config, key, None)
        if isinstance(value, int) and value > 0:
            return value
    return _CONTEXT_UNSTATED


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
