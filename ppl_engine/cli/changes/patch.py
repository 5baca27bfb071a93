"""What a unified diff says that changed, as `git diff`, `diff -u` and review tools write it."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchedFile, PatchSet

from ppl_engine.cli.changes.changes import OtherVersionError
from ppl_engine.cli.changes.lines import line_starts, lines_of
from ppl_engine.cli.changes.touched import Touched
from ppl_engine.cli.sources import STDIN, Source
from ppl_engine.errors import EngineError
from ppl_engine.git import repository_above
from ppl_engine.text.spans import Span
from ppl_engine.walking.walk import reason

_NOWHERE: Final = "/dev/null"
_PREFIX: Final = re.compile(r"[a-z0-9]/")
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED: Final = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that a diff adds, or a place where it takes some out."""

    number: int
    """From 0, in the new version."""

    text: str | None
    """None where lines are taken out."""


class Patch:
    """The changes of a diff, by file."""

    def __init__(self, files: Mapping[str, tuple[_Line, ...]]) -> None:
        self._files = files

    def touched(self, source: Source) -> Touched | None:
        """Return what changed. Raises OtherVersionError where the text is not as in the diff."""
        changes = self._files.get(os.path.realpath(source.path))
        if not changes:
            return None
        lines, starts = lines_of(source.text), line_starts(source.text)
        stretches: list[Span] = []
        for change in changes:
            first = change.number
            is_there = first <= len(lines) if change.text is None else first < len(lines)
            if not is_there or change.text not in {None, lines[first]}:
                raise OtherVersionError(
                    f"line {first + 1} is not as in the diff, which is of another version"
                )
            start = starts[first]
            end = start if change.text is None else starts[first + 1]
            if stretches and start <= stretches[-1].end:
                stretches[-1] = Span(stretches[-1].start, end)
            else:
                stretches.append(Span(start, end))
        return Touched(tuple(stretches))


def read_patch(file: str, directory: Path) -> Patch:
    """Read a diff from a file or from standard input. Raises EngineError.

    Its paths are from the root of the repository around a folder, or from the folder.
    """
    try:
        data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise EngineError(f"--diff {file}: {reason(error)}.") from error
    # Lines of a diff end at line feeds alone: a carriage return belongs to what is compared.
    lines = (os.fsdecode(one) + "\n" for one in data.removesuffix(b"\n").split(b"\n"))
    try:
        patched = PatchSet(lines)
    except UnidiffParseError as error:
        raise EngineError(f"--diff {file}: this is no unified diff: {_said(error)}.") from error
    if data.strip() and not patched:
        raise EngineError(f"--diff {file}: this is no unified diff.")
    roots = [root for root in (repository_above(directory), directory) if root is not None]
    return Patch({_place(one, roots): tuple(_changes(one)) for one in patched})


def _changes(patched: PatchedFile) -> Iterator[_Line]:
    for hunk in patched:
        # A hunk without lines in the new version names the line before it.
        number = hunk.target_start - (1 if hunk.target_length else 0)
        for line in hunk:
            if line.is_removed:
                yield _Line(number, None)
            elif line.is_added:
                yield _Line(number, line.value.removesuffix("\n").removesuffix("\r"))
            number += line.is_added or line.is_context


def _place(patched: PatchedFile, roots: list[Path]) -> str:
    """Return where a file of a diff is; the first that is there, else where it would be."""
    name = _unquoted(patched.target_file)
    if name == _NOWHERE:
        return _NOWHERE
    names = [name[2:], name] if _PREFIX.match(name) else [name]
    places = [os.path.realpath(root / one) for root in roots for one in names]
    return next((place for place in places if os.path.lexists(place)), places[0])


def _unquoted(name: str) -> str:
    """Return a name that git has put in quotes, as in C, since there is something odd in it."""
    if not (name.startswith('"') and name.endswith('"')):
        return name

    def meant(match: re.Match[bytes]) -> bytes:
        escaped = match[1]
        if escaped.isdigit():
            return bytes([int(escaped, 8) & 0xFF])
        return _ESCAPED.get(escaped, escaped)

    return os.fsdecode(_ESCAPE.sub(meant, os.fsencode(name[1:-1])))


def _said(error: UnidiffParseError) -> str:
    return " ".join(str(error).split())[:200]
