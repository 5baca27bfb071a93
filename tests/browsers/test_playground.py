"""The page of the playground in browsers, against the real server with an engine of known costs."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect

from ppl_engine.report.palette import DARK, LIGHT, Theme
from tests.browsers.axe import violations
from tests.browsers.conftest import NewPage
from tests.browsers.installed import Scheme
from tests.browsers.playing import (
    editor,
    hover,
    line,
    mark,
    open_text,
    settled,
    visit,
    write_at_end,
)
from tests.browsers.serving import Playground, playground
from tests.browsers.watching import Watched

LONG = "".join(f"## Part {n}\n\nCalm words of a part.\n\n" for n in range(60)) + "## Last\n\nEnd.\n"


@pytest.fixture(scope="module", name="served")
def _served() -> Generator[Playground]:
    with playground() as served, served.visit():  # a visit, so that it does not end between tests
        yield served


@pytest.fixture(name="page")
def _page(new_page: NewPage, served: Playground) -> Page:
    return visit(new_page(), served)


def test_a_sample_is_loaded_and_scored(page: Page) -> None:
    expect(editor(page)).to_be_focused()
    expect(editor(page)).to_contain_text("This guide shows how to install the service")
    expect(page.locator("#summary")).to_contain_text("perplexity 16.0 · 4.0 bits per word")
    expect(page.locator("#model")).to_contain_text("model embedded · cpu")
    expect(page.locator("#sections tr")).to_have_count(6)


def test_nothing_is_asked_of_anybody_but_the_server(
    page: Page, served: Playground, watch: list[Watched]
) -> None:
    open_text(page)
    expect(hover(page, "warning", ".cm-tooltip-hover")).to_be_visible()
    (watched,) = watch
    assert served.address in watched.asked
    assert f"{served.address}playground.js" in watched.asked
    assert served.session.partition(":")[2] in {one.partition(":")[2] for one in watched.asked}
    ours = (served.address, served.session)
    assert [one for one in watched.asked if not one.startswith(ours)] == []


def test_findings_are_underlined_and_listed_with_their_fixes(page: Page) -> None:
    open_text(page)
    expect(mark(page, "info")).to_have_text(["zzword"])
    expect(mark(page, "warning")).to_have_text(["qqthen"])
    expect(page.locator("#findings-title")).to_have_text("Findings (2)")
    expect(page.locator("#findings li .go")).to_have_text(
        ["worth a glance · line 3", "likely mistake · line 7"]
    )
    fixes = page.locator("#findings li.warning .fixes").first.get_by_role("button")
    expect(fixes).to_have_text(["Replace with “then” (+12.5 bits)", re.compile("THEN")])


def test_a_word_that_is_rested_on_tells_its_numbers(page: Page) -> None:
    open_text(page)
    expect(hover(page, "info")).to_contain_text("zzword 40.0 bits, 1 in 1.1 trillion")
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("surprises the model")


def test_a_mistake_that_is_typed_is_marked_and_mended(page: Page) -> None:
    open_text(page, "# Typed\n\nA calm line.\n")
    expect(page.locator("#nothing-found")).to_contain_text("Nothing found")
    write_at_end(page, "It was qqwritten here. ")
    expect(mark(page, "warning")).to_have_text(["qqwritten"])
    page.get_by_role("button", name="Replace with “written” (+12.5 bits)").click()
    expect(line(page, "It was written here.")).to_be_visible()
    expect(mark(page, "warning")).to_have_count(0)
    settled(page)
    editor(page).focus()
    page.keyboard.press("Control+z")
    expect(mark(page, "warning")).to_have_text(["qqwritten"])


def test_all_sure_mistakes_are_mended_at_once(page: Page) -> None:
    open_text(page, "# All\n\nSay qqthen and qqthere and zzword.\n")
    page.locator("#fix-all").click()
    expect(line(page, "Say then and there and zzword.")).to_be_visible()
    expect(page.locator("#fix-all")).to_be_hidden()


def test_what_is_right_is_ignored_by_a_comment(page: Page) -> None:
    open_text(page)
    finding = page.locator("#findings li.info")
    finding.locator("summary").click()
    finding.get_by_role("button", name="Ignore “zzword” in this file").click()
    expect(line(page, "ppl: words zzword")).to_be_visible()
    expect(page.locator("#findings li.info")).to_have_count(0)


def test_the_heat_map_is_full_of_findings_only_or_off(page: Page) -> None:
    open_text(page, "# Heat\n\nSome calm words, zzword, and qqthen.\n")
    heat = page.locator(".cm-line .heat.h5")
    expect(heat).to_have_text(["zzword", "qqthen"])
    for mode, n_hot in (("findings only", 2), ("off", 0), ("full", 2)):
        page.get_by_text(mode, exact=True).click()
        expect(heat).to_have_count(n_hot)
        expect(page.locator("#legend")).to_be_visible(visible=mode != "off")


def test_the_profile_leads_to_places_of_the_text(page: Page) -> None:
    open_text(page, LONG)
    expect(line(page, "## Last")).to_have_count(0)
    box = page.locator("#plot").bounding_box()
    assert box
    page.locator("#plot").click(position={"x": box["width"] - 12, "y": box["height"] / 2})
    expect(line(page, "## Last")).to_be_in_viewport()
    expect(editor(page)).to_be_focused()
    page.get_by_role("button", name="Part 0").click()
    expect(line(page, "## Part 0")).to_be_in_viewport()
    expect(line(page, "## Last")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_it_is_light_or_dark_as_its_reader_likes(
    new_page: NewPage, served: Playground, scheme: Scheme, theme: Theme
) -> None:
    page = visit(new_page(scheme), served)
    assert rgb(color(page, ".cm-editor", "background-color")) == theme.page
    assert rgb(color(page, ".cm-line", "color")) == theme.text


def color(page: Page, selector: str, name: str) -> str:
    script = "(found, name) => getComputedStyle(found).getPropertyValue(name)"
    return page.locator(selector).first.evaluate(script, name)


def rgb(computed: str) -> str:
    return "#" + "".join(f"{int(one):02x}" for one in re.findall(r"\d+", computed)[:3])


def test_texts_come_and_go_and_come_back(page: Page) -> None:
    open_text(page)
    page.get_by_role("button", name="Clear").click()
    expect(editor(page)).to_have_text("Type or paste a text, or drop a file here.")
    expect(page.locator("#findings li")).to_have_count(0)
    expect(page.locator("#profile-message")).to_have_text("There are no words to plot.")
    editor(page).focus()
    page.keyboard.press("Control+z")
    expect(mark(page, "warning")).to_have_text(["qqthen"])
    page.get_by_role("button", name="Sample").click()
    expect(editor(page)).to_contain_text("Running the service")
    expect(page.locator("#findings li")).to_have_count(0)


def test_a_file_that_is_no_text_is_refused_in_words(page: Page) -> None:
    payload = {"name": "song.mp3", "mimeType": "audio/mpeg", "buffer": b"\0\1\2"}
    page.locator("#file").set_input_files(payload)  # pyright: ignore[reportArgumentType]
    expect(page.get_by_role("alert")).to_have_text("song.mp3 is no text.")
    expect(editor(page)).to_contain_text("Running the service")


def test_each_page_has_a_text_of_its_own(page: Page, new_page: NewPage, served: Playground) -> None:
    other = visit(new_page(), served)
    open_text(page, "# One\n\nzzone\n")
    open_text(other, "# Other\n\nzzother\n")
    expect(mark(page, "info")).to_have_text(["zzone"])
    expect(mark(other, "info")).to_have_text(["zzother"])
    other.reload()
    settled(other)
    expect(editor(other)).to_contain_text("Running the service")
    expect(mark(page, "info")).to_have_text(["zzone"])


@pytest.mark.parametrize("width", [360, 820, 1920])
def test_it_fits_on_screens_of_any_width(new_page: NewPage, served: Playground, width: int) -> None:
    page = visit(new_page(width=width), served)
    open_text(page)
    overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    for name in ("Clear", "Explain the word at the cursor", "Replace with “then” (+12.5 bits)"):
        page.get_by_role("button", name=name).scroll_into_view_if_needed()
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility(
    new_page: NewPage, served: Playground, scheme: Scheme
) -> None:
    page = visit(new_page(scheme), served)
    open_text(page)
    page.locator("#findings summary").first.click()
    assert violations(page) == []
