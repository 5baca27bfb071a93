"""What a person does on the page of the playground."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from playwright.sync_api import Error, FilePayload, Locator, Page, expect

from tests.browsers.serving import Playground

WORDS: Final = """\
# First

Some calm words and a zzword among them.

## Second

Say qqthen what it was.
"""
"""To the fake engine, `zzword` surprises and `qqthen` is a likely mistake for `then`."""


_MOST_TRIES: Final = 12
_RETRY_MS: Final = 5_000


def visit(page: Page, playground: Playground) -> Page:
    """Open the page and wait until all of the sample is scored."""
    response = page.goto(playground.address)
    assert response
    assert response.status == 200
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until figures and profile are those of the text that is there."""
    expect(page.locator("#status")).to_have_text("ready")
    expect(page.locator("#summary:not(.stale)")).to_contain_text("perplexity")
    expect(page.locator("#profile:not(.stale)")).to_be_visible()


def open_text(page: Page, text: str = WORDS, name: str = "words.md") -> None:
    """Open a file as one does by the button; wait until all of it is scored."""
    payload = FilePayload(name=name, mimeType="text/markdown", buffer=text.encode())
    page.locator("#file").set_input_files(payload)
    first, *_ = text.split("\n")
    expect(editor(page)).to_contain_text(first)
    settled(page)


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text")


def line(page: Page, text: str) -> Locator:
    """Return the line of the editor that holds a text."""
    return page.locator(".cm-line", has_text=text)


def mark(page: Page, kind: str) -> Locator:
    """Return what is underlined as a warning or as information."""
    return page.locator(f".cm-lintRange-{kind}")


def hover(page: Page, kind: str, said: str = ".cm-lsp-hover-tooltip") -> Locator:
    """Point at a mark of a kind until the editor says something of it; return what it says.

    A mark that is drawn anew at that moment was never pointed at.
    """
    tooltip = page.locator(said)
    for _ in range(_MOST_TRIES):
        page.mouse.move(1, 1)
        mark(page, kind).first.scroll_into_view_if_needed()
        box = mark(page, kind).first.bounding_box()
        assert box
        # As a hand moves: one jump onto the edge between two letters points at neither.
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=5)
        with suppress(Error):
            tooltip.wait_for(timeout=_RETRY_MS)
            break
    return tooltip


def write_at_end(page: Page, text: str) -> None:
    editor(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def picture(page: Page, folder: Path, name: str) -> None:
    """Keep what is seen."""
    page.screenshot(path=folder / f"{name}.png")
