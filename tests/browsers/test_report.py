"""A report in browsers, opened from disk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ppl_engine.report.values import Reported
from ppl_engine.text.spans import Span
from tests.browsers.axe import violations
from tests.browsers.conftest import NewPage
from tests.browsers.installed import Installed, Scheme
from tests.browsers.keys import focused
from tests.browsers.watching import Watched
from tests.report.samples import analyzed, finding
from tests.report.samples import page as report

CALM = "# Calm\n\nA cow ran on. A cow ran off.\n"
WILD = "# Wild\n\nThe wild zebra ran on.\n\n## More\n\nAnother zebra ran off.\n"
HOSTILE = "<script>document.title = 'gone'</script> & <b>zebra</b> \u202e\0\n"


def reported(path: str, text: str) -> Reported:
    found = [finding(Span(one.start(), one.end()), one[0]) for one in re.finditer("zebra", text)]
    return Reported(path, analyzed(text), found)


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> str:
    documents = (
        reported("b/wild.md", WILD),
        reported("a/calm.md", CALM * 3),
        reported("c/hostile.md", HOSTILE),
        *(reported(f"more/{n}.md", f"{CALM * n}Zebra zebra.\n") for n in range(1, 7)),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report(*documents), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(name="page")
def _page(new_page: NewPage, address: str) -> Page:
    return opened(new_page(), address)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator("#d1").scroll_into_view_if_needed()  # plots are drawn where they are looked at
    expect(page.locator("#d1 .uplot")).to_be_visible()
    return page


def test_it_opens_from_disk_and_asks_for_nothing(
    page: Page, address: str, watch: list[Watched]
) -> None:
    expect(page).to_have_title("A title")
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("details.document[open]")).to_have_count(9)
    (watched,) = watch
    assert watched.asked == [address]


def test_each_column_is_sorted_both_ways(page: Page) -> None:
    table = page.locator("table.overview")
    paths = table.locator("tbody th")
    head = table.get_by_role("columnheader", name="Document")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(paths.first).to_have_text("a/calm.md")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(paths.first).to_have_text("more/6.md")
    for name, column in (("Words", 1), ("Bits per byte", 3), ("Findings", 4)):
        table.get_by_role("columnheader", name=name, exact=True).get_by_role("button").click()
        cells = table.locator("tbody tr").evaluate_all(
            "(rows, column) => rows.map((row) => Number(row.cells[column].dataset.v))", column
        )
        assert len(cells) == 9
        assert cells == sorted(cells, reverse=True)
    expect(table.locator("th[aria-sort]")).to_have_count(1)


def test_documents_open_and_close_and_links_lead_into_them(page: Page) -> None:
    expect(page.locator("#d2 .body")).to_be_hidden()
    page.get_by_role("link", name="a/calm.md").click()
    expect(page.locator("#d2 .text")).to_be_visible()
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("#d9 .text")).to_be_visible()
    page.get_by_role("button", name="Close all").click()
    expect(page.locator("details.document[open]")).to_have_count(0)


def test_a_word_that_is_pointed_at_tells_its_numbers(page: Page) -> None:
    page.locator("#d1 .text mark").first.hover()
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("zebra 40.0 bits · 1 in 1.1 trillion")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_arrow_keys_go_from_word_to_word_and_to_the_hot_ones(page: Page) -> None:
    text = page.locator("#d1 .text")
    text.focus()
    tip = page.locator(".tip")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("The 1.0 bits · 1 in 2.0")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
        expect(tip).to_contain_text("zebra 40.0 bits")
    expect(page.locator(".unseen[aria-live]")).to_contain_text("zebra: 40.0 bits")
    expect(text.locator(".current")).to_have_count(1)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#d1 .text p", has_text="wild").locator(".current")).to_have_text("zebra")


def test_the_profile_leads_to_its_highest_word(page: Page) -> None:
    over = page.locator("#d1 .u-over")
    box = over.bounding_box()
    assert box
    # The third word of the first section, of 11 words in all.
    over.click(position={"x": box["width"] * 3 / 10, "y": box["height"] / 2})
    expect(page.locator("#d1 .text .flash")).to_have_count(1)
    expect(page.locator("#d1 .text")).to_be_focused()


def test_all_of_it_is_reached_by_key(page: Page) -> None:
    found: list[tuple[str, bool]] = []
    for _ in range(30):
        page.keyboard.press("Tab")
        found.append(focused(page))
    names = [name for name, _ in found]
    assert names[:5] == ["Document", "Words", "Perplexity", "Bits per byte", "Findings"]
    assert "b/wild.md" in names
    assert "Open all" in names
    assert "Text of b/wild.md; arrow keys go from word to word" in names
    assert [name for name, is_seen in found if not is_seen] == []


def test_on_paper_it_is_light_and_whole_and_has_no_controls(
    new_page: NewPage, browser: Installed, address: str, tmp_path: Path
) -> None:
    if not browser.is_chromium:
        pytest.skip("is not told by WebDriver BiDi to show what it would print")
    page = opened(new_page("dark"), address)
    page.emulate_media(media="print")
    expect(page.locator(".all")).to_be_hidden()
    expect(page.locator("#d1 .close")).to_be_hidden()
    expect(page.locator("#d1 .plot svg")).to_be_visible()
    style = "(found) => [getComputedStyle(found).color, getComputedStyle(found).backgroundColor]"
    hot = page.locator("#d1 .text .h5").first.evaluate(style)
    assert hot == ["rgb(31, 35, 40)", "rgba(0, 0, 0, 0)"]
    page.emulate_media(media=None)
    printed = page.pdf(path=tmp_path / "report.pdf")
    assert printed.startswith(b"%PDF-")
    expect(page.locator("details.document[open]")).to_have_count(1)  # closed again


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility(
    new_page: NewPage, address: str, scheme: Scheme
) -> None:
    page = opened(new_page(scheme), address)
    page.get_by_role("button", name="Open all").click()
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1600])
def test_it_fits_on_screens_of_any_width(new_page: NewPage, address: str, width: int) -> None:
    page = opened(new_page(width=width), address)
    page.get_by_role("button", name="Open all").click()
    overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
