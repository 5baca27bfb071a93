"""Reports of documents that are made up, to be parsed by tests."""

import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from hypothesis import strategies as st

from ppl_engine.cli.check.checked import Allowance, Checked, Run, Tally
from ppl_engine.cli.check.formats.registry import REPORTS
from ppl_engine.cli.check.gates import Breach
from ppl_engine.cli.output import Output
from ppl_engine.cli.session import Session
from ppl_engine.findings.codes import CODES
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.summary import Summary
from ppl_engine.text.spans import Span
from ppl_engine.verdict import Verdict

MODEL = ModelInfo("fake", "1", "cpu", "exact", 64, 1000, "none", ())
SUMMARY = Summary(20.5, 6.0, 1.25, 40.0, 0.5, -100.0, 10, 12, 60)
EMPTY = Summary(None, None, None, None, None, 0.0, 0, 0, 0)

# With lone surrogates, and more of what formats are made of than chance would bring.
_MARKUP = [
    *("|", "`", "``", "*", "_", "<", ">", "&", "&amp;", "]]>", "-->", "<!--", "[a](b)", "![](c)"),
    *("@someone", "#1", "::error::x", "%", "%0A", ":", ",", "\\", "\\|", "\\\\|", "{0}", "“", "”"),
    *("\n", "\r", "\r\n", "\t", "\0", "\x1b[31m", "\x0b", "\x85", "\u2028", "\ufffe", "\ufffd"),
    *("\ud800", "\udcff", "😀", "../", "a b", "www.a.b", "http://a.b", "<code>", "</code>", "~~~"),
]
texts = st.lists(
    st.one_of(st.sampled_from(_MARKUP), st.text(st.characters(), max_size=5)), max_size=8
).map("".join)
some_texts = texts.filter(bool)
_strengths = st.floats(0, 100)
_limits, _values = st.floats(0, 50), st.floats(51, 1e12)


@st.composite
def _findings(draw: st.DrawFn, text: str) -> Finding:
    start = draw(st.integers(0, max(0, len(text) - 1)))
    end = draw(st.integers(min(start + 1, len(text)), len(text)))
    alternative = st.builds(Alternative, texts, st.floats(0, 1), st.one_of(st.none(), _strengths))
    word = draw(texts)
    return Finding(
        code=draw(st.sampled_from(CODES)),
        severity=draw(st.sampled_from(["warning", "information", "hint"])),
        message=draw(st.sampled_from(["“{}” surprises the model; “a” was expected", "{}"])).format(
            word
        ),
        span=Span(start, end),
        text=text[start:end],
        surprisal_bits=draw(_strengths),
        entropy_bits=draw(st.one_of(st.none(), _strengths)),
        rank=draw(st.one_of(st.none(), st.integers(1, 9))),
        alternatives=tuple(draw(st.lists(alternative, max_size=2))),
    )


@st.composite
def documents(draw: st.DrawFn) -> Checked:
    text = draw(texts)
    found = draw(st.lists(_findings(text), max_size=3)) if text else []
    breach = st.builds(
        Breach, st.sampled_from(["max-perplexity", "max-bits-per-byte"]), _values, _limits
    )
    return Checked(
        path=draw(some_texts),
        text=text,
        verdict=Verdict(draw(st.sampled_from([SUMMARY, EMPTY])), tuple(found)),
        n_ignored=draw(st.integers(0, 2)),
        breaches=tuple(draw(st.lists(breach, max_size=2, unique_by=lambda one: one.gate))),
        allowance=draw(
            st.builds(
                Allowance,
                st.one_of(st.none(), st.integers(0, 2)),
                st.one_of(st.none(), texts),
            )
        ),
    )


many_documents = st.lists(documents(), max_size=3)


def report(name: str, checked: Sequence[Checked], *, is_complete: bool = True) -> str:
    """What a report says, as the bytes of a file decode."""
    written = io.TextIOWrapper(
        io.BytesIO(), encoding="utf-8", errors="backslashreplace", newline="\n"
    )
    session = cast(Session, SimpleNamespace(model=MODEL, has_failed=False))
    run = Run(session, Tally())
    made = REPORTS[name](Output(written, has_color=False), run)
    for one in checked:
        run.tally.add(one)
        made.add(one)
    made.end(is_complete=is_complete)
    written.flush()
    assert isinstance(written.buffer, io.BytesIO)
    return written.buffer.getvalue().decode()
