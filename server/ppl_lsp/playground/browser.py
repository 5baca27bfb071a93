"""Showing the page in the user's browser."""

import html
import logging
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)


@contextmanager
def letter(address: str) -> Generator[Path]:
    """Write a file that leads to an address, for this user's eyes only; at the end it is gone.

    Arguments of programs can be read by every user of a machine, and the address is a secret.
    """
    with tempfile.TemporaryDirectory(prefix="ppl-playground-", ignore_cleanup_errors=True) as name:
        path = Path(name, "playground.html")
        target = html.escape(address)
        path.write_text(
            '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
            f'<meta http-equiv="refresh" content="0;url={target}">'
            f'<a href="{target}">Playground</a>',
            encoding="utf-8",
        )
        yield path


def show(path: Path, *, launch: Callable[[str], bool] = webbrowser.open) -> bool:
    """Open a file in the browser, if there is a screen; return whether that seems to work."""
    if not has_screen():
        return False
    try:
        return launch(path.as_uri())
    except (OSError, webbrowser.Error) as error:
        logger.info("No browser can be opened: %s", error)
        return False


def has_screen() -> bool:
    """Whether a browser would be a window and not a program in this terminal."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
