"""What of a document is prose: the only text in which anything may be flagged.

Everything else stays in the text that the model reads: code and addresses are context, not errors.
A format joins by one line in `_FORMATS` and those in `languages`, with its grammar in a module of
its own beside `markdown`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ppl_engine.text import markdown
from ppl_engine.text.languages import LANGUAGES, language_of
from ppl_engine.text.spans import Span

__all__ = ["LANGUAGES", "language_of", "prose_spans"]


@dataclass(frozen=True, slots=True)
class _Format:
    prose: Callable[[str], Iterable[Span]]
    """The running text, in order, as the grammar of the format finds it."""

    notations: re.Pattern[str]
    """What in it is not prose although the grammar does not know it."""


_FORMATS: Final[Mapping[str, _Format]] = {
    "markdown": _Format(markdown.markdown_prose, markdown.MARKDOWN_NOTATIONS),
    "mdx": _Format(markdown.mdx_prose, markdown.MDX_NOTATIONS),
}


def prose_spans(text: str, language: str) -> tuple[Span, ...]:
    """Return the prose of `text`: ordered, disjoint, non-empty spans.

    `language` is an LSP language id; one that is not known is read as plain text.
    """
    kept: Iterable[Span] = [Span(0, len(text))]
    if (known := _FORMATS.get(language)) is not None:
        notations = (Span(*match.span()) for match in known.notations.finditer(text))
        kept = _without(known.prose(text), notations)
    kept = _without(kept, _addresses(text))
    return tuple(trimmed for span in kept if (trimmed := _trimmed(span, text)))


def _trimmed(span: Span, text: str) -> Span:
    content = span.of(text)
    end = span.start + len(content.rstrip())
    return Span(min(end, span.end - len(content.lstrip())), end)


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


def _addresses(text: str) -> Iterator[Span]:
    """Yield the URLs, e-mail addresses and file paths of a text."""
    for match in _ADDRESS.finditer(text):
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
