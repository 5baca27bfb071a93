"""Where a stretch of a text is after edits, if none of them touched it. Pure."""

from collections.abc import Iterable, Sequence

from ppl_engine.text.spans import Span
from ppl_lsp.documents import Document, Edit


def whole_edit(before: str, after: str) -> Edit:
    """Return the one edit between two texts, for clients that send nothing but texts."""
    from ppl_engine.text.changes import text_change  # noqa: PLC0415 - imports numpy

    change = text_change(before, after)
    return Edit(Span(change.start, change.old_end), after[change.start : change.new_end])


def anchored(before: Document, after: Document, span: Span, edits: Iterable[Edit]) -> Span | None:
    """Return where the same text is after edits; None where they touched it.

    Each edit counts in the text that those before it left. A letter typed at the edge of a word
    touches it, a space does not.
    """
    found: Span | None = span
    for edit in edits:
        found = _moved(found, edit) if found else None
    # Halves of a surrogate pair that met are one code point, so that all after them has moved.
    if found is None or found.of(after.text) != span.of(before.text):
        return None
    return found if _edges(after.text, found) <= _edges(before.text, span) else None


def places(edits: Sequence[Edit]) -> tuple[int, ...]:
    """Return where edits end in the text that they left, ascending."""
    found: list[int] = []
    for edit in edits:
        end = edit.span.start + len(edit.replacement)
        moved = (end + max(0, at - edit.span.end) if edit.span.start < at else at for at in found)
        found = [*moved, end]
    return tuple(sorted(found))


def _moved(span: Span, edit: Edit) -> Span | None:
    if span.end <= edit.span.start or not (edit.replacement or edit.span):
        return span
    if edit.span.end <= span.start:
        return span.moved(len(edit.replacement) - len(edit.span))
    return None


def _edges(text: str, span: Span) -> set[int]:
    """Return the ends (0, 1) of a span at which a word goes on beyond it."""
    seams = (text[max(0, at - 1) : at + 1] if at else "" for at in (span.start, span.end))
    return {
        end
        for end, seam in enumerate(seams)
        if len(seam) == 2 and all(_continues(character) for character in seam)  # noqa: PLR2004
    }


def _continues(character: str) -> bool:
    return character.isalnum() or character in "_'’"
