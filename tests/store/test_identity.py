"""What is kept of findings is found again only while all that they depend on is the same."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

import ppl_engine
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.store import identity

PACKAGE = Path(ppl_engine.__file__).parent
DATA = ("english/words.tsv.xz", "english/clean_prose.jsonl.xz", "models/embedded/calibration.json")
CODE = (
    "judging.py",
    "findings/suspects.py",
    "findings/rereading/weighing.py",
    "findings/stretches/passages.py",
    "models/llama/body.py",
    "english/lexicon.py",
)


@pytest.fixture(name="package")
def _package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of some files of the package, in the place of the package."""
    for name in (*DATA, *CODE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(PACKAGE / name, tmp_path / name)
    monkeypatch.setattr(identity, "_PACKAGE", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    identity._finding_version.cache_clear()


def keys() -> tuple[bytes, bytes, bytes]:
    """The keys of findings, judgments and a calibration, as another process would make them."""
    forget()
    findings = identity.document_key(b"model", "text", "markdown", Thresholds())
    judgment = identity.judgment_key(b"model", b"block")
    return findings, judgment, identity.calibration_key(b"model")


@pytest.mark.parametrize("name", [*DATA, *CODE])
def test_findings_depend_on_each_file_that_finds(package: Path, name: str) -> None:
    before = keys()
    assert keys() == before
    path = package / name
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    changed = keys()
    assert not set(changed) & set(before)
    path.write_bytes(content)
    assert keys() == before


def test_findings_of_a_model_without_a_calibration_are_others(package: Path) -> None:
    before = keys()
    (package / "models/embedded/calibration.json").unlink()
    assert not set(keys()) & set(before)


def test_findings_do_not_depend_on_what_is_only_shown(package: Path) -> None:
    before = keys()
    (package / "english" / "SOURCES.md").write_text("somebody", encoding="utf-8")
    assert keys() == before
