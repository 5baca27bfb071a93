"""The text of a document in a page is the text, and every word is in its band."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.heat import bands
from ppl_engine.report.heat_text import heat_html, is_drawn
from ppl_engine.report.markup import shown
from ppl_engine.text.spans import Span
from tests.report.samples import analyzed, disjoint_findings, finding, hostile, parsed


@given(st.data())
def test_what_stands_in_the_page_is_the_text_and_nothing_else(data: st.DataObject) -> None:
    text = data.draw(hostile)
    findings = data.draw(disjoint_findings(text))
    html = "".join(heat_html(text, analyzed(text).words, findings, "d1", {0: "top"}))
    html.encode()
    root = parsed(html)
    assert root.text.replace("\n", "") == shown(text).replace("\n", "")
    assert "".join(one.text for one in root.all("p")) == shown(text)
    assert {one.tag for one in root.all()} <= {"div", "p", "span", "mark", "a"}


@given(st.data())
def test_findings_are_marked_where_they_are(data: st.DataObject) -> None:
    text = data.draw(hostile)
    findings = data.draw(disjoint_findings(text))
    root = parsed("".join(heat_html(text, analyzed(text).words, findings, "d1", {})))
    marked = "".join(one.text for one in root.all("mark"))
    assert marked == "".join(shown(text)[one.span.start : one.span.end] for one in findings)
    ids = [one.attributes["id"] for one in root.all("mark") if "id" in one.attributes]
    assert ids == [f"d1-f{number}" for number in range(1, len(findings) + 1)]
    numbers = [one.attributes["data-n"] for one in root.all("a")]
    assert numbers == [str(number) for number in range(1, len(findings) + 1)]


@given(st.data())
def test_a_paragraph_lists_the_numbers_of_its_words(data: st.DataObject) -> None:
    text = data.draw(hostile)
    words = analyzed(text).words
    findings = data.draw(disjoint_findings(text))
    root = parsed("".join(heat_html(text, words, findings, "d1", {})))
    listed: list[str] = []
    for paragraph in root.all("p"):
        numbers = paragraph.attributes.get("data-b", "").split()
        assert len(numbers) == len(paragraph.all("span"))
        assert len(paragraph.attributes.get("data-h", "").split()) == len(numbers)
        listed += numbers
    chosen = is_drawn(words)
    bits = words.surprisal_bits[chosen]
    assert listed == ["-" if np.isnan(one) else str(round(float(one) * 10)) for one in bits]
    classes = [one.attributes.get("class", "") for one in root.all("span")]
    expected = [f"h{band}" if band else "" for band in bands(bits).tolist()]
    assert classes == expected


def test_words_are_in_their_bands() -> None:
    text = "the wild zebra ran on"
    root = parsed("".join(heat_html(text, analyzed(text).words, [], "d1", {})))
    found = [(one.text, one.attributes.get("class", "")) for one in root.all("span")]
    assert found == [("the", ""), ("wild", ""), ("zebra", "h5"), ("ran", ""), ("on", "")]
    assert root.one("p").attributes == {"data-b": "- 10 400 10 10", "data-h": "- 20 20 20 20"}


def test_a_finding_over_paragraphs_is_marked_in_each_and_numbered_at_its_end() -> None:
    text = "one two\n\nthree four\n\nfive"
    found = finding(Span(4, 19), text[4:19], "surprising-passage")
    root = parsed("".join(heat_html(text, analyzed(text).words, [found], "d1", {9: "second"})))
    assert [one.text for one in root.all("mark")] == ["two\n\n", "three four"]
    assert [one.attributes.get("id") for one in root.all("p")] == [None, "second", None]
    (reference,) = root.all("p")[1].all("a")
    assert reference.attributes["href"] == "#d1-n1"
    assert reference.text == ""


def test_of_a_word_that_a_finding_cuts_the_first_part_is_the_word() -> None:
    text = "zebra zebra"
    found = finding(Span(8, 11), text[8:11])
    root = parsed("".join(heat_html(text, analyzed(text).words, [found], "d1", {})))
    assert [one.text for one in root.all("span")] == ["zebra", "ze"]
    assert root.one("mark").text == "bra"


def test_long_texts_are_laid_out_in_parts() -> None:
    text = "a line of words\n\n" * 2000
    root = parsed("".join(heat_html(text, analyzed(text).words, [], "d1", {})))
    lengths = [len(part.text) for part in root.all("div")]
    assert sum(len(one.text) for one in root.all("p")) == len(text)
    assert max(lengths) < 4000
