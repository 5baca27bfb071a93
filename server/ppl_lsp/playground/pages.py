"""What is served beside the session: a handful of files by their names."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppl_engine.report.palette import css
from ppl_lsp.playground.door import Door

STATIC: Final = Path(__file__).parent / "static"

_NONCE: Final = "{{nonce}}"
_KINDS: Final = {
    "index.html": "text/html; charset=utf-8",
    "playground.js": "text/javascript; charset=utf-8",
    "playground.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "THIRD_PARTY_NOTICES.txt": "text/plain; charset=utf-8",
}
"""Every file that there is; a name that is not here is no path that is looked for."""

_INDEX: Final = "index.html"
_PALETTE: Final = "palette.css"


@dataclass(frozen=True, slots=True)
class Page:
    """What a request is answered with."""

    headers: dict[str, str]
    body: bytes


def page(name: str, door: Door) -> Page | None:
    """Return what goes by a name; None where nothing does. The empty name is that of the page."""
    name = name or _INDEX
    nonce = secrets.token_urlsafe()
    if name == _PALETTE:
        kind, body = _KINDS["playground.css"], css().encode()
    elif name in _KINDS:
        kind, body = _KINDS[name], (STATIC / name).read_bytes()
    else:
        return None
    if name == _INDEX:
        body = body.replace(_NONCE.encode(), nonce.encode())
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Content-Security-Policy": _policy(door, nonce),
        **_ALWAYS,
    }
    return Page(headers, body)


_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # The address holds the secret.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _policy(door: Door, nonce: str) -> str:
    """Return what the page may do: run our script, and speak to us.

    The editor adds style sheets while it runs, which the nonce allows to it.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self'",
            f"connect-src ws://{door.authority}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
