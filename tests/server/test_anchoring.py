from hypothesis import example, given
from hypothesis import strategies as st

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document, Edit
from ppl_lsp.line_index import PositionEncoding
from ppl_lsp.publishing.anchoring import anchored, places, whole_edit

ALPHABET = "ab c,\n𝄞"
texts = st.text(alphabet=st.sampled_from(ALPHABET), max_size=12)
halves = st.text(alphabet=st.sampled_from("a \ud834\udd1e"), max_size=6)


def document(text: str) -> Document:
    return Document.of("file:///a.md", "markdown", 1, text, encoding=PositionEncoding.UTF16)


@st.composite
def edited(
    draw: st.DrawFn, of: st.SearchStrategy[str] = texts
) -> tuple[Document, Document, list[Edit]]:
    before = after = document(draw(of))
    edits: list[Edit] = []
    for _ in range(draw(st.integers(0, 4))):
        ends = st.integers(0, len(after.text))
        start, end = sorted((draw(ends), draw(ends)))
        edits.append(Edit(Span(start, end), draw(of)))
        after = after.edited(edits[-1])
    return before, after, edits


@st.composite
def marked(draw: st.DrawFn) -> tuple[Document, Document, list[Edit], Span]:
    before, after, edits = draw(edited())
    ends = st.integers(0, len(before.text))
    return before, after, edits, Span(*sorted((draw(ends), draw(ends))))


def where_its_characters_are(before: str, edits: list[Edit], span: Span) -> Span | None:
    """Follow every character through the edits; None if one is gone or something is between."""
    text = list(range(len(before)))
    for edit in edits:
        text[edit.span.start : edit.span.end] = [-1] * len(edit.replacement)
    wanted = list(range(span.start, span.end))
    if not all(one in text for one in wanted):
        return None
    start = text.index(wanted[0])
    return Span(start, start + len(span)) if text[start : start + len(span)] == wanted else None


@given(marked())
def test_what_is_anchored_is_where_its_characters_are(
    made: tuple[Document, Document, list[Edit], Span],
) -> None:
    before, after, edits, span = made
    if not span:
        return
    expected = where_its_characters_are(before.text, edits, span)
    found = anchored(before, after, span, edits)
    if found is not None:
        assert found == expected
        assert found.of(after.text) == span.of(before.text)


@given(texts, texts)
def test_what_is_apart_from_an_edit_by_a_space_stays(head: str, typed: str) -> None:
    text = f"mark {head} mark"
    place = Span(5, 5 + len(head))
    edit = Edit(place, typed)
    before = document(text)
    after = before.edited(edit)
    assert anchored(before, after, Span(0, 4), [edit]) == Span(0, 4)
    last = Span(len(text) - 4, len(text))
    assert anchored(before, after, last, [edit]) == last.moved(len(typed) - len(head))


@given(edited(halves))
def test_nothing_is_shown_on_another_text_where_halves_of_characters_meet(
    made: tuple[Document, Document, list[Edit]],
) -> None:
    before, after, edits = made
    for start in range(len(before.text)):
        span = Span(start, start + 1)
        found = anchored(before, after, span, edits)
        assert found is None or found.of(after.text) == span.of(before.text)


def test_a_letter_at_the_edge_of_a_word_touches_it_and_a_space_does_not() -> None:
    before = document("a word b")
    span = Span(2, 6)
    for typed, expected in ((" ", span), (", ", span), ("s", None), ("'", None)):
        edit = Edit(Span(6, 6), typed)
        assert anchored(before, before.edited(edit), span, [edit]) == expected
    joined = Edit(Span(1, 2), "")
    assert anchored(before, before.edited(joined), span, [joined]) is None
    inside = Edit(Span(3, 3), " ")
    assert anchored(before, before.edited(inside), span, [inside]) is None


@given(edited())
@example((document("ab"), document("aXb"), [Edit(Span(1, 1), "X")]))
def test_places_are_where_what_was_typed_ends(
    made: tuple[Document, Document, list[Edit]],
) -> None:
    _, after, edits = made
    found = places(edits)
    assert len(found) == len(edits)
    assert list(found) == sorted(found)
    if edits:
        assert edits[-1].span.start + len(edits[-1].replacement) in found
    assert all(0 <= at <= len(after.text) for at in found)


@given(texts, texts)
def test_two_texts_differ_by_one_edit(before: str, after: str) -> None:
    assert document(before).edited(whole_edit(before, after)).text == after
