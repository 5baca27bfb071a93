"""`ppl playground` as people start it, with the model that ships."""

from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from tests.browsers.conftest import NewPage
from tests.browsers.installed import Installed, installed
from tests.browsers.playing import hover, line, visit
from tests.browsers.serving import REAL, playground


@pytest.fixture(scope="module")
def browser() -> Generator[Installed]:
    """Drive one of them: what the engine says depends on no browser."""
    with installed("chromium") as found:
        yield found


def test_the_slips_of_the_sample_are_found_and_mended(new_page: NewPage) -> None:
    with playground(REAL) as served:
        page = visit(new_page(), served)
        expect(page.locator("#findings-title")).to_have_text("Findings (3)")
        said = page.locator("#findings li p")
        expect(said).to_contain_text(["“trumpet” surprises", "meant as “which”", "meant as “read”"])
        page.locator(".go", has_text="line 31").click()
        said_of_word = hover(page, "info")
        expect(said_of_word).to_contain_text("trumpet")
        expect(said_of_word).to_contain_text("bits, 1 in")
        page.locator(".fix.preferred", has_text="which").click()
        expect(line(page, "then exits, which may take")).to_be_visible()
        expect(page.locator("#findings-title")).to_have_text("Findings (2)")
