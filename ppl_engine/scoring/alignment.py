"""From token bytes, or a tokenizer's offsets, to the places of tokens in a text.

The offsets that tokenizers report are not usable as they are: tokens that split a character
overlap or swallow their neighbor, leading spaces are in or out. The bytes of the tokens, laid end
to end, are the text: they give exact places. Only where a tokenizer rewrites its input (lower
case, Unicode normal forms) the offsets have to do.
"""

from collections.abc import Sequence

import numpy as np

from ppl_engine.scoring.scores import Ints


def spans_of_bytes(text: str, byte_lengths: Ints) -> tuple[Ints, Ints]:
    """Return (starts, ends) in code points of tokens that tile the UTF-8 bytes of `text`.

    A token that begins or ends inside a character covers the whole of it.
    """
    byte_ends = np.cumsum(byte_lengths)
    byte_starts = byte_ends - byte_lengths
    if text.isascii():
        return byte_starts, byte_ends
    raw = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    begins_character = (raw & 0xC0) != 0x80  # noqa: PLR2004 - UTF-8 continuation bytes are 10xxxxxx
    # character_of[b] is the character that byte b belongs to; one more entry stands for the end.
    character_of = np.append(np.cumsum(begins_character) - 1, len(text))
    starts = character_of[byte_starts]
    ends = np.where(byte_lengths == 0, starts, character_of[np.maximum(byte_ends - 1, 0)] + 1)
    return starts, ends


def spans_of_offsets(length: int, offsets: Sequence[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Make a tokenizer's offsets ascend and tile a text of `length` code points.

    What lies between two tokens is given to the later one; a token that overlaps the one before it
    keeps its own start, as a part of the same character.
    """
    table = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    ends = np.clip(np.maximum.accumulate(table[:, 1]), 0, length)
    if len(ends):
        ends[-1] = length
    previous_ends = np.concatenate([np.zeros(min(1, len(ends)), dtype=np.int64), ends[:-1]])
    starts = np.minimum(previous_ends, np.maximum.accumulate(table[:, 0]))
    return starts, np.maximum(starts, ends)
