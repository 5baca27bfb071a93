"""A tokenizer as the engine needs it: any `str` in, token ids with exact places out.

Works on the Rust tokenizer itself and knows no torch. Special tokens that happen to stand in a text
are cut as the ordinary characters they are, so that a document about `<|endoftext|>` is scored as
written.
"""

import json
from typing import Any, Final, cast

import numpy as np
import regex
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ppl_engine.models.tokens.seams import respects_seams
from ppl_engine.scoring.alignment import spans_of_bytes, spans_of_offsets
from ppl_engine.scoring.scorer import Encoding
from ppl_engine.text.words import BEGINS_WORD_CHARACTER

_LONE_SURROGATE: Final = regex.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
_BYTE_TOKEN: Final = regex.compile(r"<0x([0-9A-Fa-f]{2})>")
_METASPACE: Final = "▁"
_SAMPLE: Final = "A Word, e\u0301 and  é\n\tﬁ ２ 😀"


class TextTokenizer:
    """Token ids and exact spans for texts, bytes and texts for token ids."""

    def __init__(self, backend: Tokenizer) -> None:
        self._backend = Tokenizer.from_str(backend.to_str())  # the caller's stays as it is
        self._backend.no_truncation()
        self._backend.no_padding()
        self._backend.encode_special_tokens = True
        self.token_bytes: Final = _token_bytes(self._backend)
        """The UTF-8 bytes that each token id stands for; special tokens stand for their name."""

        self.added_tokens: Final = _added_tokens(self._backend)
        """The ids that this tokenizer puts before and after a text, where it is left to itself."""

        self._byte_lengths = np.array([len(raw) for raw in self.token_bytes], dtype=np.int64)
        self._begins_word = _begins_word(self.token_bytes)
        self._respects_seams = respects_seams(self._backend)

    def __len__(self) -> int:
        return len(self.token_bytes)

    @property
    def is_exact(self) -> bool:
        """Whether tokens are the bytes of the text, rather than of a text made from it."""
        return self.encode(_SAMPLE).exact_spans

    def id_of(self, token: str) -> int | None:
        """Return the id of a special token by its name."""
        return self._backend.token_to_id(token)

    def boundary_tokens(self, vocab_size: int, ends_of_text: set[int]) -> NDArray[np.bool_]:
        """Return for each row of the model's vocabulary whether it ends the word before it.

        True for tokens that begin a word (by a space, a symbol, an ideograph) and for those that
        end the text; rows that no token uses are False.
        """
        mask = np.zeros(vocab_size, dtype=np.bool_)
        mask[: len(self._begins_word)] = self._begins_word[:vocab_size]
        mask[list(ends_of_text)] = True
        return mask

    def text_of(self, token_id: int) -> str:
        """Return what a token looks like in a text; parts of characters show as U+FFFD."""
        if token_id >= len(self.token_bytes):
            return ""
        return self.token_bytes[token_id].decode("utf-8", errors="replace")

    def encode(self, text: str) -> Encoding:
        """Cut `text` into tokens. A lone surrogate counts as U+FFFD, which is as many bytes."""
        clean = _LONE_SURROGATE.sub(_REPLACEMENT, text)
        # Unlike `encode`, this lets other threads run meanwhile, even with a single text.
        (encoded,) = self._backend.encode_batch([clean], add_special_tokens=False)
        ids = np.array(encoded.ids, dtype=np.int64)
        lengths = self._exact_lengths(clean, ids)
        if lengths is None:
            starts, ends = spans_of_offsets(len(clean), encoded.offsets)
        else:
            starts, ends = spans_of_bytes(clean, lengths)
        is_exact = lengths is not None
        respects = is_exact and self._respects_seams
        return Encoding(ids, starts, ends, self._begins_word[ids], is_exact, respects)

    def _exact_lengths(self, text: str, ids: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Return how many bytes of the text each token takes, or None if they are not its bytes."""
        lengths = self._byte_lengths[ids]
        joined = b"".join(
            self.token_bytes[token_id] for token_id in cast("list[int]", ids.tolist())
        )
        raw = text.encode("utf-8")
        if joined == raw:
            return lengths
        if joined == b" " + raw:  # SentencePiece puts a space before the first word.
            lengths[0] -= 1
            return lengths
        return None


def _added_tokens(backend: Tokenizer) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what the post-processor puts around a text."""
    plain = backend.encode("a", add_special_tokens=False).ids
    full = backend.encode("a", add_special_tokens=True)
    mask = full.special_tokens_mask
    n_before = next((k for k, is_special in enumerate(mask) if not is_special), 0)
    before, after = full.ids[:n_before], full.ids[n_before + len(plain) :]
    return np.array(before, dtype=np.int64), np.array(after, dtype=np.int64)


def _token_bytes(backend: Tokenizer) -> tuple[bytes, ...]:
    """Return the bytes of every token id of a byte-level or SentencePiece-like vocabulary."""
    vocabulary = backend.get_vocab(with_added_tokens=True)
    added = {idx: token.content for idx, token in backend.get_added_tokens_decoder().items()}
    is_byte_level = '"ByteLevel"' in json.dumps(_decoder(backend))
    table = [b""] * (max(vocabulary.values(), default=-1) + 1)
    for token, idx in vocabulary.items():
        if idx in added:
            table[idx] = added[idx].encode()
        elif is_byte_level:
            table[idx] = _byte_level_bytes(token)
        else:
            table[idx] = _sentencepiece_bytes(token)
    return tuple(table)


def _decoder(backend: Tokenizer) -> Any:
    description = cast("dict[str, Any]", json.loads(backend.to_str()))
    return [description.get("decoder"), description.get("pre_tokenizer")]


def _bytes_of_characters() -> dict[str, int]:
    """Return GPT-2's table of printable stand-ins for bytes (Radford et al. 2019, encoder.py)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in set(printable)]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(0x100 + rank): byte for rank, byte in enumerate(others)}


_BYTE_OF: Final = _bytes_of_characters()


def _byte_level_bytes(token: str) -> bytes:
    if all(character in _BYTE_OF for character in token):
        return bytes(_BYTE_OF[character] for character in token)
    return token.encode()


def _sentencepiece_bytes(token: str) -> bytes:
    byte = _BYTE_TOKEN.fullmatch(token)
    if byte:
        return bytes([int(byte[1], 16)])
    return token.replace(_METASPACE, " ").encode()


def _begins_word(token_bytes: tuple[bytes, ...]) -> NDArray[np.bool_]:
    return np.array([_can_not_continue_word(raw) for raw in token_bytes], dtype=np.bool_)


def _can_not_continue_word(raw: bytes) -> bool:
    """Whether a token with these bytes can not continue a word that stands before it.

    A token that begins with a part of a character is judged by the first byte: 0xC2 and 0xE2 lead
    symbols, 0xE3–0xE9 ideographs and kana, 0xF0 emoji and rare ideographs; all others letters.
    """
    if not raw:
        return False
    text = raw.decode("utf-8", errors="replace")
    if text[0] == _REPLACEMENT and not raw.startswith(_REPLACEMENT.encode()):
        return raw[0] in {0xC2, 0xE2, 0xF0} or 0xE3 <= raw[0] <= 0xE9  # noqa: PLR2004
    return BEGINS_WORD_CHARACTER.match(text) is not None
