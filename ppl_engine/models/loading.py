"""From a model's name to an engine that runs it."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, cast

import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from torch import Tensor

from ppl_engine.errors import EngineError, ModelLoadError, NotEnoughMemoryError
from ppl_engine.models.causal_lm import CausalLM, CausalParts
from ppl_engine.models.choice import EMBEDDED, ModelChoice
from ppl_engine.models.device import (
    DTYPES,
    available_bytes,
    resolve_device,
    resolve_precision,
    use_cores,
)
from ppl_engine.models.files.directory import ModelFiles, find_model
from ppl_engine.models.files.ngram import is_ngram
from ppl_engine.models.head import Head
from ppl_engine.models.llama.building import llama_body
from ppl_engine.models.llama.config import LlamaShape, llama_shape
from ppl_engine.models.memory import is_out_of_memory
from ppl_engine.models.ngram import load_ngram
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.models.tokens.vocabulary import bos, boundary_mask
from ppl_engine.models.verification import verify
from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.scorer import ModelInfo

if TYPE_CHECKING:
    from ppl_engine.engine import Engine, Store

_OWN_BODY_DEVICES: Final = ("cpu", "cuda")
_HARMLESS_TENSORS: Final = ("rotary_emb.inv_freq",)
_WORKING_BYTES: Final = 192 * 2**20
"""What scoring takes besides the weights: kept windows, activations, tiles of logits."""

_REWRITES: Final = (
    "The tokenizer of {} rewrites its input: where words begin and end is approximate."
)


def load_engine(choice: ModelChoice, *, store: "Store | None" = None) -> "Engine":
    """Load a model and return an engine for it that keeps its scores in `store`, if there is one.

    Raises EngineError with a sentence that says what is wrong and what to do.
    """
    # A scorer needs none of the parsers and lists.
    from ppl_engine.engine import Engine, Knowledge  # noqa: PLC0415
    from ppl_engine.english.calibration import read_calibration  # noqa: PLC0415
    from ppl_engine.english.clean_prose import clean_prose  # noqa: PLC0415
    from ppl_engine.english.lexicon import load_lexicon  # noqa: PLC0415

    # What any other directory says of itself is not believed.
    is_ours = choice.model == EMBEDDED
    known = Knowledge(
        lexicon=load_lexicon(),
        calibration=read_calibration(find_model(EMBEDDED).directory) if is_ours else None,
        samples=clean_prose,
    )
    scorer = load_ngram(choice.model) if is_ngram(choice.model) else load_scorer(choice)
    return Engine(scorer, knowledge=known, store=store)


def load_scorer(choice: ModelChoice) -> CausalLM:
    """Load a causal language model: safetensors only, and never code from its directory."""
    use_cores(choice.n_spare_cores)
    device = resolve_device(choice.device)
    precision = resolve_precision(choice.precision, device)
    files = find_model(choice.model)
    _check_memory(files, device, precision)
    tokenizer = _load_tokenizer(files)
    try:
        return _load(files, tokenizer, device, precision)
    except EngineError:
        raise
    except Exception as exc:  # whatever a configuration can make a model's code raise
        if is_out_of_memory(exc):
            raise NotEnoughMemoryError(
                f"{files.name} does not fit into the memory of {device.type}. Choose a smaller "
                "model, a lower precision, or another device."
            ) from exc
        raise ModelLoadError(f"The model in {files.directory} can not be run: {exc}.") from exc


def _load(
    files: ModelFiles, tokenizer: TextTokenizer, device: torch.device, precision: str
) -> CausalLM:
    """Load a model in our own code if it can run it, else in that of transformers; check it."""
    shape = llama_shape(files.config) if device.type in _OWN_BODY_DEVICES else None
    own = _own_parts(files, shape, tokenizer, device, precision) if shape else None
    if own:
        parts, context = own
    else:
        from ppl_engine.models.foreign import foreign_parts  # noqa: PLC0415 - it takes seconds

        parts, context = foreign_parts(files, tokenizer, device, precision)
    SegmentPolicy.for_context(context)
    bos_id, bos_policy = bos(tokenizer, files)
    info = ModelInfo(
        name=files.name,
        revision=files.revision,
        device=device.type,
        precision=precision,
        context=context,
        vocab_size=len(parts.head.weight),
        bos_policy=bos_policy,
        notices=() if tokenizer.is_exact else (_REWRITES.format(files.name),),
    )
    verify(parts, files.directory, precision)
    return CausalLM(parts, info, bos_id)


def _own_parts(
    files: ModelFiles,
    shape: LlamaShape,
    tokenizer: TextTokenizer,
    device: torch.device,
    precision: str,
) -> tuple[CausalParts, int] | None:
    """Load a model into our own body; None if its file holds more, or else than we know."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(cast("Any", safe_open(path, framework="pt")))
            for path in files.weights
        ]
        holder = {name: file for file in opened for name in cast("list[str]", file.keys())}
        expected = shape.tensor_shapes
        missing = sorted(set(expected) - set(holder))
        if missing:
            raise ModelLoadError(
                f"The weights in {files.directory} lack {len(missing)} tensors of the model "
                f"({missing[0]}, …): they belong to another model or are incomplete."
            )
        extra = [
            name for name in set(holder) - set(expected) if not name.endswith(_HARMLESS_TENSORS)
        ]
        shapes_agree = all(
            tuple(holder[name].get_slice(name).get_shape()) == expected[name] for name in expected
        )
        if extra or not shapes_agree:
            return None

        def tensor(name: str) -> Tensor:
            return cast("Tensor", holder[name].get_tensor(name))

        with torch.inference_mode():
            body, weight = llama_body(
                shape, tensor, dtype=DTYPES[precision], device=device, precision=precision
            )
    head = Head(
        weight=weight,
        bias=None,
        scale=1.0,
        softcap=None,
        is_boundary=boundary_mask(tokenizer, weight, files.config.get("eos_token_id")),
    )
    return CausalParts(body, head.to(device), tokenizer), shape.context


def _check_memory(files: ModelFiles, device: torch.device, precision: str) -> None:
    """Raise NotEnoughMemoryError if weights, a head in fp32 and what scoring takes do not fit."""
    bytes_each = torch.finfo(DTYPES[precision]).bits // 8
    needed = files.n_parameters * bytes_each + _WORKING_BYTES
    if device.type != "cuda" and bytes_each < torch.finfo(torch.float32).bits // 8:
        needed += 4 * files.n_head_parameters
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
        if path.is_file() and files.gguf is None:
            return TextTokenizer(Tokenizer.from_file(str(path)))
        from ppl_engine.models.foreign import load_foreign_tokenizer  # noqa: PLC0415 - as above

        return TextTokenizer(load_foreign_tokenizer(files))
    except Exception as exc:  # the Rust library raises bare Exception
        raise ModelLoadError(
            f"The tokenizer in {files.directory} can not be loaded ({exc}). A tokenizer.json in "
            "the format of Hugging Face's tokenizers is needed."
        ) from exc
