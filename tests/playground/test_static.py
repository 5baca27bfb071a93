"""The bundle that is committed is made of the sources that are there."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from ppl_lsp.playground import pages
from ppl_lsp.playground.door import Door

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "client"
MADE_FROM = json.loads((pages.STATIC / "made_from.json").read_text(encoding="utf-8"))
STALE = "run: npm --prefix client run build:playground"


def test_the_bundle_is_made_of_the_sources_as_they_are() -> None:
    for name, digest in MADE_FROM["files"].items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, STALE


def test_the_bundle_is_made_of_all_sources_and_the_sample() -> None:
    sources = {
        str(path.relative_to(ROOT).as_posix())
        for path in (CLIENT / "playground" / "src").rglob("*.ts")
        if not path.name.endswith(".d.ts") and path.name not in {"wire.ts"}
    }
    assert sources <= MADE_FROM["files"].keys(), STALE
    assert "docs/sample.md" in MADE_FROM["files"]
    assert "restart the trumpet" in (pages.STATIC / "playground.js").read_text(encoding="utf-8")


def test_the_packages_are_those_of_the_lock_file_and_have_their_licences() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    notices = (pages.STATIC / "THIRD_PARTY_NOTICES.txt").read_text(encoding="utf-8")
    for name, version in MADE_FROM["packages"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version, STALE
        assert f"{name} {version} (MIT)\n" in notices


def test_a_fresh_build_is_the_same(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (CLIENT / "node_modules" / "@codemirror" / "lsp-client").is_dir():
        pytest.skip("node or client/node_modules are not there")
    subprocess.run([node, CLIENT / "playground" / "build.mjs", tmp_path], check=True, cwd=CLIENT)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in pages.STATIC.iterdir())
    for name in names:
        assert (tmp_path / name).read_bytes() == (pages.STATIC / name).read_bytes(), STALE


def test_the_wheel_has_all_that_is_served() -> None:
    builder = WheelBuilder(str(ROOT))
    paths = {file.distribution_path for file in builder.recurse_included_files()}
    for path in pages.STATIC.iterdir():
        assert f"ppl_lsp/playground/static/{path.name}" in paths


@pytest.mark.parametrize("name", ["index.html", "playground.css", "icon.svg"])
def test_the_page_names_nothing_outside_of_it(name: str) -> None:
    content = (pages.STATIC / name).read_text(encoding="utf-8")
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)|//cdn|@import|url\(", content)
    assert " style=" not in content
    assert " on" + "click" not in content


def test_every_file_that_the_page_names_is_served() -> None:
    index = (pages.STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:href|src)="([^"]+)"', index)
    assert {"playground.js", "playground.css", "palette.css", "icon.svg"} == set(named)
    for name in named:
        assert pages.page(name, Door(1))
