"""A text with fixes in it."""

from collections.abc import Iterable

from ppl_engine.findings.sureness import Fix


def disjoint(fixes: Iterable[Fix]) -> list[Fix]:
    """Return fixes in the order of the text; of those that overlap or meet, the first."""
    kept: list[Fix] = []
    for fix in sorted(fixes, key=lambda one: (one.span.start, one.span.end)):
        if not kept or kept[-1].span.end < fix.span.start:
            kept.append(fix)
    return kept


def fixed_text(text: str, fixes: Iterable[Fix]) -> str:
    """Return the text with fixes, which are in order and disjoint, applied to it."""
    parts: list[str] = []
    end = 0
    for fix in fixes:
        parts += [text[end : fix.span.start], fix.after]
        end = fix.span.end
    return "".join([*parts, text[end:]])
