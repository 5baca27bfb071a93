"""Browsers are started once for each file of tests, and closed at its end.

Playwright's loop runs in the main thread as long as it is there, so that no `async` test can run
beside it: these files have none.
"""

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.browsers.installed import PATIENCE_MS, WANTED, Installed, Scheme, installed
from tests.browsers.watching import Watched

expect.set_options(timeout=PATIENCE_MS)

NewPage = Callable[..., Page]


@pytest.fixture(scope="module", params=WANTED)
def browser(request: pytest.FixtureRequest) -> Generator[Installed]:
    with installed(request.param) as found:
        yield found


@pytest.fixture(name="watch")
def _watch() -> list[Watched]:
    """Every page that a test has opened."""
    return []


@pytest.fixture
def new_page(browser: Installed, watch: list[Watched]) -> Generator[NewPage]:
    """Open pages; whatever a test is about, none of them may have complained."""
    with ExitStack() as contexts:

        def open_page(scheme: Scheme = "light", *, width: int = 1280) -> Page:
            context = contexts.enter_context(browser.context(scheme, width=width))
            watch.append(Watched.of(context.new_page()))
            return watch[-1].page

        yield open_page
        for watched in watch:
            assert watched.complaints == []
