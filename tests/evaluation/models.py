"""Tiny models with the kinds of tokenizers that conventions treat differently."""

from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

from tests.models.tiny import byte_level_json, save_model, sentencepiece_json


def adding_bos(tokenizer_json: str, *, bos: str) -> str:
    """A tokenizer that puts BOS before every text, as those of Llama and Gemma do."""
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )
    return tokenizer.to_str()


def adding_both(tokenizer_json: str, *, special: str) -> str:
    """A tokenizer that puts a token before and after every text."""
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.post_processor = TemplateProcessing(
        single=f"{special} $A {special}",
        special_tokens=[(special, tokenizer.token_to_id(special))],
    )
    return tokenizer.to_str()


KINDS = ("gpt2", "llama", "sentencepiece", "both")


def save_kind(root: Path, kind: str) -> Path:
    """Save a model of a family with a tokenizer of a kind."""
    match kind:
        case "gpt2":
            return save_model(root / kind, "gpt2")
        case "llama":
            tokenizer = adding_bos(byte_level_json(), bos="<|endoftext|>")
            return save_model(root / kind, "llama", tokenizer=tokenizer)
        case "sentencepiece":
            tokenizer = adding_bos(sentencepiece_json(), bos="<s>")
            return save_model(root / kind, "mistral", tokenizer=tokenizer)
        case _:
            tokenizer = adding_both(byte_level_json(), special="<|endoftext|>")
            return save_model(root / kind, "gpt_neox", tokenizer=tokenizer)
