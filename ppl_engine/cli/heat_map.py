"""A text in the colors of its surprisal; without colors, the bits of what is hot in brackets."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ppl_engine.cli.output import Part, on_terminal
from ppl_engine.report.palette import LIGHT

STYLES: Final = (
    "",
    *(f"{swatch.text} on {swatch.background}" for swatch in LIGHT.bands[:-1]),
    f"bold underline {LIGHT.bands[-1].text} on {LIGHT.bands[-1].background}",
)
"""One for each band, from calm to hottest; the hottest is underlined too."""

_BANDS_IN_BRACKETS: Final = range(3, 6)


def colored(
    text: str, starts: Sequence[int], ends: Sequence[int], bands: Sequence[int]
) -> Iterator[Part]:
    """Yield the whole text in parts, every word in the style of its band."""
    text = on_terminal(text)
    position = 0
    for start, end, band in zip(starts, ends, bands, strict=True):
        yield text[position:start]
        yield (text[start:end], STYLES[band])
        position = end
    yield text[position:]


def in_brackets(
    text: str, ends: Sequence[int], surprisal_bits: Sequence[float], bands: Sequence[int]
) -> Iterator[Part]:
    """Yield the whole text in parts, the words of the upper bands followed by their bits."""
    text = on_terminal(text)
    position = 0
    for end, bits, band in zip(ends, surprisal_bits, bands, strict=True):
        if band in _BANDS_IN_BRACKETS:
            yield f"{text[position:end]}[{bits:.0f}]"
            position = end
    yield text[position:]


def legend(edges_bits: Iterable[float]) -> Iterator[Part]:
    """Yield what the colors mean: from how many bits on each is used."""
    yield "bits:"
    for style, edge in zip(STYLES[1:], edges_bits, strict=True):
        yield " "
        yield (f" {edge:.0f}+ ", style)
