"""Where the focus is, and whether that is seen."""

from typing import Any, Final, cast

from playwright.sync_api import Page

_MOST_STOPS: Final = 60

_FOCUSED: Final = """() => {
  const found = document.activeElement;
  // What is drawn for an input that is not: its label.
  const drawn = [found, found.nextElementSibling, found.closest('.pane')];
  const isSeen = drawn.some((one) => {
    const { outlineStyle, outlineWidth } = one ? getComputedStyle(one) : {};
    return one && outlineStyle !== 'none' && 2 <= parseFloat(outlineWidth);
  });
  const label = found.getAttribute('aria-label') ?? found.labels?.[0]?.textContent;
  return [(label ?? found.textContent).trim(), isSeen];
}"""


def focused(page: Page) -> tuple[str, bool]:
    """Return the name of what has the focus, up to its first comma, and whether it has a frame."""
    name, is_seen = cast(tuple[str, bool], page.evaluate(_FOCUSED))
    return name.partition(",")[0], is_seen


def stops(page: Page, *, until: str) -> list[tuple[str, bool]]:
    """Press Tab until something has the focus; return every stop, the first and that included."""
    found: list[Any] = []
    while len(found) < _MOST_STOPS:
        found.append(focused(page))
        if found[-1][0] == until:
            break
        page.keyboard.press("Tab")
    return found
