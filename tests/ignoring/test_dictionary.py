import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.ignoring.dictionary import Dictionary, entries, with_entry
from tests.texts import texts


@pytest.mark.parametrize(
    ("entry", "word", "is_held"),
    [
        ("zebra", "zebra", True),
        ("zebra", "Zebra", True),
        ("zebra", "ZEBRA", True),
        ("zebra", "zebra's", True),
        ("zebra", "zebra’s", True),
        ("zebra", "ZEBRA'S", True),
        ("zebra", "zebras", False),
        ("GitHub", "GitHub", True),
        ("GitHub", "GITHUB", True),
        ("GitHub", "GitHub’s", True),
        ("GitHub", "github", False),
        ("GitHub", "Github", False),
        ("NASA", "NASA's", True),
        ("NASA", "nasa", False),
        ("rock ’n’ roll", "rock 'n'  roll", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("straße", "STRASSE", True),
        ("it's", "it’s", True),
    ],
)
def test_which_words_an_entry_covers(entry: str, word: str, is_held: bool) -> None:  # noqa: FBT001
    assert Dictionary.of([entry]).holds(word) is is_held


@given(st.lists(texts), texts)
def test_any_text_is_an_entry_and_a_word(words: list[str], word: str) -> None:
    dictionary = Dictionary.of(words)
    assert all(dictionary.holds(one) for one in words if one.split())
    assert Dictionary().holds(word) is False
    assert dictionary.holds("") is False


def test_a_file_lists_a_word_a_line_and_comments() -> None:
    content = "# ours\r\n\r\n zebra \rC#\nhoof and mouth\n  # more\nfoo"
    assert list(entries(content)) == ["zebra", "C#", "hoof and mouth", "foo"]


@given(st.text(st.sampled_from("ab# \r\n")), st.text(st.sampled_from("abC"), min_size=1))
def test_a_word_that_is_added_is_there_and_all_else_stays(content: str, word: str) -> None:
    after = with_entry(content, word)
    assert after.startswith(content)
    assert set(entries(after)) == {*entries(content), word}
    assert with_entry(after, word) == after


def test_the_line_ends_of_a_file_are_kept() -> None:
    assert with_entry("a\r\nb", "c") == "a\r\nb\r\nc\r\n"
    assert with_entry("", "c") == "c\n"
