"""What is bundled is what its notice says, and the script does what it says."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import ppl_engine.report

STATIC = Path(ppl_engine.report.__file__).parent / "static"
ROOT = STATIC.parents[2]
NOTICE = (STATIC / "NOTICE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["uPlot.iife.min.js", "uPlot.min.css"])
def test_bundled_files_are_those_of_the_notice(name: str) -> None:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    assert f"| `{name}` | sha256 {digest} |" in NOTICE


def test_the_version_is_the_one_of_the_notice() -> None:
    (version,) = re.findall(r"\| version \| ([\d.]+),", NOTICE)
    head = (STATIC / "uPlot.iife.min.js").read_text(encoding="utf-8")[:80]
    assert f"(v{version})" in head
    assert f"uplot@{version}" in NOTICE


def test_the_wheel_has_all_of_it_and_the_licence() -> None:
    builder = WheelBuilder(str(ROOT))
    paths = {file.distribution_path for file in builder.recurse_included_files()}
    for name in ("uPlot.iife.min.js", "uPlot.min.css", "uPlot.LICENSE", "report.js", "report.css"):
        assert f"ppl_engine/report/static/{name}" in paths
    assert "MIT" in (STATIC / "uPlot.LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["report.js", "uPlot.iife.min.js"])
def test_no_script_ends_its_element(name: str) -> None:
    content = (STATIC / name).read_text(encoding="utf-8").lower()
    assert "</script" not in content
    assert "<!--" not in content


SCRIPT = """
const report = require(process.argv[1]);
const cases = JSON.parse(process.argv[2]);
const said = cases.map(([name, ...given]) => report[name](...given));
process.stdout.write(JSON.stringify(said));
"""


def called(*cases: tuple[object, ...]) -> list[object]:
    """Call functions of the script by their names."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js to run the script with")
    path = str(STATIC / "report.js")
    command = [node, "-e", SCRIPT, path, json.dumps(cases)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_how_rare_a_word_is_is_said_in_words() -> None:
    bits = (0, 1, 3, 3.4, 10, 13, 19.93, 20, 29.9, 30, 41.9, 50, 78, 400, -0.2)
    assert called(*(("oneIn", one) for one in bits)) == [
        *("1 in 1.0", "1 in 2.0", "1 in 8.0", "1 in 11", "1 in 1,000", "1 in 8,200"),
        *("1 in 1 million", "1 in 1 million", "1 in 1 billion", "1 in 1.1 billion"),
        *("1 in 4.1 trillion", "1 in 10¹⁵", "1 in 10²³", "1 in 10¹²⁰", "1 in 1.0"),
    ]


def test_the_numbers_of_a_word_are_looked_up_in_its_paragraph() -> None:
    listed = "- 123 0 -4"
    assert called(*(("tenthsAt", listed, k) for k in range(5))) == [None, 12.3, 0, -0.4, None]
    assert called(("numbers", 10, 2.25), ("numbers", 10, None), ("numbers", None, None)) == [
        "10.0 bits · 1 in 1,000 · entropy 2.3 bits",
        "10.0 bits · 1 in 1,000",
        "not scored: nothing stands before it",
    ]


def test_cells_are_sorted_as_people_would() -> None:
    found = called(("order", 2, 10), ("order", "a10", "a9"), ("order", "b", "B"), ("order", 1, 1))
    assert [isinstance(one, int) and (one > 0) - (one < 0) for one in found] == [-1, 1, -1, 0]


def test_the_section_of_a_word_is_the_last_that_begins_before_it() -> None:
    starts = [0, 5, 5, 9]
    cases = [("lastAtMost", starts, at) for at in (-1, 0, 4, 5, 8, 9, 100)]
    assert called(*cases) == [0, 0, 0, 2, 2, 3, 3]
    assert called(("lastAtMost", [], 3)) == [0]
