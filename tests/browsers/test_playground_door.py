"""Who is let in to the playground, and what a page says when its server is no more."""

from collections.abc import Generator
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from ppl_lsp.playground.serving import MOST_PAGES
from tests.browsers.conftest import NewPage
from tests.browsers.playing import editor, line, open_text, settled, visit, write_at_end
from tests.browsers.serving import Playground, playground
from tests.browsers.watching import Watched


@pytest.fixture(name="served")
def _served() -> Generator[Playground]:
    with playground() as served:
        yield served


def test_without_the_secret_nobody_is_let_in(
    new_page: NewPage, served: Playground, watch: list[Watched]
) -> None:
    page = new_page()
    for path in ("/", "/wrong/", "/wrong/playground.js"):
        response = page.goto(f"{served.origin}{path}")
        assert response
        assert response.status == 403
        expect(page.locator("body")).to_contain_text("Open the address that the playground has")
    (watched,) = watch
    assert any("403" in one for one in watched.complaints) == bool(watched.complaints)
    watched.complaints.clear()


def test_a_page_of_somebody_else_can_not_speak_to_the_server(
    new_page: NewPage, served: Playground, watch: list[Watched]
) -> None:
    with playground() as other:
        page = visit(new_page(), other)
        page.goto("data:text/html,<title>somebody else</title>")
        speak = """address => new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('refused');
        })"""
        assert page.evaluate(speak, served.session) == "refused"
    watch[0].complaints.clear()  # that it was refused


def test_when_the_server_ends_the_page_says_so_and_keeps_the_text(
    new_page: NewPage, served: Playground
) -> None:
    page = visit(new_page(), served)
    open_text(page)
    write_at_end(page, "My own words.")
    served.end()
    expect(page.get_by_role("alert")).to_contain_text("The server is gone")
    expect(page.get_by_role("alert")).to_contain_text("the text is still here")
    expect(page.locator("#status")).to_have_text("ended")
    write_at_end(page, " And more.")
    expect(line(page, "My own words. And more.")).to_be_visible()


def test_a_page_too_many_says_so_and_the_others_go_on(
    new_page: NewPage, served: Playground
) -> None:
    first = visit(new_page(), served)
    with ExitStack() as others:
        for _ in range(MOST_PAGES - 1):
            others.enter_context(served.visit())
        page = new_page()
        page.goto(served.address)
        expect(page.get_by_role("alert")).to_contain_text("too many pages are open")
    open_text(first)
    page.reload()
    settled(page)
    expect(editor(page)).to_contain_text("Running the service")
