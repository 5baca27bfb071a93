import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.text.blocks import Cut, cuts, paragraph_at, paragraphs, sentence_at, sentences
from tests.samples import SAMPLES
from tests.texts import texts


def pieces(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        (
            "See e.g. Smith, i.e. the author. Then go.",
            ["See e.g. Smith, i.e. the author. ", "Then go."],
        ),
        ("Version 3.14 is out. It works.", ["Version 3.14 is out. ", "It works."]),
        ("He said “Stop.” Then he left.", ["He said “Stop.” ", "Then he left."]),
        ("Wait… what. no", ["Wait… what. no"]),
        ("一。二。", ["一。", "二。"]),
        ("A\n\nb", ["A\n\n", "b"]),
    ],
)
def test_sentences_are_cut_at_their_ends(text: str, expected: list[str]) -> None:
    assert expected == pieces(text)


def test_paragraphs_headings_and_items_stand_alone() -> None:
    text = "# Title\nIntro\ngoes on.\r\n\r\nNext.\n- one\n- two\n\n## End"
    assert [span.of(text) for span in paragraphs(text)] == [
        "# Title\n",
        "Intro\ngoes on.\r\n\r\n",
        "Next.\n",
        "- one\n",
        "- two\n\n",
        "## End",
    ]


@given(texts)
def test_sentences_and_paragraphs_tile_the_text(text: str) -> None:
    for spans in (sentences(text), paragraphs(text)):
        assert text == "".join(span.of(text) for span in spans)
        assert all(len(span) > 0 for span in spans)


@given(
    st.one_of(texts, st.text(st.sampled_from("ab. #-\n\n\r1)A"), max_size=80)), st.integers(1, 40)
)
def test_the_piece_at_an_offset_is_the_one_that_holds_it(text: str, reach: int) -> None:
    for at, cut in ((paragraph_at, paragraphs), (sentence_at, sentences)):
        tiles = cut(text)
        found = [at(text, offset, reach=reach) for offset in range(len(text))]
        assert found == [span for span in tiles for _ in range(len(span))]
        assert at(text, len(text)) is None
        assert at(text, -1) is None


@pytest.mark.parametrize("sample", SAMPLES)
def test_pieces_of_documents_are_found_from_anywhere(sample: str) -> None:
    text = SAMPLES[sample]
    for offset in range(0, len(text), 61):
        for at, cut in ((paragraph_at, paragraphs), (sentence_at, sentences)):
            (expected,) = (span for span in cut(text) if offset in span)
            assert expected == at(text, offset, reach=100)


@given(texts)
def test_cuts_ascend_and_lie_in_the_text(text: str) -> None:
    offsets, kinds = cuts(text)
    assert offsets.tolist() == sorted(set(offsets.tolist()))
    assert all(0 <= offset <= len(text) for offset in offsets)
    assert len(offsets) == len(kinds)


def test_better_places_win_over_worse_ones() -> None:
    text = "One. Two\nthree\n\nfour\n\n# Five"
    offsets, kinds = cuts(text)
    assert kinds.tolist() == [Cut.SENTENCE, Cut.LINE, Cut.PARAGRAPH, Cut.HEADING]
    assert [text[o : o + 3] for o in offsets] == ["Two", "thr", "fou", "# F"]


plain_lines = st.text(st.sampled_from("ab. #-\n\n"), max_size=80)


@given(plain_lines)
def test_windows_line_ends_cut_as_others_do(text: str) -> None:
    """Offsets in the CRLF text, brought back to the text with LF, are those of that text."""
    windows = text.replace("\n", "\r\n")
    back = np.cumsum([0, *(c != "\r" for c in windows)])
    offsets, kinds = cuts(text)
    found, found_kinds = cuts(windows)
    assert offsets.tolist() == back[found].tolist()
    assert kinds.tolist() == found_kinds.tolist()
    starts = [span.start for span in paragraphs(text)]
    assert starts == [back[span.start] for span in paragraphs(windows)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\n \t"])
@pytest.mark.parametrize("last", ["", "x"])
def test_long_runs_of_line_ends_are_gone_over_once(line_end: str, last: str) -> None:
    """Backtracking over them took exponential time: this would not end."""
    text = "Hello." + line_end * 50_000 + last
    assert len(paragraphs(text)) <= 2
    assert len(cuts(text)[0]) <= 50_001
