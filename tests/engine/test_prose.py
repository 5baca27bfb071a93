import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.text.prose import LANGUAGES, language_of, prose_spans
from ppl_engine.text.spans import Span

CODE = "zzcode"  # stands in the generated documents wherever nothing may be flagged
PROSE_BLOCKS = (
    "Plain words here.\n\n",
    "# A heading of words\n\n",
    "Underlined words\n===\n\n",
    "- an item\n- another\n  that goes on\n\n",
    "> a quote *over\n> two* lines\n\n",
    "| a cell | b |\n|---|---|\n| c | **d** |\n\n",
    "Wörter 𝄞 mit é und 中文.\n\n",
    "and/or at 5 km/h, `$`, in 3 of 4\r\n\r\n",
)
CODE_BLOCKS = (
    f"```py\n{CODE}\n```\n\n",
    f"~~~\n{CODE}\n\n{CODE}\n~~~\n\n",
    f"- x\n\n      {CODE}\n\n",
    f"> ```\n> {CODE}\n> ```\n\n",
    f"<div class='{CODE}'>\nwords <code>{CODE}</code>\n</div>\n\n",
    f"<pre>\n{CODE}\n\n{CODE}\n</pre>\n\n",
    f"!!! {CODE}\n\n    ```\n    {CODE}\n    ```\n\n",
    f"<!-- {CODE}\n\n{CODE} -->\n\n",
    f"[ref]: http://{CODE} '{CODE}'\n\n",
    f"$$\n{CODE}\n$$\n\n",
    f"| `{CODE}` | b |\n|---|---|\n| `{CODE}` | d |\n\n",
    f"x `{CODE}` ``{CODE} ` {CODE}`` y\n\n",
    f"> x `a\n> {CODE}` y\n\n",
    f"[text]({CODE} '{CODE}') ![alt]({CODE}.png) [text][{CODE}]\n\n",
    f"<http://{CODE}.org> <{CODE}@{CODE}.org> <b class='{CODE}'>x</b>\n\n",
    f"https://{CODE}.org/({CODE})?a=b&c={CODE} and www.{CODE}.de\n\n",
    f"{CODE}@example.org mailto:{CODE}@x\n\n",
    f"{CODE}/b.c ./{CODE} ~/{CODE} src/{CODE}/ C:\\{CODE} \\\\host\\{CODE}\n\n",
    f"$x^{CODE}$ and [^{CODE}] :{CODE}: <kbd>{CODE}</kbd>\n\n",
    f"[^{CODE}]: words\n\n",
    f"> [!{CODE}]\n> words\n\n",
    f":::{CODE} Title\nwords\n:::\n\n",
    f"!!! {CODE} words\n\n",
    f"Title {{#{CODE}}} and {{{{ {CODE} }}}} and {{% {CODE} %}}\n\n",
    f"&{'amp'}; \\* <{CODE}/>\n\n",
)
FRONT_MATTER = ("", f"---\ntitle: {CODE}\n---\n\n", f"+++\ntitle = '{CODE}'\n+++\n\n")


def flagged(text: str, language: str = "markdown") -> list[str]:
    return [span.of(text) for span in prose_spans(text, language)]


def covered(text: str, language: str) -> set[int]:
    return {i for span in prose_spans(text, language) for i in range(span.start, span.end)}


@given(
    st.sampled_from(FRONT_MATTER), st.lists(st.sampled_from(PROSE_BLOCKS + CODE_BLOCKS), max_size=8)
)
def test_in_any_document_words_are_prose_and_code_is_not(front: str, blocks: list[str]) -> None:
    text, offset = front + "".join(blocks), len(front)
    inside = covered(text, "markdown")
    at = -1
    while (at := text.find(CODE, at + 1)) >= 0:
        assert inside.isdisjoint(range(at, at + len(CODE)))
    for block in blocks:
        if CODE not in block:
            letters = {offset + i for i, c in enumerate(block) if c.isalpha()}
            assert letters <= inside
        offset += len(block)


UNICODE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\0\r\n\t\f\u2028\ud800\udfff é中𝄞`*_[]()<>!$#-|>:{}~&\\/@.ab1\u0301\ufeff"
        ),
    ),
    max_size=200,
)


@given(UNICODE, st.sampled_from((*LANGUAGES, "unknown")))
def test_spans_of_any_text_are_ordered_disjoint_and_within_it(text: str, language: str) -> None:
    end = 0
    for span in prose_spans(text, language):
        assert end <= span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
        end = span.end


@given(UNICODE)
def test_a_text_without_addresses_is_prose_as_a_whole_when_it_is_plain(text: str) -> None:
    text = text.replace("/", "").replace("@", "").replace("\\", "").replace(".", "")
    text = text.replace(":", "").strip()
    assert flagged(text, "plaintext") == ([text] if text else [])


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("", []),
        ("It costs $5, or $10 for `two`.", ["It costs $5, or $10 for", "."]),
        ("a\r\n\r\n\tcode\r\n\r\nb\rc\r", ["a", "b\rc"]),
        ("a\n\n```\nnever closed\n\n# x\n", ["a"]),
        ("- a\n  - b\n\n        code\n\n    c `d`\n", ["a", "b", "c"]),
        ("> a\n> > b\n> > c\n", ["a", "b", "c"]),
        ("# Head #\n", ["Head"]),
        ("<div>\nwords <b>and</b>\nmore\n</div>\n", ["words", "and", "more"]),
        ("> <p>one\n> two</p>\n", ["one", "two"]),
        (
            "!!! note\n\n    one\n    two\n\n        code\n\n    - é `x` y\n",
            ["one", "two", "é", "y"],
        ),
        ('??? tip "Why"\n    one\n\n    !!! note\n\n        two\n', ['"Why"\n    one', "two"]),
        ("words\n\n    code\n\n!!! x\n\nwords\n\n    code\n", ["words", "words"]),
        ("a <!-- b --> c", ["a", "c"]),
        ("See https://en.wikipedia.org/wiki/A_(b).", ["See", ")."]),
        ("<details>\n<summary>x</summary>\n\nwords\n\n</details>\n", ["x", "words"]),
        ("\ud800 `a` \0 b", ["\ud800", "\0 b"]),
    ],
)
def test_markdown_is_read_as_its_grammar_says(text: str, prose: list[str]) -> None:
    assert flagged(text) == prose


def test_mdx_has_imports_exports_expressions_and_components_too() -> None:
    text = 'import A from "a"\n\nWords {a.b} go on <A b={1}/>.\n\nexport const a = 1\n'
    assert flagged(text, "mdx") == ["Words", "go on", "."]


@pytest.mark.parametrize("text", ["he/she", "and/or", "1/2", "12/05/2024", "TCP/IP", "a / b", "--"])
def test_a_slash_alone_makes_no_path(text: str) -> None:
    assert flagged(text, "plaintext") == [text]


@pytest.mark.parametrize("part", ["word ", "*a **b ", "[a](", "`a ", "<", "$5 ", "> ", "a/", "a@"])
def test_a_long_line_of_anything_is_read_in_bounded_time(part: str) -> None:
    """Pieces this long overflow the stack of the inline grammar when it gets them whole."""
    text = part * (100_000 // len(part))
    assert all(isinstance(span, Span) for span in prose_spans(text, "markdown"))


@pytest.mark.parametrize(
    ("suffix", "language"),
    [
        (".md", "markdown"),
        (".MD", "markdown"),
        (".mdx", "mdx"),
        (".txt", "plaintext"),
        ("", "plaintext"),
        (".xyz", "unknown"),
    ],
)
def test_the_suffix_of_a_file_tells_its_language(suffix: str, language: str) -> None:
    assert language_of(suffix) == language
