"""What of a document is prose: the only text in which anything may be flagged.

Everything else stays in the text that the model reads: code and addresses are context, not errors.
A format joins by one line in `_FORMATS` and those in `languages`, with its grammar in a module of
its own beside `markdown`. Of a language that is not known nothing is prose: it may be a program.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ppl_engine.text import (
    asciidoc,
    code,
    commit_message,
    html,
    latex,
    markdown,
    restructuredtext,
)
from ppl_engine.text.changes import TextChange, between_seams, spliced_places
from ppl_engine.text.languages import (
    LANGUAGES,
    PLAIN_LANGUAGES,
    PROGRAMS,
    known_language,
    language_of,
)
from ppl_engine.text.reading import Reading
from ppl_engine.text.spans import Span

__all__ = ["LANGUAGES", "Prose", "changed_prose", "language_of", "prose_of", "prose_spans"]


@dataclass(frozen=True, slots=True)
class _Format:
    read: Callable[[str], Reading]
    """The running text as the grammar of the format finds it."""

    notations: re.Pattern[str]
    """What in it is not prose although the grammar does not know it."""


_NONE: Final = re.compile(r"(?!)")
_UNKNOWN: Final = _Format(lambda _: Reading([], []), _NONE)
_FORMATS: Final[Mapping[str, _Format]] = {
    "markdown": _Format(markdown.markdown_prose, markdown.MARKDOWN_NOTATIONS),
    "mdx": _Format(markdown.mdx_prose, markdown.MDX_NOTATIONS),
    "html": _Format(html.html_prose, html.NOTATIONS),
    "restructuredtext": _Format(restructuredtext.rst_prose, restructuredtext.NOTATIONS),
    "asciidoc": _Format(asciidoc.asciidoc_prose, asciidoc.NOTATIONS),
    "latex": _Format(latex.latex_prose, _NONE),
    "git-commit": _Format(commit_message.commit_prose, commit_message.NOTATIONS),
    **{id_: _Format(partial(code.program_prose, id_), _NONE) for id_ in PROGRAMS},
}


def _format_of(language: str) -> _Format | None:
    """Return how a language is read, or None for plain text."""
    language = known_language(language)
    return None if language in PLAIN_LANGUAGES else _FORMATS.get(language, _UNKNOWN)


@dataclass(frozen=True, slots=True)
class Prose:
    """The prose of a text: ordered, disjoint, non-empty stretches."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    parts: NDArray[np.int64]
    """Where the parts begin that are read each on its own, ascending; a text without has none."""

    def holds(self, start: int, end: int) -> bool:
        """Whether `[start, end)` is prose as a whole."""
        idx = int(np.searchsorted(self.starts, start, side="right")) - 1
        return idx >= 0 and end <= int(self.ends[idx])


def prose_of(text: str, language: str) -> Prose:
    """Find the prose of `text`.

    `language` is an LSP language id; in a text of one that is not known, nothing is prose.
    """
    known = _format_of(language)
    return _plain(text, 0, len(text)) if known is None else _marked_up(text, 0, len(text), known)


def prose_spans(text: str, language: str) -> tuple[Span, ...]:
    """Return the prose of `text` as spans without white space at their ends, see `prose_of`."""
    prose = prose_of(text, language)
    spans = map(Span, prose.starts.tolist(), prose.ends.tolist())
    return tuple(_all_trimmed(spans, text))


def changed_prose(
    text: str, language: str, previous: Prose, change: TextChange
) -> tuple[Prose, TextChange]:
    """Return `prose_of(text)`, given that of the text before the change, and what was read again.

    Outside of that stretch the same is prose as before.
    """
    known = _format_of(language)
    if change.is_none:
        return previous, change
    if known is None:
        region = between_seams(change, text)
        return _joined(previous, _plain(text, region.start, region.new_end), region), region
    return _changed_parts(text, known, previous, change)


def _plain(text: str, start: int, end: int) -> Prose:
    return _prose(_without([Span(start, end)], _addresses(text, start, end)), [])


def _marked_up(text: str, start: int, end: int, known: _Format) -> Prose:
    """Read `[start, end)`, two of the parts or the ends of the text, as a document."""
    reading = known.read(text[start:end])
    parts = [start + part for part in reading.starts]
    spans = (Span(start + span.start, start + span.end) for span in reading.spans)
    # A notation may go on over many lines, but not into the next part.
    notations = (
        Span(*match.span())
        for low, high in pairwise([start, *parts, end])
        for match in known.notations.finditer(text, low, high)
    )
    kept = _without(_without(spans, notations), _addresses(text, start, end))
    return _prose(_all_trimmed(kept, text), parts)


def _changed_parts(
    text: str, known: _Format, previous: Prose, change: TextChange
) -> tuple[Prose, TextChange]:
    """Read again from the part before the one that changed to one that begins as it did before."""
    parts = previous.parts
    # Of a part that begins before the change, the first line may not be over before it.
    idx = int(np.searchsorted(parts, change.start, side="right")) - 2
    start = int(parts[idx]) if idx >= 0 else 0
    later = [*(parts[np.searchsorted(parts, change.old_end) :] + change.shift).tolist(), len(text)]
    n_tried = 0
    while n_tried + 1 < len(later):
        end, beyond = later[n_tried : n_tried + 2]
        read = _marked_up(text, start, beyond, known)
        if end in read.parts:
            region = TextChange(start, end - change.shift, end)
            return _joined(previous, _up_to(read, end), region), region
        n_tried = 2 * n_tried + 1
    region = TextChange(start, len(text) - change.shift, len(text))
    return _joined(previous, _marked_up(text, start, len(text), known), region), region


def _up_to(prose: Prose, end: int) -> Prose:
    n_spans, n_parts = np.searchsorted(prose.starts, end), np.searchsorted(prose.parts, end)
    return Prose(prose.starts[:n_spans], prose.ends[:n_spans], prose.parts[:n_parts])


def _joined(old: Prose, read: Prose, region: TextChange) -> Prose:
    """Put what was read in the place of what was there; a stretch cut by an edge is one again."""
    first = int(np.searchsorted(old.starts, region.start))
    last = int(np.searchsorted(old.ends, region.old_end, side="right"))
    before = np.minimum(old.ends[:first], region.start)
    after = np.maximum(old.starts[last:], region.old_end) + region.shift
    starts = np.concatenate([old.starts[:first], read.starts, after])
    ends = np.concatenate([before, read.ends, old.ends[last:] + region.shift])
    is_seam = (ends[:-1] == starts[1:]) & np.isin(starts[1:], [region.start, region.new_end])
    first_part = int(np.searchsorted(old.parts, region.start, side="right"))
    last_part = int(np.searchsorted(old.parts, region.old_end))
    return Prose(
        starts[np.append(True, ~is_seam)[: len(starts)]],
        ends[np.append(~is_seam, True)[: len(ends)]],
        spliced_places(old.parts, first_part, last_part, read.parts, region.shift),
    )


def _prose(spans: Iterable[Span], parts: list[int]) -> Prose:
    table = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
    return Prose(table[:, 0], table[:, 1], np.array(parts, dtype=np.int64))


def _all_trimmed(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """Take white space from both ends of each span; drop those that were nothing else."""
    for span in spans:
        content = span.of(text)
        end = span.start + len(content.rstrip())
        start = span.end - len(content.lstrip())
        if start < end:
            yield Span(start, end)


def _without(spans: Iterable[Span], holes: Iterable[Span]) -> Iterator[Span]:
    """Yield what is left of ordered spans outside of ordered holes."""
    remaining = iter(holes)
    hole = next(remaining, None)
    for span in spans:
        start = span.start
        while hole is not None and hole.start < span.end:
            if start < hole.start:
                yield Span(start, hole.start)
            start = max(start, hole.end)
            if span.end < hole.end:
                break
            hole = next(remaining, None)
        if start < span.end:
            yield Span(start, span.end)


# Every repetition is bounded or starts only where a run starts, which keeps the search linear.
# The letters end before the scripts that are written without spaces: there an address is known
# by being the only Latin among them.
_NAME: Final = r"A-Za-z0-9_\u00C0-\u1FFF"
_ADDRESS: Final = re.compile(
    r"(?P<url>(?:(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,15}://|(?<!\w)www\.|(?<!\w)mailto:)"
    r"[!#-;=?-\[\]_a-z~\u00A1-\u1FFF]+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})"
    rf"|(?P<path>(?:(?<!\w)[A-Za-z]:(?=[\\/]))?[{_NAME}.@%+=~/\\-]+)"
)
_AFTER_ADDRESS: Final = ".,;:!?'*_~)]"
_EXTENSION: Final = re.compile(r"[^.]\.[A-Za-z]\w{0,9}\Z|\A\.\w+\Z")


def _addresses(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the URLs, e-mail addresses and file paths in a stretch that cuts none of them."""
    for match in _ADDRESS.finditer(text, start, end):
        address = match[0].rstrip(_AFTER_ADDRESS)
        if match.lastgroup != "path" or _is_path(address):
            yield Span(match.start(), match.start() + len(address))


def _is_path(run: str) -> bool:
    """Tell `src/main.py` and `~/notes` from `and/or`."""
    if run[1:3] in {":\\", ":/"} or run.startswith("\\\\"):
        return True
    if "/" not in run or run.strip("/-=~+.") == "":
        return False
    has_root = run.startswith(("/", "~/", "./", "../"))
    return has_root or run.endswith("/") or _EXTENSION.search(run.rpartition("/")[2]) is not None
