"""Texts can be read on what they stand on, and bands told apart by lightness alone."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from ppl_engine.heat import BAND_EDGES_BITS
from ppl_engine.report import palette
from ppl_engine.report.palette import DARK, LIGHT, Theme

LEAST_CONTRAST = 4.5
STYLE = (Path(palette.__file__).parent / "static" / "report.css").read_text(encoding="utf-8")


def luminance(color: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    assert re.fullmatch("#[0-9a-f]{6}", color)
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(theme: Theme) -> None:
    grounds = (theme.page, theme.panel)
    texts = (
        *(theme.text, theme.faint_text, theme.link),
        *(theme.warning, theme.information, theme.hint),
    )
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [(swatch.text, swatch.background) for swatch in theme.bands]
    pairs.append((theme.page, theme.text))  # the numbers of a word
    assert [pair for pair in pairs if contrast(*pair) < LEAST_CONTRAST] == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_bands_go_away_from_the_page_in_steps_that_can_be_seen(theme: Theme) -> None:
    away = [contrast(theme.page, swatch.background) for swatch in theme.bands]
    assert away == sorted(away)
    steps = [after / before for before, after in pairwise([1.0, *away])]
    assert min(steps) > 1.07


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_that_carry_meaning_stand_out(theme: Theme) -> None:
    """WCAG 2.2, 1.4.11: graphics have a contrast of 3 to 1."""
    for color in (theme.warning, theme.information, theme.hint, theme.mean):
        assert contrast(color, theme.page) >= 3
        assert contrast(color, theme.stripe) >= 3


def test_there_is_a_color_and_an_underline_for_every_band() -> None:
    n_bands = len(BAND_EDGES_BITS)
    assert len(LIGHT.bands) == len(DARK.bands) == len(palette.UNDERLINES) == n_bands
    assert len(set(palette.UNDERLINES)) == n_bands


def test_the_style_sheet_names_colors_and_has_none_of_its_own() -> None:
    rules = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)
    defined = set(re.findall(r"--([\w-]+):", palette.css()))
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) <= defined
    for band in range(1, len(BAND_EDGES_BITS) + 1):
        assert f".h{band}{{background:var(--h{band});color:var(--h{band}-text);" in palette.css()


def test_paper_is_light() -> None:
    light, dark = palette.css().split("@media screen and (prefers-color-scheme:dark)")
    assert LIGHT.page in light
    assert DARK.page in dark
    assert DARK.page not in light


def test_a_page_inside_of_another_has_the_colors_that_its_root_names() -> None:
    _, dark = palette.css().split("@media screen{:root.dark{")
    assert DARK.page in dark.split("}")[0]
    assert "(prefers-color-scheme:dark){:root:not(.light){" in palette.css()
