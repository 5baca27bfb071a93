from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.codes import CODES
from ppl_engine.ignoring.baseline import Baseline, accepted
from ppl_engine.ignoring.dictionary import Dictionary
from ppl_engine.ignoring.fingerprint import fingerprint
from ppl_engine.ignoring.rules import NO_RULES, Rules, kept, sift
from ppl_engine.ignoring.terms import Terms
from ppl_engine.text.languages import LANGUAGES
from tests.ignoring.making import finding_at, found
from tests.texts import texts

TEXT = "The zebra ran.\n\nA zebra and a gnu stood by the zebra.\n"
ZEBRA = Dictionary.of(["zebra"])


def texts_of(text: str, rules: Rules, code: str = "surprising-word") -> list[str]:
    findings = found(text, "zebra", "gnu", code=code)
    return [one.text for one in kept(findings, text, "markdown", rules)]


@pytest.mark.parametrize("code", ["surprising-word", "likely-mistake"])
def test_words_of_a_dictionary_are_not_doubted(code: str) -> None:
    assert texts_of(TEXT, Rules(dictionaries=(Dictionary(), ZEBRA)), code) == ["gnu"]


def test_a_dictionary_says_nothing_of_passages() -> None:
    rules = Rules(dictionaries=(ZEBRA,))
    assert texts_of(TEXT, rules, "surprising-passage") == ["zebra", "zebra", "gnu", "zebra"]


def test_codes_severities_and_whole_documents() -> None:
    assert texts_of(TEXT, Rules(codes_off=frozenset({"surprising-word"}))) == []
    assert len(texts_of(TEXT, Rules(codes_off=frozenset({"repetition"})))) == 4
    assert texts_of(TEXT, Rules(is_excluded=True)) == []
    hints = kept(found(TEXT, "gnu"), TEXT, "", Rules(severities={"surprising-word": "hint"}))
    assert [one.severity for one in hints] == ["hint"]


def test_a_term_of_the_project_is_not_doubted() -> None:
    for terms in (Terms(named=frozenset({"zebra"})), Terms(used=frozenset({"zebra"}))):
        assert texts_of(TEXT, Rules(terms=terms)) == ["gnu"]
    assert texts_of(TEXT, Rules(terms=Terms(used=frozenset({"zebra"}))), "likely-mistake")[0]
    named = Rules(terms=Terms(named=frozenset({"zebra"})))
    assert texts_of(TEXT, named, "likely-mistake") == ["gnu"]


def test_a_term_may_be_a_slip_for_another_term() -> None:
    # The alternative of the findings is “horse”.
    rules = Rules(terms=Terms(named=frozenset({"zebra"}), used=frozenset({"horse"})))
    assert len(texts_of(TEXT, rules, "likely-mistake")) == 4
    assert texts_of(TEXT, rules) == ["gnu"]


def test_what_is_accepted_is_not_shown_as_often_as_it_was_accepted() -> None:
    text = "A zebra ran.\n\n# B\n\nA zebra ran.\n\nA gnu.\n"
    findings = found(text, "zebra", "gnu")
    once = {fingerprint(findings[0], text): 1}
    assert [one.span.start for one in kept(findings, text, "", Rules(accepted=once))] == [
        findings[1].span.start,
        findings[2].span.start,
    ]
    sifted = sift(findings, text, "", Rules(accepted={fingerprint(findings[0], text): 2}))
    assert (len(sifted.findings), sifted.n_ignored) == (1, 2)


def test_what_is_ignored_otherwise_uses_up_nothing_of_the_baseline() -> None:
    text = "<!-- ppl: ignore-next -->\nA zebra ran.\n\nA zebra ran.\n"
    findings = found(text, "zebra")
    rules = Rules(accepted={fingerprint(findings[1], text): 1})
    assert kept(findings, text, "markdown", rules) == ()


sentences = st.lists(
    st.sampled_from(["the", "wild", "zebra", "ran", "far", "from", "home"]), min_size=2, max_size=8
).map(lambda words: " ".join(["A", *words]) + ".")
paragraphs = st.lists(sentences, min_size=1, max_size=3).map("\n".join)


@given(paragraphs, st.lists(paragraphs | texts, max_size=3), st.lists(paragraphs, max_size=3))
def test_a_fingerprint_survives_edits_in_other_paragraphs(
    paragraph: str, before: list[str], after: list[str]
) -> None:
    start = paragraph.index(" ") + 1
    alone = fingerprint(finding_at(paragraph, start, start + 3), paragraph)
    text = "\n\n".join([*before, paragraph, *after])
    if before:
        text = "\n\n".join([*before, "# A heading", paragraph, *after])
    at = text.rindex(paragraph, 0, len(text) - len("\n\n".join(["", *after])) or None) + start
    assert fingerprint(finding_at(text, at, at + 3), text) == alone


@given(sentences, sentences, sentences)
def test_a_fingerprint_survives_edits_in_other_sentences_and_new_line_breaks(
    sentence: str, before: str, after: str
) -> None:
    text = f"{before} {sentence} {after}"
    start = len(before) + 1
    moved = sentence.replace(" ", "\n", 1)
    assert fingerprint(finding_at(text, start, start + 1), text) == fingerprint(
        finding_at(moved, 0, 1), moved
    )


def test_fingerprints_tell_apart_what_differs() -> None:
    text = "A zebra ran. A zebra sat."
    one, other = found(text, "zebra")
    names = {fingerprint(one, text), fingerprint(other, text)}
    assert len(names) == 2
    assert fingerprint(replace(one, code="likely-mistake"), text) not in names


@given(texts, st.sampled_from(LANGUAGES), st.data())
def test_any_text_is_sifted(text: str, language: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    places = data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=4).map(sorted))
    findings = [
        finding_at(text, start, end, data.draw(st.sampled_from(CODES))) for start, end in places
    ]
    sifted = sift(findings, text, language, NO_RULES)
    assert len(sifted.findings) + sifted.n_ignored == len(findings)
    baseline = Baseline().having("a", accepted(findings, text))
    rules = Rules(accepted=baseline.counts("a"))
    assert kept(findings, text, language, rules) == ()
    assert kept([*findings, *findings], text, language, rules) == sifted.findings
