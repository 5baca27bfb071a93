"""An API reference, generated from real packages, and damaged, through the real `ppl check`.

What is planted is to be found. What is found besides is not fixed here, since docstrings differ
between versions of Python (some hold slips).
"""

import codecs
import inspect
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from ppl_engine.cli import main

ROOT: Final = Path(__file__).parents[2]
MODULES: Final = ("calendar", "shutil", "zipfile")
SCHEMA: Final = json.loads((ROOT / "docs" / "check.schema.json").read_text(encoding="utf-8"))

_LEAST_SHARE_OF_TYPOS: Final = 0.7
_N_GARBLED_PARAGRAPHS: Final = 2
_N_LOOPS: Final = 6
_COMMON: Final = frozenset(
    {"archive", "because", "command", "contents", "current", "default", "directory", "encoding"}
    | {"following", "format", "function", "length", "method", "object", "otherwise", "output"}
    | {"platform", "registered", "return", "returned", "returns", "single", "source", "string"}
    | {"supported", "system", "temporary", "without"}
)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A text with what was done to it."""

    text: str
    planted: tuple[tuple[int, int, str], ...]
    """Where, in code points, and what stood there."""


def reference(module_name: str) -> str:
    """Return a page on a module: what it has, with signatures and the first words on each."""
    module = import_module(module_name)
    parts = [f"# {module_name}", summary(module)]
    for name, member in documented(module, module_name):
        parts += entry(name, member)
        if inspect.isclass(member):
            for method_name, method in documented(member, module_name):
                parts += entry(f"{name}.{method_name}", method)
    return "\n\n".join(parts) + "\n"


def documented(holder: object, module_name: str) -> Iterator[tuple[str, Any]]:
    for name, member in sorted(vars(holder).items()):
        is_own = getattr(member, "__module__", None) == module_name
        is_public = not name.startswith("_") and (inspect.isroutine(member) or is_own)
        if is_public and is_own and callable(member) and summary(member):
            yield name, member


def entry(name: str, member: Any) -> list[str]:
    try:
        signature = str(inspect.signature(member))
    except ValueError:
        signature = "(...)"
    return [f"## {name}", f"```python\n{name}{signature}\n```", summary(member)]


def summary(documented: object) -> str:
    paragraph = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


def with_typos(text: str, choose: random.Random) -> Damaged:
    """Let two letters inside of a common word change places, in every sixth of those there are."""
    code = [match.span() for match in re.finditer(r"```.*?```|^#.*?$", text, re.DOTALL | re.M)]
    places = [
        match
        for match in re.finditer(r"[a-z]{6,}", text)
        if match[0] in _COMMON and not any(a <= match.start() < b for a, b in code)
    ]
    found: list[tuple[int, int, str]] = []
    for match in places[3::6]:
        word, at = match[0], choose.randrange(1, len(match[0]) - 2)
        if word[at] == word[at + 1]:
            continue
        slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        text = text[: match.start()] + slip + text[match.end() :]
        found.append((*match.span(), word))
    return Damaged(text, tuple(found))


def garbled(text: str, choose: random.Random) -> Damaged:
    """Put a passage between entries that made sense before it was decoded wrongly."""
    paragraphs = [one for one in text.split("\n\n") if one[0] not in "#`"]
    long = sorted(paragraphs, key=len)[-_N_GARBLED_PARAGRAPHS:]
    choose.shuffle(long)
    return inserted(text, codecs.encode(" ".join(long), "rot13"))


def looping(text: str, choose: random.Random) -> Damaged:
    """Put a sentence between entries that is said again and again."""
    sentences = re.findall(r"[A-Z][a-z]+(?: [a-z]+){5,12}\.", text)
    return inserted(text, " ".join([choose.choice(sentences)] * _N_LOOPS))


def inserted(text: str, passage: str) -> Damaged:
    """Put a passage before an entry in the middle."""
    at = text.index("\n## ", len(text) // 2) + 1
    text = f"{text[:at]}{passage}\n\n{text[at:]}"
    return Damaged(text, ((at, at + len(passage), passage),))


DAMAGES: Final[dict[str, Callable[[str, random.Random], Damaged]]] = {
    "typos": with_typos,
    "garbled": garbled,
    "looping": looping,
}


@dataclass(frozen=True, slots=True)
class Report:
    """The damaged pages, and what is said of them, by damage and module."""

    whole: Any
    planted: dict[tuple[str, str], Damaged]

    def findings(self, damage: str, module_name: str) -> list[Any]:
        (found,) = [
            one["findings"]
            for one in self.whole["files"]
            if Path(one["path"]).parts[-2:] == (damage, f"{module_name}.md")
        ]
        return found

    def inside(self, damage: str, module_name: str) -> set[str]:
        """Return the kinds of what is found in the one place that was damaged."""
        ((start, end, _),) = self.planted[damage, module_name].planted
        found = self.findings(damage, module_name)
        return {one["code"] for one in found if one["start"] < end and start < one["end"]}


@pytest.fixture(name="report", scope="module")
def _report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    directory = tmp_path_factory.mktemp("generated")
    choose, planted = random.Random(1), dict[tuple[str, str], Damaged]()
    for name in MODULES:
        page = reference(name)
        for damage, inflict in DAMAGES.items():
            path = directory / damage / f"{name}.md"
            path.parent.mkdir(exist_ok=True)
            damaged = inflict(page, choose)
            planted[damage, name] = damaged
            path.write_text(damaged.text, encoding="utf-8", newline="")
    out = directory / "found.json"
    options = ("--no-config", "--no-cache", "--format", "json", "-o", str(out))
    assert main(["check", str(directory), *options]) == 1
    return Report(json.loads(out.read_text(encoding="utf-8")), planted)


def test_the_report_holds_by_its_schema(report: Report) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(report.whole)
    assert len(report.whole["files"]) == len(report.planted)
    assert report.whole["model"]["name"] == "embedded"
    for (damage, name), page in report.planted.items():
        for finding in report.findings(damage, name):
            shown = finding["text"].removesuffix("…")  # of what is long
            assert page.text[finding["start"] : finding["end"]].startswith(shown)


def test_typos_are_found_with_what_was_meant(report: Report) -> None:
    n_planted = n_found = 0
    for name in MODULES:
        found = {
            (one["start"], one["end"]): [other["text"] for other in one["alternatives"]]
            for one in report.findings("typos", name)
            if one["code"] == "likely-mistake"
        }
        for start, end, meant in report.planted["typos", name].planted:
            n_planted += 1
            n_found += meant in found.get((start, end), [])
    assert n_planted >= 8
    assert n_found >= _LEAST_SHARE_OF_TYPOS * n_planted


def test_loops_are_found(report: Report) -> None:
    for name in MODULES:
        assert "repetition" in report.inside("looping", name)


def test_garbled_passages_are_found(report: Report) -> None:
    kinds = [report.inside("garbled", name) for name in MODULES]
    assert all(kinds)
    # Where mistakes explain half of its surprise, they are shown instead of the whole.
    assert sum("surprising-passage" in one for one in kinds) > len(kinds) / 2
