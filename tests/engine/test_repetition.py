"""What repeats what stands before it, and what only looks like it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.stretches.repetition import _N, DEFAULT_STRENGTH, FLOOR, _distances
from ppl_engine.text.words import units
from tests.engine.made_scores import repetitions_in
from tests.texts import NASTY, texts

SENTENCE = "the server reads the settings from a file in its own directory. "
PARAGRAPH = (
    "Each window is read once and kept for as long as there is room. When a word changes, only "
    "those windows that hold it are read anew, which takes a few thousandths of a second. What was "
    "kept of the others is still right, since no number in them depends on anything that stands "
    "outside. A text that grows at its end costs no more than its last page does."
)
BEFORE = "This is what stands before it.\n\n"
NAMES = ("host", "port", "user", "path", "mode", "owner", "proxy", "token", "size", "color")


def shown(text: str, language: str = "markdown") -> list[str]:
    found = repetitions_in(text, language)
    return [it.span.of(text) for it in found if it.strength >= DEFAULT_STRENGTH]


def items(*words: str) -> str:
    return "".join(f"- {word}\n" for word in words)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (SENTENCE, SENTENCE * 4),
        ("so it goes on and on, ", "so it goes on and on, " * 9),
        ("very ", "very " * 15),
        (
            items("red apples", "green pears", "blue plums"),
            items("red apples", "green pears", "blue plums") * 4,
        ),
        (
            "Step 1: open the file and read it. ",
            "".join(f"Step {k}: open the file and read it. " for k in range(2, 9)),
        ),
        (PARAGRAPH + "\n\n", PARAGRAPH),
        (PARAGRAPH + "\n\nand then some other words\n\n", PARAGRAPH.upper()),
        ("漢字文章此処彼方何処", "漢字文章此処彼方何処" * 5),
    ],
)
def test_what_repeats_is_found_without_what_it_repeats(first: str, again: str) -> None:
    text = BEFORE + first + again
    (found,) = repetitions_in(text)
    assert found.strength >= DEFAULT_STRENGTH
    assert abs(found.span.start - len(BEFORE + first)) <= 7  # a number or mark may stand before
    assert len(text.rstrip()) - 2 <= found.span.end


def test_a_loop_may_change_a_word_each_time() -> None:
    changed = "".join(f"the {name} reads the settings from a file on its disk. " for name in NAMES)
    (found,) = repetitions_in(BEFORE + changed)
    assert found.strength >= DEFAULT_STRENGTH
    assert "Repeats 9 times" in found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            BEFORE + SENTENCE * 6,
            "Repeats 5 times what stands before it: “the server reads the settings from a file"
            " in its own direct…”",
        ),
        (
            f"{PARAGRAPH}\n\nmore of it\n\n{PARAGRAPH}",
            "Repeats 70 words that stand 73 words before: “Each window is read once and kept for as"
            " long as there is r…”",
        ),
    ],
)
def test_the_reason_says_how_often_or_how_much_and_what(text: str, reason: str) -> None:
    assert [found.reason for found in repetitions_in(text)][-1:] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "",
        SENTENCE,
        SENTENCE * 2,
        "".join(
            f"## {name}\n\nType: string\n\nDefault: none\n\nReturns: the {name} of it.\n\n"
            for name in NAMES
        ),
        "".join(f"## 1.{k}.0\n\n- Fixed a bug in the {n}.\n\n" for k, n in enumerate(NAMES)),
        "| a | b |\n|---|---|\n" + "".join(f"| {n} | not there in this one |\n" for n in NAMES),
        "The values are " + "12 13 14 15 16 17 18 19 " * 9,
        f"```\n{SENTENCE * 9}\n```\n",
        "".join(f"- Sets the `{name}` of the thing that is drawn.\n" for name in NAMES),
        "Yes. No. No. Yes. No. Yes. Yes. No. Yes. No. No. No. Yes. Yes.",
    ],
)
def test_what_repeats_by_its_nature_is_calm(text: str) -> None:
    assert shown(text) == []


def test_nothing_is_prose_in_a_language_that_is_not_known() -> None:
    assert repetitions_in(SENTENCE * 9, "unknown") == []


words = st.lists(st.integers(0, 3), max_size=40)


@given(words)
def test_distances_are_to_the_last_place_of_the_same_words(terms: list[int]) -> None:
    def distance(at: int) -> int:
        here = terms[at : at + _N]
        return next((d for d in range(1, at + 1) if terms[at - d : at - d + _N] == here), 0)

    expected = [distance(at) for at in range(max(0, len(terms) - _N + 1))]
    assert _distances(np.array(terms, dtype=np.uint64)).tolist() == expected


@given(st.lists(st.sampled_from(["one", "two", "three", "4", "`five`", "six.", "\n\n", "|"])))
def test_a_text_without_four_words_in_a_row_again_repeats_nothing(pieces: list[str]) -> None:
    text = " ".join(pieces * 2)
    found = repetitions_in(text)
    edges = [edge for it in found for edge in (it.span.start, it.span.end)]
    assert edges == sorted(set(edges))
    assert all(it.strength >= FLOOR for it in found)
    unit = units(text)
    places = zip(unit.starts[unit.is_word].tolist(), unit.ends[unit.is_word].tolist(), strict=True)
    said = [text[start:end] for start, end in places]
    rows = {tuple(said[k : k + _N]) for k in range(len(said) - _N + 1)}
    if len(rows) == len(said) - _N + 1 or len(said) < _N:
        assert found == []


@given(texts)
def test_any_text_may_be_searched(text: str) -> None:
    for found in repetitions_in(text * 5):
        assert found.span.of(text * 5)


@pytest.mark.parametrize("text", [*NASTY, "x" * 100_000, "x " * 50_000, "1 2 3 " * 9_000])
def test_nothing_is_too_strange_to_be_searched(text: str) -> None:
    assert len(repetitions_in(text)) <= 1
