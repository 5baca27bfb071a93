from pathlib import Path

import pytest

from ppl_lsp import demo
from tests.e2e.editor import COMMAND, ROOT

TEXT = "# Title\n\nA calm \U0001d11e line [x]\nand a zzword here, qqthen.\n"


@pytest.fixture(name="page")
def _page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    page = tmp_path / "page.md"
    page.write_text(TEXT, encoding="utf-8")
    return page


def test_the_demo_shows_text_findings_and_one_hover(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.main([str(page)], command=COMMAND)
    shown = capsys.readouterr().out
    assert "A calm \U0001d11e line [x]\nand a zzword[40] here, qqthen[40].\n" in shown
    assert "4:7  surprising-word: “zzword” surprises the model: 40.0 bits\n4:20" in shown
    assert (
        "4:20  likely-mistake: “qqthen” may be meant as “then”\n"
        "      quick fix: Replace with “then” (+12.5 bits)\n"
    ) in shown
    assert "zzword 40.0 bits, 1 in 1.1 trillion" in shown
    assert "Perplexity" in shown
    assert "docs/editors/neovim.md" in shown
    assert shown.endswith("ppl playground\n")


def test_commands_are_named_as_they_can_be_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert demo._command("ppl") == str(Path(".venv", "bin", "ppl"))
    monkeypatch.chdir("/")
    elsewhere = Path(demo._command("ppl"))
    assert Path("/", elsewhere) == tmp_path / ".venv" / "bin" / "ppl"
    (tmp_path / "ppl").touch(mode=0o755)
    assert demo._command("ppl") == "ppl"


def test_the_demo_says_why_it_can_not_go_on(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="There is no model 'missing'"):
        demo.main([str(page), "--model", "missing"], command=COMMAND)
    with pytest.raises(SystemExit, match=r"nowhere\.md"):
        demo.main([str(page.with_name("nowhere.md"))], command=COMMAND)
    assert capsys.readouterr().out == ""


def test_every_band_can_be_read() -> None:
    for style in demo.BANDS.values():
        *_, ink, _, paper = style.split()
        assert contrast(ink, paper) >= 4.5


def contrast(ink: str, paper: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
