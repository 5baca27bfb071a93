"""Where a tokenizer and a model must agree: the size of the vocabulary and its special tokens."""

import logging
from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor

from ppl_engine.errors import ModelLoadError
from ppl_engine.models.files.directory import ModelFiles
from ppl_engine.models.tokens.tokenizer import TextTokenizer

logger = logging.getLogger(__name__)


def boundary_mask(
    tokenizer: TextTokenizer, weight: Tensor, ends: int | Iterable[int] | None
) -> Tensor:
    """Return (V,) float32: 1.0 for tokens that begin a word or, like `ends`, end the text.

    `weight` is that of the head, a row a token. Raises ModelLoadError if it has too few.
    """
    n_tokens = weight.shape[0]
    if n_tokens < len(tokenizer):
        raise ModelLoadError(
            f"The tokenizer has {len(tokenizer)} tokens and the model only {n_tokens}: "
            "they do not belong together."
        )
    all_ends = {ends} if isinstance(ends, int) else set(ends or ())
    mask = tokenizer.boundary_tokens(n_tokens, {idx for idx in all_ends if 0 <= idx < n_tokens})
    return torch.from_numpy(mask).float()


def bos(tokenizer: TextTokenizer, files: ModelFiles) -> tuple[int | None, str]:
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
