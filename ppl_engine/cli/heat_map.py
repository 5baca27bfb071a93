"""A text in the colors of its surprisal; without colors, the bits of what is hot in brackets."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ppl_engine.cli.output import Part, on_terminal

STYLES: Final = (
    "",
    "black on #fff7bc",
    "black on #fee391",
    "black on #fe9929",
    "white on #cc4c02",
    "bold underline white on #7f2704",
)
"""One for each band, from calm to hottest. One hue that only darkens can be told apart whatever
colors the eyes see; the hottest is underlined too."""

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
