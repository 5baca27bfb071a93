"""A page holds everything it needs, asks for nothing, and no text can break out of its place."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.report.markup import data, escaped, shown
from ppl_engine.report.page import page_html
from ppl_engine.report.values import About, Reported
from ppl_engine.text.spans import Span
from tests.report.samples import (
    Element,
    about,
    analyzed,
    documents,
    finding,
    hostile,
    page,
    parsed,
)
from tests.texts import NASTY

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "script", "header", "main", "section"),
    *("h1", "h2", "h3", "h4", "h5", "p", "div", "span", "bdi", "a", "mark", "strong", "small"),
    *("dl", "dt", "dd", "ol", "ul", "li", "q", "sub", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "figure", "figcaption", "svg", "g", "path", "rect"),
}
ATTRIBUTES = {
    *("id", "class", "lang", "charset", "content", "name", "http-equiv", "open", "role", "dir"),
    *("tabindex", "scope", "href", "type", "viewbox", "preserveaspectratio", "d"),
    *("x", "y", "width", "height"),
}


def names(root: Element) -> set[str]:
    found = {name for one in root.all() for name in one.attributes}
    return {name for name in found if not name.startswith(("data-", "aria-"))}


@settings(max_examples=40, deadline=None)
@given(st.lists(documents(), max_size=3), hostile)
def test_no_text_becomes_markup(reported: list[Reported], title: str) -> None:
    root = parsed(page(*reported, said=about(title)))
    assert {one.tag for one in root.all()} <= TAGS
    assert names(root) <= ATTRIBUTES
    assert root.one("h1").text == shown(title)
    assert root.one("head").one("title").text == shown(title)
    kinds = [one.attributes.get("type") for one in root.all("script")]
    assert kinds.count(None) == 1
    assert set(kinds) <= {None, "application/json"}
    assert [one.one("h3").text for one in root.all("details")] == [
        shown(one.path) for one in reported
    ]
    for one, shown_as in zip(reported, root.all(of_class="text"), strict=True):
        paragraphs = [part for part in shown_as.all("p") if "class" not in part.attributes]
        written = "".join(part.text for part in paragraphs)
        assert written == shown(one.analysis.text)


@settings(max_examples=40, deadline=None)
@given(st.lists(documents(), max_size=2))
def test_every_link_leads_somewhere_in_the_page(reported: list[Reported]) -> None:
    root = parsed(page(*reported))
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for one in root.all("a"):
        href = one.attributes["href"]
        assert href.startswith("#")
        assert href[1:] in ids
    for one in root.all():
        labelled = one.attributes.get("aria-labelledby")
        assert labelled is None or labelled in ids


def test_the_policy_allows_the_script_and_the_style_of_the_page_and_nothing_else() -> None:
    root = parsed(page(Reported("a.md", analyzed("the wild zebra"), [])))
    (policy,) = [
        one.attributes["content"]
        for one in root.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": digest(next(o for o in root.all("script") if not o.attributes).text),
        "style-src": digest(root.one("style").text),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_nothing_is_loaded_from_anywhere() -> None:
    html = page(Reported("a.md", analyzed("the wild zebra"), []))
    root = parsed(html)
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {
        one.tag for one in root.all()
    }
    assert not [one for one in root.all() if {"src", "srcset", "style"} & set(one.attributes)]
    assert not re.search(r"@import|url\(", root.one("style").text)
    addresses = set(re.findall(r"https?://[^\s\"')]+", html))
    assert addresses == {"https://github.com/leeoniya/uPlot"}  # in a comment of its own


@pytest.mark.parametrize("text", NASTY)
def test_any_text_can_be_reported(text: str) -> None:
    html = page(Reported(text, analyzed(text), []))
    html.encode()
    assert parsed(html).one("h3").text == shown(text)


@given(hostile)
def test_what_is_shown_has_the_length_of_the_text(text: str) -> None:
    assert len(shown(text)) == len(text)
    escaped(text).encode()
    for before, after in zip(text, shown(text), strict=True):
        if before.isprintable() or before in "\n\t":
            assert after == before
    assert not any(0xD800 <= ord(one) < 0xE000 or one == "\0" for one in shown(text))


@given(st.recursive(hostile | st.integers() | st.none(), st.lists))
def test_data_stays_in_its_element(value: object) -> None:
    written = data(value)
    assert json.loads(written) == value
    assert not set("<>&") & set(written)
    assert written.isascii()


def test_a_report_of_nothing_says_so() -> None:
    root = parsed(page(said=About("Empty", "now", "1", None, ("Something is missing.",))))
    assert root.one(of_class="notice").text == "Something is missing."
    assert [one.text for one in root.one("dl").all("dd")][:2] == ["0", "0"]
    assert root.all("details") == []


def test_headings_go_down_one_level_at_a_time() -> None:
    text = "# One\n\nthe wild zebra\n\n## Two\n\nran on\n"
    found = finding(Span(7, 10), "the")
    root = parsed(page(Reported("a.md", analyzed(text), [found])))
    levels = [int(one.tag[1]) for one in root.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert found.message in root.one(of_class="message").text


def test_a_document_is_written_before_the_next_is_asked_for() -> None:
    spool = io.StringIO(newline="")
    sizes: list[int] = []

    def asked() -> Iterator[Reported]:
        for _ in range(3):
            yield Reported("a.md", analyzed("the wild zebra " * 100), [])
            sizes.append(spool.tell())

    head = next(page_html(asked(), spool, about))
    assert head.startswith("<!DOCTYPE html>")
    assert sizes == sorted(set(sizes))
    assert len(sizes) == 3


def test_the_page_grows_with_the_text_and_no_faster() -> None:
    lengths = [
        len(page(Reported("a", analyzed("a wild zebra ran.\n\n" * n), []))) for n in (0, 500, 1000)
    ]
    assert lengths[2] - lengths[1] < 1.1 * (lengths[1] - lengths[0])
