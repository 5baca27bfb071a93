"""What a person does on the page of the playground."""

from pathlib import Path
from typing import Final

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browsers.serving import Playground

WORDS: Final = """\
# First

Some calm words and a zzword among them.

## Second

Say qqthen what it was.
"""
"""To the fake engine, `zzword` surprises and `qqthen` is a likely mistake for `then`."""


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


def write_at_end(page: Page, text: str) -> None:
    editor(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def picture(page: Page, folder: Path, name: str) -> None:
    """Keep what is seen."""
    page.screenshot(path=folder / f"{name}.png")
