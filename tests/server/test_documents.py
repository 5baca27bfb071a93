from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp, to_lsp
from ppl_lsp.documents import Document, Edit
from ppl_lsp.line_index import PositionEncoding

ALPHABET = "ab \r\n\f\x1c\x85\u2028é中𝄞\ud834\udd1e"
texts = st.text(alphabet=st.sampled_from(ALPHABET), max_size=30)
encodings = st.sampled_from(list(PositionEncoding))


def document(text: str, encoding: PositionEncoding = PositionEncoding.UTF16) -> Document:
    return Document.of("file:///a.md", "markdown", 1, text, encoding=encoding)


def partial(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


def changed(
    before: Document, changes: Sequence[types.TextDocumentContentChangeEvent], version: int
) -> Document:
    after, edits = from_lsp.changed(before, changes, version)
    if edits is not None:
        again = before
        for edit in edits:
            again = again.edited(edit)
        assert again.text == after.text
    return after


def one_at_a_time(
    document: Document, changes: Sequence[types.TextDocumentContentChangePartial]
) -> Document:
    for change in changes:
        document = document.edited(Edit(from_lsp.span(document.lines, change.range), change.text))
    return document


def paired(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@given(texts, texts, encodings, st.data())
def test_an_incremental_edit_changes_what_the_client_changed_and_nothing_else(
    text: str, inserted: str, encoding: PositionEncoding, data: st.DataObject
) -> None:
    before = document(text, encoding)
    ends = st.integers(0, len(before.text))
    start, end = sorted((data.draw(ends), data.draw(ends)))
    lsp_range = to_lsp.lsp_range(before.lines, Span(start, end))
    span = from_lsp.span(before.lines, lsp_range)

    change = types.TextDocumentContentChangePartial(lsp_range, inserted)
    after = changed(before, [change], 2)

    assert after.text == paired(before.text[: span.start] + inserted + before.text[span.end :])
    assert after.version == 2
    assert before.version == 1


def test_a_form_feed_does_not_shift_later_edits() -> None:
    before = document("one\f two\u2028 three\nfour five\nsix")
    after = changed(before, [partial((1, 5), (1, 9), "5")], 2)
    assert after.text == "one\f two\u2028 three\nfour 5\nsix"


def test_each_edit_counts_in_the_text_that_the_one_before_it_left() -> None:
    changes = [partial((0, 0), (0, 0), "a\n"), partial((1, 0), (1, 1), "X")]
    assert changed(document("bc"), changes, 2).text == "a\nXc"


def test_a_change_without_a_range_replaces_the_whole_text() -> None:
    whole = types.TextDocumentContentChangeWholeDocument("new")
    assert changed(document("old"), [whole], 7).text == "new"


def test_halves_of_a_pair_that_meet_become_one_character() -> None:
    after = changed(document("x\ud834"), [partial((0, 2), (0, 2), "\udd1e")], 2)
    assert after.text == "x𝄞"


def test_a_range_that_runs_backwards_is_an_insertion() -> None:
    assert changed(document("abc"), [partial((0, 2), (0, 1), "-")], 2).text == "ab-c"


def test_an_edit_past_the_end_appends() -> None:
    assert changed(document("ab\n"), [partial((9, 9), (9, 9), "c")], 2).text == "ab\nc"


places = st.tuples(st.integers(0, 4), st.integers(0, 6))
edits = st.builds(
    lambda ends, text: (*sorted(ends), text),
    st.tuples(places, places),
    st.text(alphabet=st.sampled_from(ALPHABET), max_size=4),
)


@given(texts, st.lists(edits, max_size=5), st.booleans(), encodings)
def test_many_edits_do_what_each_of_them_does_after_the_other(
    text: str,
    many: list[tuple[tuple[int, int], tuple[int, int], str]],
    is_from_the_end: bool,  # noqa: FBT001 - drawn by hypothesis
    encoding: PositionEncoding,
) -> None:
    if is_from_the_end:
        many = sorted(many, reverse=True)
    changes = [partial(*edit) for edit in many]
    before = document(text, encoding)
    assert changed(before, changes, 2).text == one_at_a_time(before, changes).text


@given(st.data(), encodings)
def test_edits_from_the_end_to_the_beginning_need_one_line_table(
    data: st.DataObject, encoding: PositionEncoding
) -> None:
    before = document("a é 𝄞\r\n" * 10, encoding)
    ends = sorted(data.draw(st.lists(st.integers(0, len(before.text)), max_size=20)), reverse=True)
    spans = [Span(start, end) for end, start in zip(ends[::2], ends[1::2], strict=False)]
    changes = [
        types.TextDocumentContentChangePartial(to_lsp.lsp_range(before.lines, span), "中\n")
        for span in spans
    ]
    at_once = from_lsp._at_once(before, changes)
    assert at_once is not None
    assert before.edited_at_once(at_once).text == one_at_a_time(before, changes).text


def test_a_place_that_only_an_earlier_edit_made_is_found_where_it_is_now() -> None:
    joined = [partial((0, 2), (1, 0), ""), partial((0, 3), (0, 4), "X")]
    assert changed(document("ab\ncd"), joined, 2).text == "abcX"
    line_end = [partial((1, 0), (1, 1), "\n"), partial((1, 0), (1, 0), "X")]
    assert changed(document("a\rb"), line_end, 2).text == "a\r\nX"
