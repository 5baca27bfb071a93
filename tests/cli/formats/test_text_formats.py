"""Annotations, JUnit and Markdown, read as what they are made for reads them."""

import re
from xml.etree import ElementTree as Xml

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ppl_engine.cli.check.checked import Allowance, Checked
from ppl_engine.cli.check.gates import Breach, breaches
from ppl_engine.cli.check.paths import relative
from ppl_engine.cli.output import on_terminal
from ppl_engine.configuration.gates import Gates
from ppl_engine.findings.finding import Finding
from ppl_engine.text.spans import Span
from ppl_engine.verdict import Verdict
from tests.cli.reporting import SUMMARY, many_documents, report

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def commands(log: str) -> tuple[list[tuple[str, dict[str, str], str]], list[str]]:
    """Read a log as the runner does: commands, unescaped, and the lines that are none."""
    found: list[tuple[str, dict[str, str], str]] = []
    rest: list[str] = []
    for line in re.split(r"\r\n|\r|\n", log):
        match = re.match(r"\s*::([a-z]+) ?(.*?)::(.*)", line, flags=re.DOTALL)
        if match is None:
            rest.append(line)
            continue
        pairs = (pair.split("=", 1) for pair in match[2].split(",") if pair)
        said = {key: _unescaped(value, "%3A", "%2C") for key, value in pairs}
        found.append((match[1], said, _unescaped(match[3])))
    return found, rest


def _unescaped(text: str, *more: str) -> str:
    escapes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
    for escape in ("%0D", "%0A", *more):
        text = text.replace(escape, escapes[escape])
    return text.replace("%25", "%")


def as_written(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_an_annotation_says_what_was_found_and_nothing_else_is_a_command(
    documents: list[Checked],
) -> None:
    found, rest = commands(report("github", documents))
    expected = [
        (as_written(relative(one.path)), as_written(said))
        for one in documents
        for said in [
            *(breach.message for breach in one.breaches),
            *(on_terminal(finding.message) for finding in one.verdict.findings),
        ]
    ]
    of_files = [(said["file"], data) for _, said, data in found if "file" in said]
    assert of_files == expected
    assert {name for name, _, _ in found} <= {"error", "warning", "notice"}
    assert len(rest) == 2
    assert re.fullmatch(r"\d+ findings? in \d+ files?", rest[0])


def test_an_annotation_has_columns_within_a_line_only() -> None:
    text = "one\ntwo three\n"
    inside, across = Span(4, 7), Span(0, 7)
    found = tuple(
        Finding("repetition", "hint", "x", span, span.of(text), 1.0, None, None, ())
        for span in (inside, across)
    )
    log = report("github", [Checked("a.md", text, Verdict(SUMMARY, found))])
    assert log.split("\n")[:2] == [
        "::notice file=a.md,line=2,endLine=2,col=1,endColumn=3,title=repetition::x",
        "::notice file=a.md,line=1,endLine=2,title=repetition::x",
    ]


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_junit_is_well_formed_and_counts(documents: list[Checked]) -> None:
    written = report("junit", documents)
    root = Xml.fromstring(written.encode())
    (suite,) = root
    cases = list(suite)
    failing = [case for case in cases if case.find("failure") is not None]
    assert suite.attrib["tests"] == root.attrib["tests"] == str(len(cases))
    assert suite.attrib["failures"] == root.attrib["failures"] == str(len(failing))
    for one, case in zip(documents, cases, strict=False):
        failure = case.find("failure")
        n_found = len(one.verdict.findings) + len(one.breaches)
        assert (failure is None) == (n_found == 0)
        if failure is not None:
            assert len(re.findall("(?:error|warning|information|hint) ", failure.text or "")) >= (
                n_found
            )


def leaves(tokens: list[Token]) -> list[Token]:
    return [leaf for token in tokens for leaf in (token.children or [token])]


def outside_of_code(tokens: list[Token]) -> str:
    """The text that is read for mentions."""
    said: list[str] = []
    depth = 0
    for token in leaves(tokens):
        if token.type == "html_inline":
            depth += {"<code>": 1, "</code>": -1}[token.content]
        elif token.type in {"text", "text_special"} and not depth:
            said.append(token.content)
    assert depth == 0
    return "".join(said)


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_no_document_leads_markdown(documents: list[Checked]) -> None:
    tokens = MARKDOWN.parse(report("markdown", documents))
    shown = [one for one in documents if one.verdict.findings or one.breaches]
    kinds = [token.type for token in tokens]
    assert kinds.count("tr_open") == (len(shown) + 1 if shown else 0)
    assert kinds.count("td_open") == 4 * len(shown)
    n_found = sum(len(one.verdict.findings) for one in documents)
    assert kinds.count("fence") == n_found
    assert kinds.count("heading_open") == 1 + sum(1 for one in documents if one.verdict.findings)
    assert not {"html_block", "code_block", "hr", "blockquote_open", "bullet_list_open"} & set(
        kinds
    )
    inner = {leaf.type for leaf in leaves(tokens)}
    assert not inner & {"link_open", "image", "em_open", "s_open"}
    assert not re.search(r"[@#!]\w", outside_of_code(tokens))


def code_cells(tokens: list[Token]) -> list[str]:
    """The first cell of each row of the table, as it is seen."""
    opened = [index for index, token in enumerate(tokens) if token.type == "tr_open"][1:]
    seen: list[str] = []
    for index in opened:
        children = tokens[index + 2].children or []
        seen.append("".join(child.content for child in children if child.type != "html_inline"))
    return seen


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_paths_are_seen_as_they_are(documents: list[Checked]) -> None:
    shown = [one for one in documents if one.verdict.findings or one.breaches]
    tokens = MARKDOWN.parse(report("markdown", documents))
    for cell, one in zip(code_cells(tokens), shown, strict=True):
        flat = as_written(on_terminal(one.path)).replace("\n", " ").replace("\t", " ")
        # Space at the ends of a line and U+FFFD for NUL are CommonMark's.
        assert cell.split() == flat.split()


def test_a_long_summary_ends_before_a_comment_is_too_long() -> None:
    text = "|" * 5000
    found = tuple(
        Finding("repetition", "hint", f"“{'@' * 5000}”", span, span.of(text), 1.0, None, None, ())
        for span in (Span(k, k + 3000) for k in range(100))
    )
    many = [Checked(f"{k}.md", text, Verdict(SUMMARY, found)) for k in range(150)]
    summary = report("markdown", many)
    assert len(summary) < 65_536
    n_shown = summary.count("```text")
    assert n_shown > 0
    assert f"\nAnd {15_000 - n_shown:,} findings more.\n" in summary


def test_gates_name_value_and_limit() -> None:
    broken = breaches(SUMMARY, Gates(max_perplexity=20.49, max_bits_per_byte=1.25))
    assert [one.message for one in broken] == ["perplexity 20.5, above the limit of 20.49"]
    exact = Breach("max-bits-per-byte", 1.0000001, 1.0)
    assert exact.message == "1.0000001 bits per byte, above the limit of 1"
    wild = Breach("max-perplexity", 16384.123, 900.0)
    assert wild.message == "perplexity 16,384, above the limit of 900"
    assert Breach("max-perplexity", 1e300, 2.5e9).message == (
        "perplexity 1e+300, above the limit of 2.5e+09"
    )
    total = Breach("max-findings", 1200, 1000)
    assert total.message == "1,200 findings, above the limit of 1,000"


@settings(deadline=None)
@given(st.floats(1e-300, 1e300), st.floats(0, 1e300))
def test_what_is_shown_is_above_the_limit_that_is_shown(value: float, limit: float) -> None:
    if limit < value:
        said = Breach("max-perplexity", value, limit).message.replace(",", "")
        shown, stated = re.findall(r"\d[\d.e+-]*", said)
        assert float(stated) < float(shown)


def test_every_text_format_names_the_gates() -> None:
    gated = Checked(
        "a.md",
        "x",
        Verdict(SUMMARY, ()),
        breaches=breaches(SUMMARY, Gates(max_perplexity=9)),
    )
    found = Finding("repetition", "hint", "x", Span(0, 1), "x", 1.0, None, None, ())
    over = Checked("b.md", "x", Verdict(SUMMARY, (found,)), allowance=Allowance(0, "sub"))
    for name in ("text", "github", "junit", "markdown", "sarif"):
        written = report(name, [gated, over])
        assert "perplexity 20.5, above the limit of 9" in written
        assert "1 finding, above the limit of 0" in written
