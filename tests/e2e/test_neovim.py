"""A real editor, as far as it goes without a screen."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.editor import COMMAND, ROOT
from tests.host.runtime import environment

NEOVIM = shutil.which("nvim")
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
