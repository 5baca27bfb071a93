"""What counts as said by a source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.grounding.terms import Vocabulary, number_at, terms, value_of
from ppl_engine.text.spans import Span
from tests.texts import NASTY

SOURCE = (
    "def read_timeout(maxRetries=30, *, size: float = 2.50): ...  # 1_024 bytes, version 3.10.2"
)


def vocabulary(text: str = SOURCE) -> Vocabulary:
    found = Vocabulary()
    found.add(text)
    return found


@pytest.mark.parametrize(
    "word",
    [
        *("read_timeout", "READ_TIMEOUT", "timeout", "Timeouts", "timeout's", "maxRetries"),
        *("maxretries", "retries", "retry", "sized", "sizing", "bytes", "byte", "versions"),
    ],
)
def test_a_source_says_a_word_in_any_case_and_form_and_the_parts_of_names(word: str) -> None:
    assert vocabulary().holds_word(word)


@pytest.mark.parametrize("word", ["read_retries", "readTimeout", "time", "sizable", "verse"])
def test_a_source_does_not_say_what_is_put_together_otherwise(word: str) -> None:
    assert not vocabulary().holds_word(word)


@pytest.mark.parametrize("number", ["30", "030", "30.0", "2.5", "1024", "1,024", "3.10.2", "3.10"])
def test_a_source_says_a_number_however_it_is_written(number: str) -> None:
    assert vocabulary("30 2.5 1_024 3.10.2").holds_number(number)


@pytest.mark.parametrize("number", ["31", "3.1", "2.51", "10.24", "300"])
def test_a_source_does_not_say_another_number(number: str) -> None:
    assert not vocabulary("30 2.5 1_024 3.10.2").holds_number(number)


def test_small_numbers_are_words_too() -> None:
    assert vocabulary("retries = 3").holds_word("three")
    assert vocabulary("It tries three times.").holds_number("3")
    assert not vocabulary("It tries three times.").holds_number("4")


@given(st.text(alphabet="12.,_a '", max_size=12))
def test_a_number_is_the_run_of_digits_and_marks_around_its_first_group(text: str) -> None:
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            found = number_at(text, start, end)
            is_run = text[start:end].isdecimal()
            assert (found is not None) == is_run
            if found is not None:
                assert found.start <= start
                assert found.of(text)[0].isdecimal()
                assert found.of(text)[-1].isdecimal()
                assert not set(found.of(text)) & set("a '")


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("of 1,024 bytes", 5, (3, 8)),
        ("v 3.10.2.", 4, (2, 8)),
        ("a.12", 2, (2, 4)),
        ("7,", 0, (0, 1)),
    ],
)
def test_a_number_with_marks_is_one(text: str, at: int, expected: tuple[int, int]) -> None:
    end = at
    while end < len(text) and text[end].isdecimal():
        end += 1
    assert number_at(text, at, end) == Span(*expected)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_has_terms_and_holds_its_own_words(text: str) -> None:
    known = vocabulary(text)
    assert all(known.holds_word(term) for term in terms(text))


@given(st.integers(0, 10**9))
def test_marks_between_thousands_change_no_value(number: int) -> None:
    assert value_of(f"{number:,}") == value_of(f"{number:_}") == value_of(str(number))
