"""The documents that paths name: files, directories, standard input."""

import codecs
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ppl_engine.walking.patterns import is_pattern, matching, names_its_suffix
from ppl_engine.walking.walk import Journal, Walker, reason

STDIN: Final = "-"

_N_BYTES_OF_BINARY_CHECK: Final = 8192
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LEFT_OUT: Final = "{}: left out, as its configuration says"
_TO_UTF8: Final = "convert it, for example with `iconv -f {} -t UTF-8`"


class Chooser(Protocol):
    """Who says which files are wanted."""

    def chooses(self, path: str, *, has_suffix: bool) -> bool:
        """Whether a file that was found, in a directory or by a pattern, is wanted."""
        ...

    def is_excluded(self, path: str) -> bool:
        """Whether a file is not wanted though it was named."""
        ...


class _Everything:
    """Wants all documents."""

    def chooses(self, path: str, *, has_suffix: bool) -> bool:
        del path
        return has_suffix

    def is_excluded(self, path: str) -> bool:
        del path
        return False


_EVERYTHING: Final = _Everything()


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was read, without a byte order mark."""

    path: str
    """As it was given or found; for standard input `-`, or the name it was given."""

    text: str
    is_stdin: bool = False

    @property
    def name(self) -> str:
        """Return the file's name without folders."""
        return Path(self.path).name


def has_many(paths: Iterable[str]) -> bool:
    """Whether more than one file is asked for, whether or not there are more."""
    given = list(paths)
    return len(given) > 1 or _is_directory(given[0])


def read_sources(  # noqa: PLR0913 - the last two are for those who need them
    paths: Iterable[str],
    suffixes: frozenset[str],
    journal: Journal,
    chooser: Chooser = _EVERYTHING,
    *,
    walker: Walker | None = None,
    stdin_name: str = STDIN,
) -> Iterator[Source]:
    """Read the files that paths name, each once, in order; what can not be read is reported.

    Standard input is taken for the document of a name, if it is given one.
    """
    for path in find_files(paths, suffixes, journal, chooser, walker=walker):
        is_stdin = path == STDIN
        name = stdin_name if is_stdin else path
        if is_stdin and name != STDIN and chooser.is_excluded(name):
            journal.note(_LEFT_OUT.format(name))
            continue
        try:
            data = sys.stdin.buffer.read() if is_stdin else Path(path).read_bytes()
        except OSError as error:
            journal.fail(f"{path}: {reason(error)}")
            continue
        text = _decoded(data, name, journal)
        if text is not None:
            yield Source(name, text, is_stdin)


def read_lines(path: str, journal: Journal) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers from 1, in memory that does not grow."""
    try:
        if path == STDIN:
            yield from _decoded_lines(sys.stdin.buffer, path, journal)
            return
        with Path(path).open("rb") as file:
            yield from _decoded_lines(file, path, journal)
    except OSError as error:
        journal.fail(f"{path}: {reason(error)}")


def find_files(
    paths: Iterable[str],
    suffixes: frozenset[str],
    journal: Journal,
    chooser: Chooser = _EVERYTHING,
    *,
    walker: Walker | None = None,
) -> Iterator[str]:
    """Yield the files that paths name, each real file once; directories in sorted order."""
    walker = walker or Walker(journal)
    seen: set[str] = set()
    for path in paths:
        if path == STDIN:
            found: Iterable[str] = (STDIN,)
        elif _is_directory(path):
            found = _found_in(path, suffixes, journal, chooser, walker)
        elif is_pattern(path):
            found = _matching(path, suffixes, journal, chooser, walker)
        else:
            found = _named(path, journal, chooser)
        for file in found:
            real = file if file == STDIN else os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def decode(data: bytes) -> str:
    """Decode UTF-8 and drop a byte order mark.

    Raises UnicodeDecodeError, or another ValueError that says what the bytes are instead.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError(f"is UTF-16, not UTF-8: {_TO_UTF8.format('UTF-16')}")
    nul = data.find(b"\0", 0, _N_BYTES_OF_BINARY_CHECK)
    if nul != -1:
        raise ValueError(f"is binary, not text: there is a NUL at byte {nul}")
    return data.removeprefix(codecs.BOM_UTF8).decode()


def _decoded(data: bytes, path: str, journal: Journal) -> str | None:
    """Return the text of a file; None, and a line, where it is none."""
    try:
        return decode(data)
    except UnicodeDecodeError as error:
        offset = error.start + len(data) - len(error.object)
        journal.fail(
            f"{path}: is not UTF-8 (byte 0x{data[offset]:02X} at offset {offset}): "
            f"{_TO_UTF8.format('LATIN1')}"
        )
    except ValueError as error:
        journal.fail(f"{path}: {error}")
    return None


def _is_directory(path: str) -> bool:
    """Whether a path leads to a directory; False too where nobody may look, as reading will say."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where a directory is closed


def _named(path: str, journal: Journal, chooser: Chooser) -> Iterator[str]:
    if chooser.is_excluded(path):
        journal.note(_LEFT_OUT.format(path))
    else:
        yield path


def _found_in(
    directory: str, suffixes: frozenset[str], journal: Journal, chooser: Chooser, walker: Walker
) -> Iterator[str]:
    is_empty = True
    for file in walker.files(directory):
        has_suffix = _has_suffix(file, suffixes)
        is_chosen = chooser.chooses(file, has_suffix=has_suffix)
        is_empty = is_empty and not has_suffix and not is_chosen
        if is_chosen:
            yield file
    if is_empty:
        journal.fail(
            f"{directory}: no documents in this directory (Markdown, plain text and the like; not "
            "what git ignores); a file that is named itself is read whatever its suffix"
        )


def _matching(
    pattern: str, suffixes: frozenset[str], journal: Journal, chooser: Chooser, walker: Walker
) -> Iterator[str]:
    is_named, is_empty = names_its_suffix(pattern), True
    try:
        for file in matching(pattern, walker):
            has_suffix = is_named or _has_suffix(file, suffixes)
            is_empty = is_empty and not has_suffix
            if chooser.chooses(file, has_suffix=has_suffix):
                yield file
    except ValueError as error:
        journal.fail(f"{pattern}: {error}")
        return
    if is_empty:
        journal.fail(
            f"{pattern}: no document matches this pattern; what git ignores and what is in hidden "
            "folders is not looked at"
        )


def _has_suffix(file: str, suffixes: frozenset[str]) -> bool:
    return Path(file).suffix.lower() in suffixes


def _decoded_lines(file: BinaryIO, path: str, journal: Journal) -> Iterator[tuple[int, str]]:
    number = 1
    for raw in file:
        data = raw.removesuffix(b"\n").removesuffix(b"\r")
        try:
            # The first line tells whether the file is text at all.
            text = decode(data) if number == 1 else data.decode()
        except UnicodeDecodeError as error:
            byte = data[error.start]
            journal.fail(f"{path}:{number}: not UTF-8 (byte 0x{byte:02X}): line left out")
            number += 1
            continue
        except ValueError as error:
            journal.fail(f"{path}: {error}")
            return
        for line in _LINE_END.split(text):
            yield number, line
            number += 1
