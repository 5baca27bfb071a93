import pytest
import regex
from hypothesis import given

from ppl_engine.text.words import units
from tests.texts import NASTY, texts


def cut(text: str) -> list[str]:
    found = units(text)
    return [text[s:e] for s, e in zip(found.starts, found.ends, strict=True)]


def words(text: str) -> list[str]:
    found = units(text)
    return [
        text[s:e]
        for s, e, is_word in zip(found.starts, found.ends, found.is_word, strict=True)
        if is_word
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat, it's here.", ["The", "cat", ",", "it's", "here", "."]),
        ("a (well-known) fact", ["a", "(", "well", "-", "known", ")", "fact"]),
        ("snake_case v2 3.14", ["snake_case", "v2", "3", ".", "14"]),
        ("“Don’t”", ["“", "Don’t", "”"]),
        ("漢字 test", ["漢", "字", "test"]),
        ("cafe\u0301!", ["cafe\u0301", "!"]),
        ("👩‍👩‍👧‍👦👍🏽", ["👩‍👩‍👧‍👦👍🏽"]),
    ],
)
def test_words_and_symbols_are_cut_apart(text: str, expected: list[str]) -> None:
    assert expected == cut(text)


def test_symbols_are_not_words() -> None:
    assert words("Is it… so?!") == ["Is", "it", "so"]


@given(texts)
def test_nothing_visible_is_left_out(text: str) -> None:
    found = units(text)
    rest = list(text)
    for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True):
        assert start < end
        rest[start:end] = " " * (end - start)
    assert not "".join(rest).strip()


@given(texts)
def test_units_ascend_and_do_not_overlap(text: str) -> None:
    found = units(text)
    assert (found.ends[:-1] <= found.starts[1:]).all()


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_keep_their_grapheme_clusters(text: str) -> None:
    check_grapheme_clusters(text)


@given(texts)
def test_no_unit_begins_or_ends_inside_a_grapheme_cluster(text: str) -> None:
    check_grapheme_clusters(text)


def check_grapheme_clusters(text: str) -> None:
    edges = {0} | {m.end() for m in regex.finditer(r"\X", text)}
    found = units(text)
    assert set(found.starts.tolist()) | set(found.ends.tolist()) <= edges
