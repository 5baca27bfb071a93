from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ppl_engine.explanation import Expected, Explanation, Passage, Piece
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.text.spans import Span
from ppl_lsp.features.hover import finding_at
from ppl_lsp.features.hover_text import MARKDOWN, PLAIN, explanation_text
from ppl_lsp.publishing.visible import code_block, code_span, escaped, on_one_line, visible

MODEL = ModelInfo("embedded", "1", "cpu", "bf16", 1024, 16384, "bos")
EXPLANATION = Explanation(
    span=Span(10, 21),
    text="mathematics",
    surprisal_bits=17.3,
    uncorrected_bits=17.4,
    one_in=161_369.6,
    rank=4211,
    entropy_bits=5.2,
    excess_bits=12.1,
    gap_bits=9.8,
    percentile=99.4,
    expected=(Expected(" of", 0.412), Expected("\n", 0.09), Expected("`", 0.004)),
    pieces=(Piece(" math", 9.1, 310), Piece("ematics", 8.2, 12)),
    passages=(
        Passage("sentence", 84.0, "hard to predict"),
        Passage("paragraph", 33.21, "ordinary for dense or technical prose"),
    ),
    n_context_tokens=212,
    is_cold=False,
    model=MODEL,
)
FOUND = Finding(
    code="likely-mistake",
    severity="warning",
    message="“wich” may be meant as “which”",
    span=Span(10, 21),
    text="wich",
    surprisal_bits=27.6,
    entropy_bits=None,
    rank=None,
    alternatives=(
        Alternative("which", 0.03, 30.68),
        Alternative("with", 0.01, 16.09),
        Alternative("wish", 0.01, 2.0),
        Alternative("witch", 0.01, 1.0),
    ),
)
nasty = st.text(alphabet=st.sampled_from("ab `*_[]()<>|\\\n\r\t#-!&;\u202e\u2028\ud834𝄞é"))


def test_a_hover_shows_every_number() -> None:
    assert (
        explanation_text(EXPLANATION, PLAIN)
        == """\
mathematics 17.3 bits, 1 in 161,000

Expected:

 41.2 %  █████         ␣of
  9.0 %  █▏            ⏎
  0.4 %                `

surprisal  17.3 bits  more than 99 % of the words here
entropy     5.2 bits  how open the place was
excess     12.1 bits  surprisal beyond that openness
gap         9.8 bits  behind what was most expected
rank           4,211  of 16,384 tokens

Tokens, in bits: ␣math 9.1 · ematics 8.2
Sentence: perplexity 84.0, hard to predict
Paragraph: perplexity 33.2, ordinary for dense or technical prose
embedded · cpu · bf16 · 212 tokens of context"""
    )


def test_markdown_sets_off_the_word_and_keeps_the_columns() -> None:
    text = explanation_text(EXPLANATION, MARKDOWN)
    assert text.startswith(
        "**`mathematics`** **17.3 bits**, 1 in 161,000\n\nExpected:\n\n```text\n 41.2"
    )
    assert "````" not in text
    assert "Tokens, in bits: `␣math` 9.1 · `ematics` 8.2  \n" in text


def test_an_unscored_word_says_so_instead_of_numbers() -> None:
    unscored = replace(
        EXPLANATION, surprisal_bits=None, one_in=None, percentile=None, expected=(), pieces=()
    )
    text = explanation_text(unscored, PLAIN)
    assert text.startswith("mathematics is not scored: nothing stands before it")
    assert "None" not in text


def test_what_was_found_is_said_below_the_word_with_what_was_compared() -> None:
    lines = explanation_text(EXPLANATION, PLAIN, FOUND).split("\n\n")
    assert lines[0].startswith("mathematics 17.3 bits")
    assert lines[1] == (
        "“wich” may be meant as “which” (“which” +30.7 bits, “with” +16.1 bits, “wish” +2.0 bits)"
    )
    assert lines[2] == "Expected:"


def test_what_was_only_expected_is_not_said_twice() -> None:
    expected = replace(FOUND, alternatives=(Alternative("which", 0.5),))
    lines = explanation_text(EXPLANATION, PLAIN, expected).split("\n\n")
    assert lines[1] == "“wich” may be meant as “which”"


def test_a_finding_belongs_to_each_word_that_it_touches() -> None:
    found = [replace(FOUND, span=Span(*span)) for span in ((0, 3), (5, 20), (21, 24))]
    touched = [finding_at(Span(*span), found) for span in ((3, 5), (0, 3), (18, 21), (20, 21))]
    assert touched == [None, found[0], found[1], None]


def test_a_cold_word_says_so() -> None:
    text = explanation_text(replace(EXPLANATION, is_cold=True), PLAIN)
    assert "So near the beginning the model has little to go by." in text


def test_one_in_n_is_said_in_words_where_digits_would_not_be_read() -> None:
    said = {
        one_in: explanation_text(replace(EXPLANATION, one_in=one_in), PLAIN).splitlines()[0]
        for one_in in (1.42, 96.0, 2_350_000.0, 7.1e9, 3e12, 4.2e30)
    }
    assert [line.split("1 in ")[1] for line in said.values()] == [
        "1.4",
        "96",
        "2.35 million",
        "7.1 billion",
        "3 trillion",
        "4 × 10^30",
    ]


def test_a_word_of_many_tokens_is_cut_short() -> None:
    many = replace(EXPLANATION, pieces=EXPLANATION.pieces * 20, text="x" * 5000)
    text = explanation_text(many, PLAIN)
    assert "and 28 more" in text
    assert len(text) < 1500


@given(nasty)
def test_a_code_span_shows_any_text_verbatim(text: str) -> None:
    inline = MarkdownIt().parse(f"x {code_span(text)} y")[1]
    _, code, _ = inline.children or []
    assert (code.type, code.content) == ("code_inline", visible(text) or "  ")


@given(nasty)
def test_a_sentence_shows_what_it_quotes_verbatim(text: str) -> None:
    inline = MarkdownIt().parse(f"{escaped(f'“{text}” is')}")[1]
    assert {child.type for child in inline.children or ()} == {"text"}
    assert "".join(child.content for child in inline.children or ()) == on_one_line(f"“{text}” is")


@given(nasty)
def test_no_text_breaks_the_markdown(text: str) -> None:
    explanation = replace(
        EXPLANATION,
        text=text or "x",
        expected=(Expected(text, 0.5),),
        pieces=(Piece(text, 1.0, 1),) * 2,
    )
    found = replace(FOUND, message=text or "x")
    tokens = MarkdownIt().parse(explanation_text(explanation, MARKDOWN, found))
    kinds = [
        token.type for token in tokens if token.type not in ("paragraph_open", "paragraph_close")
    ]
    assert kinds == ["inline", "inline", "inline", "fence", "fence", "inline"]
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= {"text", "code_inline", "hardbreak", "strong_open", "strong_close"}


@given(st.text())
def test_what_is_shown_is_printable_on_one_line_and_can_be_sent(text: str) -> None:
    shown = visible(text)
    assert shown.encode("utf-8") is not None
    assert all(c.isprintable() or c in "\u200c\u200d" for c in shown)


def test_spaces_and_controls_are_visible() -> None:
    assert visible(" a\n\t\r\x00\x7f\u202e\u2028\ud834") == "␣a⏎⇥␍␀␡⟨U+202E⟩⟨U+2028⟩⟨U+D834⟩"


def test_a_fence_is_longer_than_any_run_inside_it() -> None:
    assert code_block(["a ``` b"]).startswith("````text\n")
