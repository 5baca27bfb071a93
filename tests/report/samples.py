"""Documents for reports, by a model with readable costs, and a reader of pages."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from hypothesis import strategies as st

from ppl_engine.analysis import Analysis
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.codes import CODES
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.report.page import page_html
from ppl_engine.report.values import About, Reported
from ppl_engine.scoring.document import run
from ppl_engine.text.spans import Span
from tests.cli.fake_scorer import CALIBRATION, FakeScorer
from tests.texts import texts

VOID = {"meta", "link", "br", "img", "input"}
ANY_WORD = Thresholds(n_cold_tokens=0, max_per_1000_words=1000)

markup = st.sampled_from(
    (
        *("<", ">", "&", '"', "'", "</script>", "</p>", "<!--", "-->", "]]>", "<script>"),
        *("&lt;", "&#0;", "&amp", "<svg/onload=x>", "{}", "javascript:", "\\u003c", "\n# A\n"),
    )
)
hostile = st.lists(st.one_of(texts, markup), max_size=12).map("".join)
"""Texts that try to be markup."""


def analyzed(text: str, language: str = "markdown") -> Analysis:
    """Analyze with the fake of the command line: `zebra` costs 40 bits, other tokens 1."""
    engine = Engine(FakeScorer(), knowledge=Knowledge(calibration=CALIBRATION))
    return run(engine.analyze(text, language=language, thresholds=ANY_WORD))


def finding(span: Span, text: str, code: str = "surprising-word") -> Finding:
    return Finding(
        code=code,
        severity="warning" if code == "likely-mistake" else "information",
        message=f"about {text}",
        span=span,
        text=text,
        surprisal_bits=20.0,
        entropy_bits=None,
        rank=None,
        alternatives=(Alternative(text, 0.5), Alternative("", 0.25, 3.0)),
    )


@st.composite
def disjoint_findings(draw: st.DrawFn, text: str) -> tuple[Finding, ...]:
    """Findings anywhere in a text, in order, whatever words and lines they cut."""
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    codes = draw(st.lists(st.sampled_from(CODES), min_size=4, max_size=4))
    return tuple(
        finding(span, span.of(text), code) for span, code in zip(spans, codes, strict=False)
    )


@st.composite
def documents(draw: st.DrawFn) -> Reported:
    analysis = analyzed(draw(hostile))
    return Reported(draw(hostile), analysis, draw(disjoint_findings(analysis.text)))


def about(title: str = "A title") -> About:
    return About(title, "2026-01-02 03:04 UTC", "1.2.3", FakeScorer().model)


def page(*reported: Reported, said: About | None = None) -> str:
    spool = io.StringIO(newline="")
    return "".join(page_html(reported, spool, lambda: said or about()))


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, tag: str | None = None, of_class: str | None = None) -> "list[Element]":
        """Every element below this one, in the order of the page."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                classes = child.attributes.get("class", "").split()
                if tag in {None, child.tag} and (of_class is None or of_class in classes):
                    found.append(child)
                found.extend(child.all(tag, of_class))
        return found

    def one(self, tag: str | None = None, of_class: str | None = None) -> "Element":
        (found,) = self.all(tag, of_class)
        return found


class _Reader(HTMLParser):
    """Demands that what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def parsed(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (root,) = reader.open
    return root
