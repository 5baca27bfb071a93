"""The playground without a pointer: all of it is reached by key, and what has the focus shows."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect

from tests.browsers.conftest import NewPage
from tests.browsers.keys import focused, stops
from tests.browsers.playing import editor, line, open_text, visit
from tests.browsers.serving import Playground, playground

LONG = "# Long\n\n" + "Calm words of a line.\n\n" * 80 + "## Last\n\nSay qqthen.\n"


@pytest.fixture(scope="module", name="served")
def _served() -> Generator[Playground]:
    with playground() as served, served.visit():
        yield served


@pytest.fixture(name="page")
def _page(new_page: NewPage, served: Playground) -> Page:
    page = visit(new_page(), served)
    open_text(page)
    page.locator("#sample").focus()
    return page


def test_tab_goes_through_all_there_is_in_the_order_of_the_page(page: Page) -> None:
    found = stops(page, until="Second")
    assert [name for name, _ in found] == [
        *("Sample", "Clear", "Open…", "full", "Text", "Explain the word at the cursor"),
        *("worth a glance · line 3", "It is right: ignore…", "likely mistake · line 7"),
        *("Replace with “then” (+12.5 bits)", "Replace with “THEN” (+3.2 bits)"),
        *("It is right: ignore…", "Fix the one sure mistake in this file"),
        *("Bits per word along the text", "First", "Second"),
    ]
    assert [name for name, is_seen in found if not is_seen] == []


def test_arrow_keys_choose_the_heat_map(page: Page) -> None:
    page.get_by_role("radio", name="full").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="findings only")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="off")).to_be_checked()
    expect(page.locator(".cm-line .heat")).to_have_count(0)


def test_a_mistake_is_found_explained_and_mended_by_key(page: Page) -> None:
    editor(page).focus()
    page.keyboard.press("F8")
    page.keyboard.press("Control+i")
    explanation = page.locator(".cm-lsp-documentation")
    expect(explanation).to_contain_text("zzword 40.0 bits, 1 in 1.1 trillion")
    page.keyboard.press("Escape")
    expect(explanation).to_have_count(0)
    page.keyboard.press("F8")
    page.keyboard.press("Control+.")
    assert focused(page)[0] == "Replace with “then” (+12.5 bits)"
    page.keyboard.press("Enter")
    expect(line(page, "Say then what it was.")).to_be_visible()


def test_arrow_keys_walk_along_the_profile_and_enter_goes_there(page: Page) -> None:
    open_text(page, LONG)
    plot = page.locator("#plot")
    plot.focus()
    page.keyboard.press("End")
    expect(page.locator("#readout")).to_contain_text("Last")
    page.keyboard.press("Home")
    expect(page.locator("#readout")).to_contain_text("Long")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(line(page, "Say qqthen.")).to_be_in_viewport()
    expect(editor(page)).to_be_focused()


def test_tab_leaves_the_editor_and_changes_nothing(page: Page) -> None:
    before = editor(page).inner_text()
    editor(page).focus()
    page.keyboard.press("Tab")
    assert focused(page)[0] == "Explain the word at the cursor"
    page.keyboard.press("Shift+Tab")
    expect(editor(page)).to_be_focused()
    assert editor(page).inner_text() == before
