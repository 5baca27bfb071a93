from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.ignoring.directives import directives
from ppl_engine.text.languages import LANGUAGES
from ppl_engine.text.spans import Span
from tests.texts import characters

pieces = st.lists(
    st.sampled_from(
        [
            "ppl:",
            "<!--",
            "-->",
            " off",
            " on",
            " ignore-next",
            " words",
            " likely-mistake",
            "\n",
            "\n\n",
            "\r\n",
            "# ",
            "// ",
            "/*",
            "*/",
            ".. ",
            "% ",
            "--",
            "`",
            "```",
            "zebra",
            " ",
        ]
    )
    | characters,
    max_size=40,
).map("".join)


def silent(text: str, language: str, code: str = "surprising-word") -> str:
    """The text with a `-` in the place of each character where nothing is to be found."""
    said = directives(text, language)
    return "".join(
        "-" if said.silence(code, Span(i, i + 1)) and character not in "\r\n" else character
        for i, character in enumerate(text)
    )


def words_left(text: str, language: str, code: str = "surprising-word") -> str:
    return " ".join(silent(text, language, code).replace("-", " ").split())


@pytest.mark.parametrize(
    ("language", "off", "on"),
    [
        ("markdown", "<!-- ppl: off -->", "<!-- ppl: on -->"),
        ("markdown", "<!--ppl:off-->", "<!--ppl:on-->"),
        ("mdx", "{/* ppl: off */}", "{/* ppl: on */}"),
        ("html", "<p><!-- ppl: off\n-- generated -->", "<!-- PPL --><!-- ppl: on -->"),
        ("restructuredtext", ".. ppl: off", "   .. ppl: on"),
        ("rst", ".. ppl: off", ".. ppl: on"),
        ("latex", "% ppl: off", "% ppl: on"),
        ("asciidoc", "// ppl: off", "// ppl: on"),
        ("git-commit", "# ppl: off", "# ppl: on"),
        ("python", "# ppl: off", "x = 1  # ppl: on"),
        ("rust", "// ppl: off", "/* ppl: on */"),
        ("sql", "-- ppl: off", "-- ppl: on"),
        ("yaml", "# ppl: off", "# ppl: on"),
    ],
)
def test_off_and_on_in_the_comments_of_a_format(language: str, off: str, on: str) -> None:
    text = f"one\n{off}\ntwo\n{on}\nthree\n"
    said = directives(text, language)
    assert said.problems == ()
    assert [said.silence("repetition", Span(text.find(w), text.find(w) + 1)) for w in
            ("one", "two", "three")] == [False, True, False]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("plaintext", "<!-- ppl: off --> # ppl: off"),
        ("unknown", "# ppl: off"),
        ("markdown", "# ppl: off"),
        ("markdown", "`<!-- ppl: off -->` is how"),
        ("markdown", "```\n<!-- ppl: off -->\n```\n"),
        ("markdown", "~~~~ text\n```\n<!-- ppl: off -->\n~~~~~\n"),
        ("markdown", "<!-- ppl: off"),
        ("markdown", "<!-- see ppl: off -->"),
        ("latex", r"5\% ppl: off"),
        ("python", "url = 'http://#ppl: off'"),
        ("rust", "see http:// ppl: off".replace(" ", "")),
        ("asciidoc", "a // ppl: off"),
        ("restructuredtext", "a .. ppl: off"),
    ],
)
def test_what_is_no_comment_to_us(language: str, text: str) -> None:
    assert silent(text, language) == text
    assert directives(text, language).problems == ()


def test_off_without_on_is_off_to_the_end() -> None:
    assert words_left("one <!-- ppl: off --> two\n\nthree", "markdown") == "one"


def test_a_kind_of_finding_may_be_switched_off_alone() -> None:
    text = "a <!-- ppl: off likely-mistake --> b <!-- ppl: on --> c"
    said = directives(text, "markdown")
    assert said.silence("likely-mistake", Span(36, 37))
    assert not said.silence("surprising-word", Span(36, 37))
    assert words_left(text, "markdown", "likely-mistake") == "a c"


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [
        ("a\n\n<!-- ppl: ignore-next -->\nb\nc\n\nd", "markdown", "a d"),
        ("a\n\n<!-- ppl: ignore-next -->\n\nb\nc\n\nd", "markdown", "a d"),
        ("a <!-- ppl: ignore-next --> b\nc\n\nd", "markdown", "a d"),
        ("<!-- ppl: ignore-next -->\n\n# b\n\nc", "markdown", "c"),
        ("* a\n<!-- ppl: ignore-next -->\n* b\n* c", "markdown", "* a * c"),
        ("% ppl: ignore-next\nb\n\nc", "latex", "c"),
        ("# ppl: ignore-next\n# b\n# c\n#\n# d", "python", "# d"),
        ("# ppl: ignore-next\n# b\n\n# d", "python", "# d"),
        ("<!-- ppl: ignore-next -->", "markdown", ""),
    ],
)
def test_ignore_next_is_about_a_block(text: str, language: str, left: str) -> None:
    assert words_left(text, language) == left


def test_words_of_a_file_are_its_dictionary() -> None:
    said = directives("<!-- ppl: words foo, Bar\n baz -- ours -->\n# ppl: words x", "markdown")
    assert said.words == ("foo", "Bar", "baz")
    assert said.dictionary.holds("FOO")
    assert not said.dictionary.holds("bar")


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("of", "“ppl: of” is no instruction; did you mean “off”?"),
        ("ignore", "“ppl: ignore” is no instruction; did you mean “ignore-next”?"),
        (
            "quiet",
            "“ppl: quiet” is no instruction; there are off, on, ignore-next, words.",
        ),
        ("off likely-mistakes", "“likely-mistakes” is no kind of finding; "
         "did you mean “likely-mistake”?"),
        ("words", "“ppl: words” is followed by no words."),
        ("", "“ppl:” is followed by nothing; there are off, on, ignore-next, words."),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_reported_at_its_place(comment: str, message: str) -> None:
    text = f"a <!-- ppl: {comment} --> b"
    (problem,) = directives(text, "markdown").problems
    assert problem.message == message
    assert problem.span.of(text) == f"<!-- ppl: {comment} -->"
    assert silent(text, "markdown") == text


def test_a_comment_about_perplexity_is_no_instruction() -> None:
    assert directives("# ppl: 23.4 after an epoch", "python").problems == ()


@given(pieces, st.sampled_from(LANGUAGES))
def test_any_text_has_directives_and_silence_is_in_it(text: str, language: str) -> None:
    said = directives(text, language)
    for spans in said.silenced.values():
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
        assert all(one.end < other.start for one, other in pairwise(spans))
    for problem in said.problems:
        assert "ppl:" in problem.span.of(text)


@given(pieces, st.integers(0, 60), st.integers(0, 5))
def test_a_span_is_silenced_where_one_of_its_places_is(text: str, start: int, n: int) -> None:
    said = directives(text, "markdown")
    span = Span(start, start + n + 1)
    places = (Span(at, at + 1) for at in range(span.start, span.end))
    assert said.silence("repetition", span) == any(
        said.silence("repetition", place) for place in places
    )


@pytest.mark.parametrize("part", ["ppl:", "<!-- ppl: ignore-next -->", "`", "<!--", "# ppl: on "])
def test_a_long_line_takes_no_more_than_its_length(part: str) -> None:
    # Quadratic time would make this take minutes.
    text = part * (1_000_000 // len(part))
    directives(text, "markdown")
    directives(text + "ppl:", "python")
