from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_lsp.line_index import LineIndex, LinePosition, PositionEncoding

ALPHABET = "ab \r\n\f\v\x00\x1c\x85\u2028\u2029é中𝄞\ud834\udd1e"
texts = st.text(alphabet=st.sampled_from(ALPHABET), max_size=40)


def repeated(text: str, times: int) -> str:
    """Long enough for several chunks of the tables."""
    return text * times


long_texts = st.builds(repeated, texts, st.integers(min_value=1, max_value=60))
encodings = st.sampled_from(list(PositionEncoding))

UNITS: dict[PositionEncoding, Callable[[str], int]] = {
    PositionEncoding.UTF8: lambda text: len(text.encode("utf-8", "surrogatepass")),
    PositionEncoding.UTF16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    PositionEncoding.UTF32: len,
}


def plain_lines(text: str) -> list[str]:
    """The lines of a text, terminators included; the last one has none."""
    lines: list[str] = []
    start = offset = 0
    while offset < len(text):
        step = 2 if text[offset : offset + 2] == "\r\n" else 1
        if text[offset] in "\r\n":
            lines.append(text[start : offset + step])
            start = offset + step
        offset += step
    return [*lines, text[start:]]


def plain_position(text: str, offset: int, encoding: PositionEncoding) -> LinePosition:
    """The definition, without tables."""
    start = 0
    lines = plain_lines(text)
    for number, line in enumerate(lines):
        content = line.rstrip("\r\n")
        if offset < start + len(line) or number == len(lines) - 1:
            return LinePosition(number, UNITS[encoding](content[: offset - start]))
        start += len(line)
    raise AssertionError("unreachable: the last line takes what is left")


@given(long_texts, encodings, st.data())
def test_every_offset_is_where_the_definition_says(
    text: str, encoding: PositionEncoding, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(min_value=0, max_value=len(text)))
    assert LineIndex(text, encoding).position(offset) == plain_position(text, offset, encoding)


@given(long_texts, encodings)
def test_offsets_on_a_line_survive_the_round_trip(text: str, encoding: PositionEncoding) -> None:
    index = LineIndex(text, encoding)
    start = 0
    for line in plain_lines(text):
        for offset in {start, start + len(line.rstrip("\r\n"))}:
            assert index.offset(index.position(offset)) == offset
        start += len(line)


@given(texts, encodings)
def test_positions_ascend_with_offsets(text: str, encoding: PositionEncoding) -> None:
    index = LineIndex(text, encoding)
    positions = [index.position(offset) for offset in range(len(text) + 1)]
    assert all(before <= after for before, after in pairwise(positions))


@given(long_texts, encodings, st.integers(-2, 200), st.integers(-2, 200))
def test_any_position_is_clamped_into_its_line(
    text: str, encoding: PositionEncoding, line: int, character: int
) -> None:
    offset = LineIndex(text, encoding).offset(LinePosition(line, character))
    lines = plain_lines(text)
    if line >= len(lines):
        assert offset == len(text)
    else:
        start = sum(map(len, lines[: max(line, 0)]))
        end = start + len(lines[max(line, 0)].rstrip("\r\n"))
        assert start <= offset <= end


@pytest.mark.parametrize("character", ["\f", "\v", "\x1c", "\x1d", "\x1e", "\x85", "\u2028"])
def test_only_carriage_returns_and_line_feeds_end_lines(character: str) -> None:
    index = LineIndex(f"a{character}b\nc")
    assert index.n_lines == 2
    assert index.position(4) == LinePosition(1, 0)


@pytest.mark.parametrize(
    ("encoding", "character"),
    [(PositionEncoding.UTF8, 6), (PositionEncoding.UTF16, 3), (PositionEncoding.UTF32, 2)],
)
def test_a_clef_counts_in_the_units_of_the_encoding(
    encoding: PositionEncoding, character: int
) -> None:
    index = LineIndex("é𝄞x", encoding)
    assert index.position(2) == LinePosition(0, character)
    assert index.offset(LinePosition(0, character)) == 2


@pytest.mark.parametrize("encoding", [PositionEncoding.UTF8, PositionEncoding.UTF16])
def test_a_position_inside_a_character_means_its_beginning(encoding: PositionEncoding) -> None:
    assert LineIndex("a𝄞b", encoding).offset(LinePosition(0, 2)) == 1


def test_the_empty_text_has_one_line() -> None:
    index = LineIndex("")
    assert index.n_lines == 1
    assert index.position(7) == LinePosition(0, 0)
    assert index.offset(LinePosition(3, 3)) == 0


def test_conversions_on_a_megabyte_in_one_line_read_one_chunk_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "中𝄞" * 250_000
    index = LineIndex(text, PositionEncoding.UTF16)
    index.position(0)
    read: list[int] = []

    def counting(_: LineIndex, chunk: str) -> int:
        read.append(len(chunk))
        return UNITS[PositionEncoding.UTF16](chunk)

    monkeypatch.setattr(LineIndex, "_n_units", counting)
    for offset in (0, 1, 250_001, 499_999, 500_000):
        position = index.position(offset)
        assert position == LinePosition(0, offset // 2 * 3 + offset % 2)
        assert index.offset(position) == offset
    # The tables are made in chunks as well.
    assert max(read) <= 256
    assert sum(read) < 10_000
