"""Every color of the report, and of whatever else draws heat in the same colors.

Terminals have their own (`cli.heat_map`): some have but sixteen.

Each ramp is one hue whose lightness goes one way only, away from the page, so that bands can be
told apart whatever colors the eyes see, and on paper without color. Underlines are a second cue.
Every text has a contrast of at least 4.5 to 1 on what it stands on (WCAG 2.2, 1.4.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Underline = Literal["none", "dotted", "dashed", "solid", "double", "wavy"]


@dataclass(frozen=True, slots=True)
class Swatch:
    """A text on a ground."""

    background: str
    text: str


@dataclass(frozen=True, slots=True)
class Theme:
    """The colors of one scheme, each as `#rrggbb`."""

    page: str
    panel: str
    """What stands out from the page a little."""

    text: str
    faint_text: str
    link: str
    line: str
    """Borders and grids: no text is drawn in it."""

    warning: str
    information: str
    hint: str
    mean: str
    """The mean of a profile; its highest words are drawn in that of information."""

    stripe: str
    """Every other section of a profile."""

    bands: tuple[Swatch, ...]
    """Bands 1 to 5 of heat; band 0 is the page itself."""


UNDERLINES: Final[tuple[Underline, ...]] = ("dotted", "dashed", "solid", "double", "wavy")
"""Of bands 1 to 5."""

LIGHT: Final = Theme(
    page="#fdfcfa",
    panel="#f5f2ec",
    text="#1f2328",
    faint_text="#5b6069",
    link="#0a5b8f",
    line="#ddd7cc",
    warning="#a32f00",
    information="#0a5b8f",
    hint="#5b6069",
    mean="#98330c",
    stripe="#f5f2ec",
    bands=(
        Swatch("#fff3d1", "#1f1d1a"),
        Swatch("#ffe3a3", "#1f1d1a"),
        Swatch("#fdc164", "#1f1d1a"),
        Swatch("#ee8a2e", "#1a1410"),
        Swatch("#98330c", "#ffffff"),
    ),
)

DARK: Final = Theme(
    page="#16171b",
    panel="#1f2126",
    text="#e6e4df",
    faint_text="#a3a7b0",
    link="#7fc1f2",
    line="#363942",
    warning="#ff9d6b",
    information="#7fc1f2",
    hint="#a3a7b0",
    mean="#ffd489",
    stripe="#1f2126",
    bands=(
        Swatch("#2e271b", "#efe9df"),
        Swatch("#4d3b16", "#f6ecd8"),
        Swatch("#7d5714", "#fff4e0"),
        Swatch("#d98a24", "#17120a"),
        Swatch("#ffd489", "#17120a"),
    ),
)


def css() -> str:
    """Return the colors as custom properties: light ones, and dark ones on screens that ask.

    Who shows a page inside of another says by a class of its root, `light` or `dark`, which.
    """
    light, dark = (_declarations(_properties(theme)) for theme in (LIGHT, DARK))
    underlines = "".join(
        f".h{band}{{background:var(--h{band});color:var(--h{band}-text);"
        f"text-decoration-style:{style}}}\n"
        for band, style in enumerate(UNDERLINES, start=1)
    )
    # Paper is light whatever the screen is.
    on_dark_screens = "@media screen and (prefers-color-scheme:dark)"
    return (
        f":root{{{light}}}\n{on_dark_screens}{{:root:not(.light){{{dark}}}}}\n"
        f"@media screen{{:root.dark{{{dark};color-scheme:dark}}}}\n"
        f":root.light{{color-scheme:light}}\n{underlines}"
    )


def _properties(theme: Theme) -> Mapping[str, str]:
    names = ("page", "panel", "text", "faint_text", "link", "line")
    marks = ("warning", "information", "hint", "mean", "stripe")
    found = {name.replace("_", "-"): str(getattr(theme, name)) for name in (*names, *marks)}
    for band, swatch in enumerate(theme.bands, start=1):
        found[f"h{band}"] = swatch.background
        found[f"h{band}-text"] = swatch.text
    return found


def _declarations(properties: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in properties.items())
