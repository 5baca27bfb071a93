"""The pages about editors: what they tell people to write is well-formed, and names what exists."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from ppl_lsp.settings import CLIENT_ONLY, declared_settings

PAGES = sorted((Path(__file__).parents[2] / "docs" / "editors").glob("*.md"))
BLOCK = re.compile(r"```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
# `ppl = { name = …` of Lua and TOML, `"ppl": { "name": …` of JSON, `(:ppl (:name …` of Lisp.
SECTION = re.compile(r"\bppl\"?\s*[=:]\s*\{(?P<fields>[^{}]*)\}|\(:ppl \((?P<list>[^()]*)\)")
KNOWN = {setting.name for setting, _ in declared_settings()} | set(CLIENT_ONLY)
COLORS = re.compile(r"surprise[1-5](Foreground)?")
NAMED = re.compile(r"\"ppl\.(\w+)\"")


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(one["language"], one["text"]) for one in BLOCK.finditer(page.read_text("utf-8"))]


def named(text: str) -> list[str]:
    """Return the settings that a configuration names."""
    found = NAMED.findall(text)
    for section in SECTION.finditer(text):
        found += re.findall(r"(\w+)\"?\s*[=:]", section["fields"] or "")
        found += re.findall(r":(\w+)", section["list"] or "")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_configurations_of_editors_are_well_formed_and_name_settings_that_exist(page: Path) -> None:
    for language, text in blocks(page):
        if language == "json":
            json.loads(text)
        elif language == "toml":
            tomllib.loads(text)
        assert {name for name in named(text) if not COLORS.fullmatch(name)} <= KNOWN


def test_settings_are_found_in_every_notation() -> None:
    pages = {page.stem: "".join(text for _, text in blocks(page)) for page in PAGES}
    for name in ("neovim", "emacs", "helix", "zed", "sublime"):
        assert "severity" in named(pages[name]), name
