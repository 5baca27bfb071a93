"""Where two versions of a text differ, in lines as git counts them: they end at line feeds."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from ppl_engine.text.spans import Span

_MOST_CELLS: Final = 1 << 28
"""Bits of the matrix in which two versions are compared: 32 MiB, as for 16,000 lines of both."""


def lines_of(text: str) -> list[str]:
    """Return the lines without their ends, so that CR LF and LF are the same."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def line_starts(text: str) -> list[int]:
    """Return the offset of each line, and the length of the text after the last."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(text)
    return starts


def changed_stretches(old: str, new: str) -> tuple[Span, ...]:
    """Return the lines of `new` that `old` does not have, in order, as stretches of the text.

    Where lines of `old` are gone and nothing stands in their place, there is an empty stretch.
    """
    starts = line_starts(new)
    return tuple(
        Span(starts[first], starts[last])
        for first, last in changed_lines(lines_of(old), lines_of(new))
    )


def changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges `[first, last)` of lines of `new` that are not as in `old`.

    What is the same is a longest common subsequence. Of versions that differ in many thousands of
    lines, all from the first to the last is taken for changed.
    """
    n_before = _n_equal(zip(old, new, strict=False))
    most = min(len(old), len(new)) - n_before
    n_after = _n_equal(zip(_backwards(old, most), _backwards(new, most), strict=True))
    middles = [one[n_before : len(one) - n_after] for one in (old, new)]
    for first, last in _differing(*middles):
        yield n_before + first, n_before + last


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    if len(old) * len(new) > _MOST_CELLS or not old or not new:
        if old or new:
            yield 0, len(new)
        return
    ids: dict[str, int] = {}
    numbered = [[ids.setdefault(line, len(ids)) for line in one] for one in (old, new)]
    open_from = open_to = -1
    for step in LCSseq.opcodes(*numbered):
        if step.tag == "equal":
            continue
        if open_to != step.dest_start or open_from < 0:
            if open_from >= 0:
                yield open_from, open_to
            open_from = step.dest_start
        open_to = step.dest_end
    if open_from >= 0:
        yield open_from, open_to


def _n_equal(pairs: Iterable[tuple[str, str]]) -> int:
    n = 0
    for one, other in pairs:
        if one != other:
            break
        n += 1
    return n


def _backwards(lines: Sequence[str], most: int) -> Iterator[str]:
    return (lines[-1 - k] for k in range(most))
