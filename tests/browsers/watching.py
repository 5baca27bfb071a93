"""A page, and all that it asks for and complains of."""

from dataclasses import dataclass, field
from typing import Self

from playwright.sync_api import ConsoleMessage, Page, Request


@dataclass
class Watched:
    """What a page did that nobody sees on it."""

    page: Page
    asked: list[str] = field(default_factory=list[str])
    """Every address, of sockets too."""

    complaints: list[str] = field(default_factory=list[str])
    """Errors and warnings of the console, among them all that the policy of the page refuses."""

    @classmethod
    def of(cls, page: Page) -> Self:
        watched = cls(page)
        page.on("request", watched._request)
        page.on("websocket", lambda socket: watched.asked.append(socket.url))
        page.on("console", watched._console)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        return watched

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.complaints.append(message.text)
