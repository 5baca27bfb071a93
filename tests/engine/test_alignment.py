import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.alignment import spans_of_bytes, spans_of_offsets
from tests.texts import texts


def naive_spans(text: str, lengths: list[int]) -> tuple[list[int], list[int]]:
    """Walk over the bytes one by one and note the character that each belongs to."""
    character_of = [k for k, c in enumerate(text) for _ in c.encode()]
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for length in lengths:
        starts.append(character_of[at])
        ends.append(character_of[at + length - 1] + 1)
        at += length
    return starts, ends


@given(
    texts.map(lambda t: t.encode(errors="replace").decode()),
    st.lists(st.integers(1, 5), min_size=1, max_size=400),
)
def test_byte_lengths_give_the_characters_that_a_walk_over_the_bytes_gives(
    text: str, lengths: list[int]
) -> None:
    left = len(text.encode())
    cut: list[int] = []
    for length in lengths:
        if left <= 0:
            break
        cut.append(min(length, left))
        left -= cut[-1]
    if left > 0:
        cut.append(left)
    starts, ends = spans_of_bytes(text, np.array(cut, dtype=np.int64))
    assert (starts.tolist(), ends.tolist()) == naive_spans(text, cut)


def test_a_token_that_splits_a_character_covers_the_whole_of_it() -> None:
    starts, ends = spans_of_bytes("a😀b", np.array([1, 2, 2, 1]))
    assert starts.tolist() == [0, 1, 1, 2]
    assert ends.tolist() == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("offsets", "starts", "ends"),
    [
        ([(0, 5), (6, 9)], [0, 5], [5, 10]),
        ([(0, 1), (1, 2), (1, 2), (2, 3)], [0, 1, 1, 2], [1, 2, 2, 10]),
        ([(1, 3), (3, 99)], [0, 3], [3, 10]),
        ([], [], []),
    ],
)
def test_offsets_are_made_to_tile_the_text(
    offsets: list[tuple[int, int]], starts: list[int], ends: list[int]
) -> None:
    found_starts, found_ends = spans_of_offsets(10, offsets)
    assert starts == found_starts.tolist()
    assert ends == found_ends.tolist()
