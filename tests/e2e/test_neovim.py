"""A real editor, as far as it goes without a screen."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ppl_engine.report.palette import DARK, LIGHT
from tests.e2e.editor import COMMAND, ROOT
from tests.host.runtime import environment

NEOVIM = os.environ.get("NVIM") or shutil.which("nvim")
MODULE = ROOT / "client" / "neovim"
PATIENCE_S = 90.0


@pytest.mark.skipif(NEOVIM is None, reason="nvim is not installed")
def test_neovim_shows_findings_and_hovers_and_keeps_up_with_edits(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("A 𝄞 calm\f line\u2028 of 中文\nand a 𝄞 zzword here.\n", encoding="utf-8")
    script = Path(__file__).with_name("neovim.lua")
    done = subprocess.run(
        [str(NEOVIM), "--headless", "-u", "NONE", "-n", "-i", "NONE", "-c", f"luafile {script}"],
        env={
            **environment(),
            "FILE": str(page),
            "MODULE": str(MODULE),
            "SERVER": " ".join(COMMAND),
            "XDG_STATE_HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "PASS" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_the_colors_in_neovim_are_those_of_the_report() -> None:
    module = (MODULE / "lua" / "ppl.lua").read_text(encoding="utf-8")
    colors = re.findall(r"'(#[0-9a-f]{6})'", module)
    swatches = [swatch for theme in (LIGHT, DARK) for swatch in theme.bands]
    assert colors == [color for one in swatches for color in (one.background, one.text)]
