"""Thousands of legal messages in any order: nothing raises, nothing is stale, nothing is lost.

PPL_FUZZ_SEEDS (`0:200`) and PPL_FUZZ_MOVES make it longer, and repeat what has gone wrong.
"""

import copy
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ppl_lsp.publishing import holding, refreshing
from tests.editors.fuzz import Person
from tests.editors.oracle import Oracle
from tests.editors.plain import Plain
from tests.editors.sets import HELIX, VS_CODE, recorded
from tests.editors.wire import Wire

FIRST, _, LAST = os.environ.get("PPL_FUZZ_SEEDS", "0:12").partition(":")
N_MOVES = int(os.environ.get("PPL_FUZZ_MOVES", "300"))
TEXT = "zzone two 𝄞 qqthree\nzzé\n"
EXPECTED = re.compile(r"Could not score .* refuses this text")


def capabilities(seed: int) -> dict[str, Any]:
    """Every third is pulled from in UTF-8, pulled from in UTF-16, pushed to in UTF-32."""
    return copy.deepcopy((HELIX, VS_CODE, recorded("emacs@29.1"))[seed % 3])


@pytest.mark.parametrize("seed", range(int(FIRST), int(LAST)))
async def test_whatever_editors_do(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody is to wait for what people wait for.
    monkeypatch.setattr(holding, "HOLD_S", 0.005)
    monkeypatch.setattr(refreshing, "DELAY_S", 0.005)
    oracle, folders = Oracle(), [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        (folder / ".ppl").mkdir(parents=True)
        (folder / "ppl.toml").write_text("learn-terms = false\n", encoding="utf-8")
        for name in ("a.md", "b.txt"):
            (folder / name).write_text(TEXT, encoding="utf-8", newline="")
    workspace = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
    async with Wire.running(capabilities(seed), workspaceFolders=workspace) as wire:
        wire.faults.expected = EXPECTED
        encoding = wire.server.session.encoding.value
        for folder in folders:
            for name in ("a.md", "b.txt"):
                uri = (folder / name).as_uri()
                oracle.on_disk[uri] = Plain(uri, 0, TEXT, encoding)
        person = Person(wire, oracle, folders, seed)
        try:
            await person.act(N_MOVES)
            await person.rest()
        except BaseException:
            print(f"seed {seed}, after {len(person.done)}: {person.done[-30:]}")  # noqa: T201
            raise
