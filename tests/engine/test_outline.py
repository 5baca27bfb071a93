"""Headings as a well-known parser of Markdown finds them, and by example in the other formats."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ppl_engine.text.languages import LANGUAGES, PROGRAMS
from ppl_engine.text.outline import outline, sections
from tests.texts import NASTY, texts

_TITLES = st.sampled_from(["One", "*two* parts", "`code` é 中", "a # b", "closed ##", "𝄞"])
_BLOCKS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "######"]), _TITLES),
    st.builds("{}\n{}".format, _TITLES, st.sampled_from(["===", "---"])),
    st.sampled_from(
        [
            "Text that goes on\nover two lines.",
            "#not a heading",
            "####### seven",
            "```\n# in a fence\n```",
            "~~~\nfenced\n===\n~~~",
            "> # quoted",
            "- item\n- # in a list",
            "    # indented code",
            "<div>\n# in html\n</div>",
            "| a | b |\n| - | - |\n| # | c |",
        ]
    ),
)
documents = st.lists(_BLOCKS, max_size=8).map("\n\n".join)


def headings_by_markdown_it(text: str) -> list[tuple[str, int, int]]:
    """Return title, level and first line of the headings that are in no quote and no list."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [
        (" ".join(content.content.split()), int(opening.tag[1]), (opening.map or [0])[0])
        for opening, content in pairwise(tokens)
        if opening.type == "heading_open" and opening.level == 0
    ]


@given(documents)
def test_the_headings_of_markdown_are_those_of_markdown_it(text: str) -> None:
    found = [
        (one.title, one.level, text.count("\n", 0, one.span.start))
        for one in outline(text, "markdown")
    ]
    assert found == headings_by_markdown_it(text)


@given(st.one_of(texts, documents), st.sampled_from([*LANGUAGES, "unknown", ""]))
def test_sections_are_ordered_and_tile_a_document(text: str, language: str) -> None:
    found = sections(text, language)
    assert all(one.span.start < one.span.end for one in found)
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    assert all("\n" not in one.title and "\r" not in one.title for one in found)
    if language not in PROGRAMS and text.strip():
        assert "".join(one.span.of(text) for one in found).strip() == text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", NASTY)
def test_any_text_has_sections_or_none(text: str, language: str) -> None:
    assert all(one.level > 0 for one in outline(text, language))


DOCUMENTS = {
    "mdx": (
        "import X from 'x'\n\n# One\n\n<X/>\n\n## Two\n",
        [("One", 1, "# One"), ("Two", 2, "## Two")],
    ),
    "restructuredtext": (
        "====\nOver\n====\n\nTitle\n=====\n\ntext\n\nSub *x*\n-------\n\nBack\n====\n",
        [
            ("Over", 1, "====\nOver\n===="),
            ("Title", 2, "Title\n====="),
            ("Sub *x*", 3, "Sub *x*\n-------"),
            ("Back", 2, "Back\n===="),
        ],
    ),
    "latex": (
        "\\section{no}\n\\begin{document}\n\\section{One \\emph{é}}\\label{a}\n% \\section{no}\n"
        "\\subsection*[short]{Two}\n\\begin{verbatim}\\section{no}\\end{verbatim}\n",
        [("One é", 1, "\\section{One \\emph{é}}"), ("Two", 2, "\\subsection*[short]{Two}")],
    ),
    "asciidoc": (
        "= Doc\nauthor\n\n== One é\n\n----\n== no\n----\n\n=== Two\n",
        [("Doc", 1, "= Doc"), ("One é", 2, "== One é"), ("Two", 3, "=== Two")],
    ),
    "html": (
        "<h1 class=a>One <em>é</em> &amp; two</h1><p>x</p><div><H2>Three</H2></div><h7>no</h7>"
        "<!-- <h1>no</h1> -->",
        [
            ("One é & two", 1, "<h1 class=a>One <em>é</em> &amp; two</h1>"),
            ("Three", 2, "<H2>Three</H2>"),
        ],
    ),
    "plaintext": ("# One\n", []),
    "python": (
        '"""Module."""\nclass A:\n    """Of A."""\n    x = 1\n    """Of x."""\n\n'
        '    def f(self):\n        """Of f, é."""\n        "not a docstring"\n\n\n'
        '@deco\ndef g():\n    "Of g."\n',
        [
            ("", 1, '"""Module."""'),
            ("A", 1, '"""Of A."""'),
            ("f", 2, '"""Of f, é."""'),
            ("g", 1, '"Of g."'),
        ],
    ),
    "rust": (
        "// alone\n\n/// Of f.\n/// More.\n#[inline]\nfn f() {}\n\nimpl X {\n    /// Of m.\n"
        "    fn m(&self) {}\n}\n",
        [("f", 1, "/// Of f.\n/// More."), ("m", 1, "/// Of m.")],
    ),
    "typescript": (
        "/** Of f. */\nexport function f() {}\n/** Of x. */\nconst x = 3; // about x\n"
        "const y = 4;\n"
        "class A {\n  /** Of m. */\n  m() {}\n}\n",
        [("f", 1, "/** Of f. */"), ("x", 1, "/** Of x. */"), ("m", 2, "/** Of m. */")],
    ),
    "c": (
        "/* Of add. */\nint *add(int a) { return a; }\n\n/* Far away. */\n\nint b;\n",
        [("add", 1, "/* Of add. */")],
    ),
    "java": (
        "/** Of A. */\npublic class A {\n  /** Of m. */\n  @Override public int m() { return 1; }\n"
        "}",
        [("A", 1, "/** Of A. */"), ("m", 2, "/** Of m. */")],
    ),
    "go": ("// F does.\nfunc F() {}\n", [("F", 1, "// F does.")]),
}


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_outline_of(language: str) -> None:
    text, expected = DOCUMENTS[language]
    found = [(one.title, one.level, one.span.of(text).strip()) for one in outline(text, language)]
    assert found == expected


def test_what_stands_before_the_first_heading_is_a_section() -> None:
    text = "before\n\n# One\n\na\n"
    assert [(one.title, one.level, one.span.of(text)) for one in sections(text, "markdown")] == [
        ("", 0, "before\n\n"),
        ("One", 1, "# One\n\na\n"),
    ]
    assert sections(" \n", "markdown") == ()
