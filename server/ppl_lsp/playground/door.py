"""Who is let in: whoever has the address, from a page of ours, by the name that we go by.

Any web page can make a browser connect to a loopback port, and can give such a port a name of its
own (DNS rebinding). So a request needs the secret of the address, the host must be the one that the
address names, and where a browser says from which page a request comes, it must be ours.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Protocol

HOST: Final = "127.0.0.1"

_TOKEN_BYTES: Final = 32


class Headers(Protocol):
    """The headers of a request; one may be there more than once."""

    def get_all(self, key: str, /) -> Sequence[str]:
        """Return all values of a header, whose case does not matter."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """The address of one playground."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES), repr=False)

    @property
    def authority(self) -> str:
        """The only value of `Host` that is let in."""
        return f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        """Of the page."""
        return f"http://{self.authority}"

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"{self.origin}/{self.token}/"

    def admit(self, path: str, headers: Headers, *, from_our_page: bool) -> str | HTTPStatus:
        """Return the name of what is asked for, or how the request is refused.

        `from_our_page` says that the browser must name our page as the one that asks, as it does
        for every WebSocket.
        """
        if list(headers.get_all("Host")) != [self.authority]:
            return HTTPStatus.FORBIDDEN
        origins = set(headers.get_all("Origin"))
        if not origins <= {self.origin} or (from_our_page and not origins):
            return HTTPStatus.FORBIDDEN
        token, slash, name = path.partition("?")[0].removeprefix("/").partition("/")
        # In a time that says nothing of how much of it is right.
        if not hmac.compare_digest(token.encode(errors="replace"), self.token.encode()):
            return HTTPStatus.FORBIDDEN
        return name if slash else HTTPStatus.NOT_FOUND
