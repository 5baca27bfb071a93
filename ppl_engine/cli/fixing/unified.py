"""A unified diff of a mended file, as `git apply` and `patch` take it.

A fix stays within its line, so that line stands against line: nothing has to be aligned.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

_N_CONTEXT: Final = 3
_ODD: Final = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_NO_END: Final = b"\n\\ No newline at end of file\n"


def unified_diff(path: str, before: bytes, after: bytes) -> bytes:
    """Return the diff; nothing where there is no difference.

    Raises ValueError where the two have not the same number of lines.
    """
    old, new = _lines(before), _lines(after)
    if len(old) != len(new):
        raise ValueError("a fix goes beyond its line")
    changed = [k for k in range(len(old)) if old[k] != new[k]]
    if not changed:
        return b""
    name = _from_here(path)
    parts = [b"--- ", _header(b"a/" + name), b"+++ ", _header(b"b/" + name)]
    for first, last in _hunks(changed, len(old)):
        size = b"%d,%d" % (first + 1, last - first)
        parts.append(b"@@ -%b +%b @@\n" % (size, size))
        parts += _hunk(old[first:last], new[first:last])
    return b"".join(parts)


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends, which are line feeds alone."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunks(changed: list[int], n_lines: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines that are shown; those that would meet are one."""
    first = changed[0]
    for k, line in enumerate(changed):
        following = changed[k + 1] if k + 1 < len(changed) else None
        if following is None or line + 2 * _N_CONTEXT + 1 < following:
            yield max(0, first - _N_CONTEXT), min(n_lines, line + 1 + _N_CONTEXT)
            first = following or 0


def _hunk(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    """Yield lines that are the same, and of each run of others first the old and then the new."""
    k = 0
    while k < len(old):
        end = k
        while end < len(old) and old[end] != new[end]:
            end += 1
        if end == k:
            yield _marked(b" ", old[k])
            k += 1
            continue
        yield from (_marked(b"-", line) for line in old[k:end])
        yield from (_marked(b"+", line) for line in new[k:end])
        k = end


def _marked(mark: bytes, line: bytes) -> bytes:
    return mark + (line if line.endswith(b"\n") else line + _NO_END)


def _from_here(path: str) -> bytes:
    """Return a path as patch programs want it: from this directory, with `/`."""
    absolute, here = os.path.abspath(path), os.getcwd()  # noqa: PTH100, PTH109 - links stay links
    try:
        name = os.path.relpath(absolute, here)
    except ValueError:  # on another drive
        name = absolute
    return os.fsencode(name.replace(os.sep, "/"))


def _header(name: bytes) -> bytes:
    """Return a name as git writes it: in quotes where there is something odd in it."""
    if _ODD.search(name):
        return b'"' + _ODD.sub(lambda odd: b"\\%03o" % odd[0][0], name) + b'"\n'
    return name + (b"\t\n" if b" " in name else b"\n")
