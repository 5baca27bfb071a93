"""Whether a tokenizer keeps to the seams of texts, so that a changed text need not be cut anew."""

import json
from itertools import product
from typing import Any, Final, cast

from tokenizers import Tokenizer

from ppl_engine.text.changes import SEAM

_LINES: Final = ("", "a", "Z.", "it's", "7", "12", "é", "漢", "😀", "…", "#", ")", "--", " ", "\t")
_LINE_ENDS: Final = ("\n", "\n\n", "\r\n", " \n", "\n \n", "\n\t\n", ".\n", "\r\n\r\n")
_FIRST_SEEN: Final = ("a", "Z", "7", "é", "漢", "#", "*", ">", "|", "`", "-", "--", "```", "# a")
_WORDS: Final = ("a", "The", "don't", "x9a", "é漢a", "😀a", "  a", "\n\na", ".A", "McCOY")
_NEXT_WORDS: Final = (" a", " The", " s", " it's", " ab-c", " éa", " A漢")


def respects_seams(backend: Tokenizer) -> bool:
    """Tell whether no token crosses a seam and none depends on what is beyond the one after it.

    Tried out on the part that cuts texts into what is then tokenized piece by piece: it must cut at
    seams between all kinds of neighbors. What rewrites the text before that must not reach across
    one either; of those that do not change the text, Unicode's NFC is known not to.
    """
    description = cast("dict[str, Any]", json.loads(backend.to_str()))
    normalizer = cast("dict[str, Any]", description["normalizer"] or {"type": "NFC"})
    if normalizer["type"] != "NFC" or backend.pre_tokenizer is None:
        return False
    if _adds_a_space(backend) or any(_reaches_across(token) for token in _added(description)):
        return False
    lines = ("".join(parts) for parts in product(_LINES, _LINE_ENDS))
    pairs = [*product(lines, _FIRST_SEEN), *product(_WORDS, _NEXT_WORDS)]
    return all(_is_cut(backend, *pair) for pair in pairs)


def _added(description: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tokens looked for before anything else; special ones are text to us."""
    added = cast("list[dict[str, Any]]", description["added_tokens"])
    return [token for token in added if not token["special"]]


def _reaches_across(token: dict[str, Any]) -> bool:
    takes_neighbors = token["lstrip"] or token["rstrip"] or token["single_word"]
    return bool(takes_neighbors) or SEAM.search(token["content"]) is not None


def _adds_a_space(backend: Tokenizer) -> bool:
    """Whether a text is cut differently at its start."""
    alone = backend.encode("a", add_special_tokens=False).ids
    return alone != backend.encode("(a", add_special_tokens=False).ids[-len(alone) :]


def _is_cut(backend: Tokenizer, before: str, after: str) -> bool:
    pre_tokenizer = backend.pre_tokenizer
    assert pre_tokenizer is not None
    pieces = pre_tokenizer.pre_tokenize_str(before + after)
    return any(start == len(before) for _, (start, _) in pieces)
