import sys
from pathlib import Path

import pytest

from ppl_lsp.playground.browser import has_screen, letter, show

ADDRESS = "http://127.0.0.1:1/secret&x/"


def test_the_letter_is_for_this_user_alone_and_does_not_stay() -> None:
    with letter(ADDRESS) as path:
        assert "http://127.0.0.1:1/secret&amp;x/" in path.read_text(encoding="utf-8")
        if sys.platform != "win32":
            assert path.parent.stat().st_mode & 0o077 == 0
        assert "secret" not in path.as_uri()
    assert not path.exists()
    assert not path.parent.exists()


def test_the_browser_is_told_of_the_letter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    told: list[str] = []
    assert show(tmp_path / "page.html", launch=lambda uri: not told.append(uri))
    assert told == [(tmp_path / "page.html").as_uri()]


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="these have a screen")
def test_without_a_screen_no_browser_takes_the_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_screen()

    def launch(uri: str) -> bool:
        raise AssertionError(uri)

    assert not show(tmp_path / "page.html", launch=launch)


def test_a_browser_that_can_not_be_started_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")

    def launch(uri: str) -> bool:
        raise OSError(uri)

    assert not show(tmp_path / "page.html", launch=launch)
