import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.anchors import SegmentPolicy, _local_minima, segment_starts
from ppl_engine.scoring.windows import windows
from ppl_engine.text.blocks import cuts

SMALL = SegmentPolicy(radius=6, shortest=3, longest=14)


def letters(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A token for each character."""
    ids = np.array([ord(c) for c in text], dtype=np.int64)
    begins_word = np.array([not c.isalnum() for c in text], dtype=np.bool_)
    return ids, np.arange(len(text), dtype=np.int64), begins_word


def cut(text: str, policy: SegmentPolicy = SMALL) -> list[int]:
    return segment_starts(cuts(text), *letters(text), policy).tolist()


texts = st.text(st.sampled_from("abcdefgh    .\n#"), max_size=400)


@given(texts)
def test_segments_begin_at_the_start_and_are_never_too_long(text: str) -> None:
    starts = cut(text)
    lengths = np.diff([*starts, len(text)])
    assert starts[:1] == ([0] if text else [])
    assert (lengths > 0).all()
    assert (lengths <= SMALL.longest).all()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 9))
def test_local_minima_are_those_that_a_look_around_each_place_finds(
    values: list[int], radius: int
) -> None:
    found = _local_minima(np.array(values, dtype=np.uint64), radius)
    assert found.tolist() == [
        idx
        for idx, value in enumerate(values)
        if all(value < other for other in values[max(0, idx - radius) : idx])
        and all(value <= other for other in values[idx + 1 : idx + 1 + radius])
    ]


@given(texts, texts, st.integers(0, 400), st.integers(0, 12))
def test_an_edit_moves_anchors_only_near_itself(
    text: str, inserted: str, at: int, n_deleted: int
) -> None:
    """Cuts change only between the first anchors well outside the edit on either side."""
    at = min(at, len(text))
    edited = text[:at] + inserted + text[at + n_deleted :]
    if min(len(text), len(edited)) <= SMALL.longest:
        return
    shift = len(edited) - len(text)
    # Counted from the nearer end of the text, places left and right of the edit stay comparable.
    left = {s for s in cut(text) if s < at} ^ {s for s in cut(edited) if s < at}
    end = at + max(len(inserted), len(inserted) - shift)
    right = {s + shift for s in cut(text) if end < s + shift}
    right ^= {s for s in cut(edited) if end < s}
    # An edit is felt `radius` away, and a stretch between anchors is cut as a whole; without an
    # anchor for long, as in a run of equal letters, such a stretch may be long.
    assert all(at - 16 * SMALL.longest < s for s in left)
    assert all(s < end + 16 * SMALL.longest for s in right)


def test_headings_are_preferred_to_paragraphs_and_these_to_sentences() -> None:
    text = "aaaa bbb. Ccc ddd eee\n\nFff ggg hhh\n# Iii\njjj kkk lll mmm nnn ooo"
    assert text.index("# Iii") in cut(text, SegmentPolicy(radius=30, shortest=3, longest=50))


def test_a_megabyte_without_any_place_to_cut_is_cut_all_the_same() -> None:
    n = 2**20
    ids = np.zeros(n, dtype=np.int64)
    starts = segment_starts(
        cuts("a" * n), ids, np.arange(n), np.zeros(n, np.bool_), SegmentPolicy()
    )
    assert (np.diff([*starts.tolist(), n]) <= SegmentPolicy().longest).all()


@given(texts)
def test_every_token_is_a_target_once_with_a_whole_segment_before_it(text: str) -> None:
    ids, starts, begins_word = letters(text)
    edges = segment_starts(cuts(text), ids, starts, begins_word, SMALL)
    found = windows(ids, edges, bos_id=-1)
    targets = [idx for w in found for idx in w.ids[w.n_context :].tolist()]
    assert targets == ids.tolist()
    for k, w in enumerate(found):
        previous = int(edges[k] - edges[k - 1]) if k else 0
        assert w.n_context == 1 + previous


@pytest.mark.parametrize("context", [5, 6, 9, 64, 512, 1024, 131072])
def test_two_segments_and_bos_fit_into_any_context(context: int) -> None:
    policy = SegmentPolicy.for_context(context)
    assert 1 + 2 * policy.longest <= context
    assert 2 * policy.shortest <= policy.longest + 1


def test_a_context_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        SegmentPolicy.for_context(4)


def test_equal_windows_have_equal_keys_and_others_do_not() -> None:
    ids = np.arange(40, dtype=np.int64)
    edges = np.array([0, 10, 20, 30])
    keys = [w.key for w in windows(ids, edges, bos_id=0)]
    assert keys == [w.key for w in windows(ids.copy(), edges, bos_id=0)]
    assert len(keys) == len(set(keys))
