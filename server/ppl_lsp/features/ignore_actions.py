"""Not to be shown a finding again: a word, a place, a kind of finding, a file."""

import re
from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from ppl_engine.findings.codes import WORD_CODES
from ppl_engine.text.spans import Span
from ppl_lsp.features.edits import replacing
from ppl_lsp.features.ignore_commands import (
    EXCLUDE_FILE,
    IGNORE_CODE,
    IGNORE_CODE_IN_FILES,
    IGNORE_OCCURRENCE,
    IGNORE_WORD,
)
from ppl_lsp.features.place import Place, command_action, edit_action
from ppl_lsp.workspace.guidance import path_of

# What must stay the first thing in a file: metadata, what the system or a browser reads.
_PREAMBLE: Final = re.compile(
    r"\ufeff?(?:(?P<fence>---|\+\+\+)[ \t]*(?:\r\n|\r|\n)(?s:.{0,20000}?)(?:(?<=\n)|(?<=\r))"
    r"(?P=fence)[ \t]*(?:\r\n|\r|\n|\Z)|(?:#!|<!doctype|<\?xml|<\?php)[^\r\n]*(?:\r\n|\r|\n|\Z)"
    r"(?:#[^\r\n]*coding[:=][^\r\n]*(?:\r\n|\r|\n|\Z))?)?",
    re.IGNORECASE,
)


def ignoring(place: Place) -> Iterator[types.CodeAction]:
    """Yield the ways not to be shown a finding, from the narrowest to the widest."""
    if place.finding.code in WORD_CODES and len(place.finding.text.split()) == 1:
        yield from _ignoring_word(place)
    yield from _ignoring_place(place)
    yield from _ignoring_kind(place)
    yield from _ignoring_file(place)


def _ignoring_word(place: Place) -> Iterator[types.CodeAction]:
    word = place.finding.text
    edit = _words_edit(place, word)
    if edit is not None:
        yield edit_action(place, f"Ignore “{word}” in this file", edit)
    if place.workspace is not None and place.workspace.words_path is not None:
        title = f"Ignore “{word}” in this workspace"
        yield command_action(place, title, IGNORE_WORD, word, "workspace")
    yield command_action(place, f"Ignore “{word}” everywhere", IGNORE_WORD, word, "user")


def _ignoring_place(place: Place) -> Iterator[types.CodeAction]:
    workspace = place.workspace
    if workspace is not None and workspace.baseline_path is not None:
        yield command_action(place, "Ignore this occurrence", IGNORE_OCCURRENCE, place.finding_id)
    edit = _next_edit(place)
    if edit is not None:
        yield edit_action(place, f"Ignore “{place.finding.code}” in this paragraph", edit)


def _words_edit(place: Place, word: str) -> types.WorkspaceEdit | None:
    """Return the edit that adds a word to those that a document lists; None if it can not."""
    # Brings NumPy along, which is there by now.
    from ppl_engine.ignoring.comments import comment_syntax, comments  # noqa: PLC0415

    document = place.document
    for comment in comments(document.text, document.language):
        parts = comment.content.split()
        if parts[:1] == ["words"] and "--" not in parts:
            at = document.text.index(comment.content, comment.span.start) + len(
                comment.content.rstrip()
            )
            return replacing(document, Span(at, at), f" {word}", place.style)
    ways = comment_syntax(document.language)
    if not ways:
        return None
    text = document.text
    line_end = "" if not text or text.endswith(("\n", "\r")) else "\n"
    added = f"{line_end}\n{ways[0].around(f'ppl: words {word}')}\n"
    return replacing(document, Span(len(text), len(text)), added, place.style)


def _next_edit(place: Place) -> types.WorkspaceEdit | None:
    """Return the edit that puts a comment before a paragraph; None where there are no comments."""
    from ppl_engine.ignoring.comments import comment_syntax  # noqa: PLC0415
    from ppl_engine.text.blocks import paragraph_at  # noqa: PLC0415
    from ppl_engine.text.languages import PROGRAMS, known_language  # noqa: PLC0415

    document, start = place.document, place.finding.span.start
    ways = comment_syntax(document.language)
    if not ways:
        return None
    text = document.text
    is_program = known_language(document.language) in PROGRAMS
    paragraph = None if is_program else paragraph_at(text, start)
    at = paragraph.start if paragraph else start
    line_start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = text[line_start:start]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    comment = ways[0].around(f"ppl: ignore-next {place.finding.code}")
    return replacing(document, Span(line_start, line_start), f"{indent}{comment}\n", place.style)


def _ignoring_kind(place: Place) -> Iterator[types.CodeAction]:
    code, suffix = place.finding.code, _suffix(place)
    if place.workspace is None or place.workspace.words_path is None:
        return
    if suffix:
        title = f"Ignore “{code}” in *{suffix} files of this workspace"
        yield command_action(place, title, IGNORE_CODE_IN_FILES, code, f"*{suffix}")
    yield command_action(place, f"Ignore “{code}” in this workspace", IGNORE_CODE, code)


def _ignoring_file(place: Place) -> Iterator[types.CodeAction]:
    edit = _off_edit(place)
    if edit is not None:
        yield edit_action(place, "Turn ppl off in this file", edit)
    workspace, path = place.workspace, path_of(place.document.uri)
    if workspace is None or workspace.words_path is None or path is None:
        return
    if workspace.relative(path) is not None:
        yield command_action(place, "Exclude this file in the configuration", EXCLUDE_FILE)


def _off_edit(place: Place) -> types.WorkspaceEdit | None:
    """Return the edit that puts a comment at the top; None where there are no comments."""
    from ppl_engine.ignoring.comments import comment_syntax  # noqa: PLC0415

    document = place.document
    ways = comment_syntax(document.language)
    if not ways:
        return None
    preamble = _PREAMBLE.match(document.text)
    at = preamble.end() if preamble else 0
    line_end = "" if at == 0 or document.text[at - 1] in "\n\r\ufeff" else "\n"
    comment = ways[0].around("ppl: off")
    return replacing(document, Span(at, at), f"{line_end}{comment}\n\n", place.style)


def _suffix(place: Place) -> str:
    """Return how the names of such files end, if that can be a pattern."""
    path = path_of(place.document.uri)
    suffix = path.suffix if path else ""
    return suffix if re.fullmatch(r"\.[\w+-]{1,20}", suffix) else ""
