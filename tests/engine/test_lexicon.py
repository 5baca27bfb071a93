"""Which words are known, and which are near, told by a slow and obvious measure of distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.english.lexicon import load_lexicon
from ppl_engine.findings.correction.confusions import CONFUSIONS
from ppl_engine.findings.correction.irregular import IRREGULAR
from ppl_engine.findings.correction.lexicon import Lexicon
from tests.texts import texts

SMALL = Lexicon.of(["the\t20", "Python\t14", "work\t12", "works\t11", "polish\t8", "Polish\t9"])


def distance(one: str, other: str) -> int:
    """Edits from one word to the other where no letter is edited twice, by the textbook's table."""
    rows = [
        [max(i, j) if not min(i, j) else 0 for j in range(len(other) + 1)]
        for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if min(i, j) > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@pytest.mark.parametrize(
    "word",
    [
        *("the", "The", "THE", "Python", "PYTHON", "English", "I", "GitHub", "JavaScript"),
        *("receive", "separate", "occurred", "dependent", "dependant", "organise", "organize"),
        *("naïve", "don't", "user's", "users'", "well-known", "non-empty", "windows"),
        *("reconfigurable", "unparseable", "resendable", "deserializer", "namespaces"),
    ],
)
def test_words_are_known(word: str) -> None:
    assert load_lexicon().knows(word)


@pytest.mark.parametrize(
    "word",
    [
        *("teh", "recieve", "seperate", "occured", "accomodate", "untill", "wich", "definately"),
        *("dont", "doesnt", "truely", "argueing", "goverment", "adress", "hte", "compatability"),
        *("python", "english", "occurence", "refered", "overriden", "programatically", "alot"),
        *("", "-", "'", "x1", "a_b", "\ud800", "well-knwon"),
    ],
)
def test_misspellings_and_what_is_no_word_are_not_known(word: str) -> None:
    assert not load_lexicon().knows(word)


def test_a_form_with_capitals_is_not_that_without() -> None:
    assert SMALL.knows("Polish")
    assert SMALL.knows("polish")
    assert SMALL.knows("Python")
    assert not SMALL.knows("python")
    assert not SMALL.knows("pYthon")


def test_what_was_counted_is_told_and_zero_for_the_rest() -> None:
    assert SMALL.count("the") == SMALL.count("The") == 1 << 20
    assert SMALL.count("polish") < SMALL.count("Polish")
    assert SMALL.count("python") == SMALL.count("nothing") == 0


def test_lines_that_are_none_are_passed_over() -> None:
    odd = Lexicon.of(["", "\t", "word", "word\t", "word\tx", "\t7", "fine\t7\n", "two\t²"])
    assert list(odd.levels) == ["fine"]


@given(
    st.lists(st.text("abcAé'", min_size=1, max_size=6), max_size=40),
    st.text("abcAé", max_size=6),
    st.integers(0, 2),
)
def test_near_words_are_those_that_so_few_edits_turn_into_it(
    listed: list[str], word: str, n_edits: int
) -> None:
    lexicon = Lexicon.of(f"{form}\t{len(form)}" for form in listed)
    near = lexicon.near(word, n_edits)
    wanted = {
        form.lower() for form in listed if 0 < distance(form.lower(), word.lower()) <= n_edits
    }
    assert {form.lower() for form in near} == wanted
    assert len(near) == len(wanted)
    assert set(near) <= set(listed)
    distances = [distance(form.lower(), word.lower()) for form in near]
    assert distances == sorted(distances)


@given(texts)
def test_any_text_may_be_asked_for(text: str) -> None:
    assert load_lexicon().knows(text) in {True, False}
    assert load_lexicon().count(text) >= 0
    assert text not in load_lexicon().near(text, 1)


def test_the_list_is_large_and_in_order() -> None:
    lexicon = load_lexicon()
    assert 50_000 < len(lexicon.levels) < 70_000
    assert lexicon.count("the") > lexicon.count("receive") > lexicon.count("dependant") > 0
    assert list(lexicon.levels) == sorted(lexicon.levels)


def test_the_tables_hold_words_and_go_both_ways() -> None:
    for table in (CONFUSIONS, IRREGULAR):
        for word, others in table.items():
            assert word not in others
            assert all(word in table[other] for other in others)
    known = [word for word in CONFUSIONS if all(load_lexicon().knows(p) for p in word.split())]
    assert len(known) > 0.98 * len(CONFUSIONS)
