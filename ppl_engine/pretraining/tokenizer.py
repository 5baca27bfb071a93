"""A byte-level BPE of our own, made for technical prose.

Pieces that merges never cross: words and single digits, each with the space before it, runs of
punctuation (so that `**`, ``` and `](` become tokens), line breaks with the spaces before them, and
runs of spaces. Any text round-trips; nothing is normalised.
"""

from collections.abc import Iterator
from typing import Final

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT: Final = "<|endoftext|>"
"""Separates documents and stands at the head of every window: BOS and EOS in one, id 0."""

_PIECE: Final = (
    r"['’](?:[sdmt]|ll|ve|re)\b"
    r"| ?[\p{L}\p{M}]+"
    r"| ?\p{N}"
    r"| ?[^\s\p{L}\p{N}]+"
    r"|\s*[\r\n]"
    r"|\s+(?!\S)"
    r"|\s+"
)
_LONGEST_TRAINED_ON: Final = 20_000
"""Characters of a document that the merges are counted on: books must not outvote the rest."""


def train_tokenizer(texts: Iterator[str], vocab_size: int) -> Tokenizer:
    """Learn merges from texts until the vocabulary has `vocab_size` tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECE), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=32,
        show_progress=False,
    )
    tokenizer.train_from_iterator((text[:_LONGEST_TRAINED_ON] for text in texts), trainer)
    return tokenizer
