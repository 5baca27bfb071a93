"""The browsers of this machine, driven as a person drives them. Nothing is downloaded.

Playwright brings browsers of its own; here it is told to use those that are installed: Chromium
over its DevTools protocol, and Firefox over WebDriver BiDi, by the channel `moz-firefox`.
Playwright calls the latter experimental, so Firefox is only driven where somebody asks for it:
`PPL_TEST_BROWSERS=chromium,firefox pytest tests/browsers`.
"""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Playwright, sync_playwright

Scheme = Literal["light", "dark"]

PATIENCE_MS: Final = 60_000
"""Until a state that does not come is a failure: longer than any busy machine takes."""

COMMANDS: Final = {"chromium": ("chromium", "chromium-browser"), "firefox": ("firefox-esr",)}
"""What the browsers are called, Debian's name first."""

WANTED: Final = os.environ.get("PPL_TEST_BROWSERS", "chromium").split(",")

_CHROMIUM_ARGUMENTS: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever it asks for by itself, there is no network in tests.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_FIREFOX_SCHEME: Final = "layout.css.prefers-color-scheme.content-override"


@dataclass
class Installed:
    """A browser of this machine. Raises Skipped where it is not there."""

    name: str
    playwright: Playwright
    _running: dict[str, Browser] = field(default_factory=dict[str, Browser])

    @property
    def is_chromium(self) -> bool:
        return self.name == "chromium"

    @contextmanager
    def context(self, scheme: Scheme = "light", *, width: int = 1280) -> Generator[BrowserContext]:
        """Open a window of its own, without history, cookies or cache."""
        context = self._launched(scheme).new_context(
            color_scheme=scheme if self.is_chromium else None,
            viewport={"width": width, "height": 800},
            locale="en-US",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            context.close()

    def close(self) -> None:
        for browser in self._running.values():
            browser.close()

    def _launched(self, scheme: Scheme) -> Browser:
        # Firefox can not be told in which scheme it is while it runs.
        key = "" if self.is_chromium else scheme
        if key not in self._running:
            self._running[key] = self._launch(scheme)
        return self._running[key]

    def _launch(self, scheme: Scheme) -> Browser:
        path = found(self.name)
        browser: BrowserType = getattr(self.playwright, self.name)
        if self.is_chromium:
            return browser.launch(
                executable_path=path, args=_CHROMIUM_ARGUMENTS, timeout=PATIENCE_MS
            )
        return browser.launch(
            executable_path=path,
            channel="moz-firefox",
            firefox_user_prefs={_FIREFOX_SCHEME: 0 if scheme == "dark" else 1},
            timeout=PATIENCE_MS,
        )


def found(name: str) -> str:
    """Return where a browser is."""
    for command in COMMANDS[name]:
        if path := shutil.which(command):
            return path
    pytest.skip(f"there is no {COMMANDS[name][0]}: apt-get install {COMMANDS[name][0]}")


@contextmanager
def installed(name: str) -> Generator[Installed]:
    """Drive a browser; at the end it is gone."""
    found(name)
    with sync_playwright() as playwright:
        browser = Installed(name, playwright)
        try:
            yield browser
        finally:
            browser.close()
