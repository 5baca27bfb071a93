import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.ignoring.terms import learnt, sightings
from ppl_engine.text.languages import LANGUAGES
from tests.texts import texts


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("# The Quokka server\n\nIt runs fast.", "markdown", {"the", "quokka", "server"}),
        ("Quokkas\n=======\n\nIt runs.", "restructuredtext", {"quokkas"}),
        ("Set `quokka` to on.", "markdown", {"quokka"}),
        ("**Quokka**: a server.\n", "markdown", {"quokka"}),
        ("| quokka | a server |\n", "markdown", {"quokka"}),
        ("```\nrun_the_quokka(fast)\n```\nIt runs.", "markdown", {"run", "the", "quokka"}),
        ("def load_quokkaHTTP(): # qokka here", "python", {"load", "quokka", "http"}),
        ("class QuokkaServer {}", "java", {"quokka", "server"}),
        ("A sentence about a quokka. It ends (here).", "markdown", set[str]()),
        (r"\section{Quokka}", "latex", {"section", "quokka"}),
    ],
)
def test_where_a_word_is_named(text: str, language: str, named: set[str]) -> None:
    assert set(sightings(text, language).named) == named


def terms(*documents: str, ordinary: str = "") -> frozenset[str]:
    files = [sightings(document, "markdown") for document in documents]
    found = learnt(files, frozenset(ordinary.split()))
    assert not found.named & found.used
    return found.named | found.used


def test_a_slip_made_twice_is_not_learnt() -> None:
    assert terms("the sevrer ran, the sevrer sat", "the sevrer") == frozenset()


def test_a_word_named_in_files_is_learnt() -> None:
    assert terms("# Quokka\n\n`quokka`", "a `quokka` ran") == {"quokka"}
    assert terms("# Quokka\n\n`quokka`", "a `quokka` ran", ordinary="quokka") == frozenset()


def test_a_word_named_and_used_in_one_file_is_learnt() -> None:
    assert terms("# Quokka\n\n`quokka`, quokka, `quokka` quokka") == {"quokka"}
    assert terms("# Quokka\n\n`quokka`, quokka, quokka, quokka") == frozenset()


def test_a_word_used_all_over_the_place_is_learnt() -> None:
    assert terms(*["quokka quokka"] * 4) == {"quokka"}
    files = [sightings("quokka quokka", "markdown")] * 4
    assert learnt(files, frozenset()).used == {"quokka"}
    assert terms(*["quokka quokka quokka"] * 3) == frozenset()


@given(st.lists(st.tuples(texts, st.sampled_from(LANGUAGES)), max_size=3))
def test_any_texts_have_terms_among_their_words(files: list[tuple[str, str]]) -> None:
    seen = [sightings(text, language) for text, language in files]
    found = learnt(seen, frozenset())
    assert found.named | found.used <= {word for one in seen for word in one.used}
