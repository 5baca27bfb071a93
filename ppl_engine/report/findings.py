"""The findings of a document: each with its line, its context and what could stand there."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from ppl_engine.findings.codes import WORD_CODES
from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.report.markup import decimal, escaped
from ppl_engine.text.blocks import paragraph_at

NAMES: Final = {
    "likely-mistake": ("likely mistake", "likely mistakes"),
    "surprising-word": ("surprising word", "surprising words"),
    "surprising-passage": ("surprising passage", "surprising passages"),
    "repetition": ("repetition", "repetitions"),
    "ungrounded": ("ungrounded word", "ungrounded words"),
}
"""The kinds of findings in words, for one and for several."""

_N_CONTEXT: Final = 90
_LONGEST_EXCERPT: Final = 160
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SPACES: Final = re.compile(r"\s+")


def mark_class(finding: Finding) -> str:
    """Return the classes of a finding: its severity, and whether it is more than a word."""
    return finding.severity if finding.code in WORD_CODES else f"{finding.severity} long"


def finding_list(text: str, findings: Sequence[Finding], anchor: str) -> Iterator[str]:
    """Yield the list of findings; the n-th has the id `anchor-nn` and leads to `anchor-fn`."""
    line_starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    yield '<ol class="findings">\n'
    for number, finding in enumerate(findings, start=1):
        line = bisect_right(line_starts, finding.span.start)
        kind = "" if finding.code in WORD_CODES else " long"
        name = NAMES[finding.code][0] if finding.code in NAMES else finding.code
        yield (
            f'<li id="{anchor}-n{number}" class="{finding.severity}">'
            f'<p class="kind"><strong>{escaped(name)}</strong> '
            f'<a href="#{anchor}-f{number}">line {line:,}</a></p>'
            f'<p class="context{kind}" dir="auto">{_context(text, finding)}</p>'
            f'<p class="message">{escaped(finding.message)}</p>'
        )
        yield from _alternatives(finding.alternatives)
        yield "</li>\n"
    yield "</ol>\n"


def _context(text: str, finding: Finding) -> str:
    """Return a finding in what stands around it in its paragraph, on one line."""
    start, end = finding.span.start, finding.span.end
    first = paragraph_at(text, start) or finding.span
    last = paragraph_at(text, end - 1) or finding.span
    low, high = max(first.start, start - _N_CONTEXT), min(last.end, end + _N_CONTEXT)
    before, after = text[low:start], text[end:high]
    if first.start < low:
        before = "…" + before.partition(" ")[2]
    if high < last.end:
        after = after.rpartition(" ")[0] + "…"
    found = text[start:end]
    if len(found) > _LONGEST_EXCERPT:
        first, last = found[: _LONGEST_EXCERPT // 2], found[-_LONGEST_EXCERPT // 2 :]
        found = f"{first.rpartition(' ')[0] or first} … {last.partition(' ')[2] or last}"
    parts = (escaped(_SPACES.sub(" ", part)) for part in (before, found, after))
    return "{}<mark>{}</mark>{}".format(*parts)


def _alternatives(alternatives: Sequence[Alternative]) -> Iterator[str]:
    if not alternatives:
        return
    said = "gains" if alternatives[0].gain_bits is not None else "probability"
    yield f'<ul aria-label="alternatives, each with its {said}">'
    for one in alternatives:
        said = (
            f"{one.probability:.0%}"
            if one.gain_bits is None
            else f"gains {decimal(one.gain_bits, 1)} bits"
        )
        written = escaped(one.text.strip()) or "nothing"
        yield f"<li><q>{written}</q> <small>{said}</small></li>"
    yield "</ul>"
