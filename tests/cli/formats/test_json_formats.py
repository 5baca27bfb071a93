"""SARIF, Code Quality and our own JSON: by their schemas, and as what reads them would."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given, settings

from ppl_engine.cli.check.checked import Checked
from ppl_engine.cli.check.formats import NAMES
from ppl_engine.cli.check.formats.registry import REPORTS
from ppl_engine.cli.check.kinds import KINDS, QUALITY_GATE
from ppl_engine.cli.check.paths import relative, uri
from ppl_engine.findings.codes import CODES
from tests.cli.reporting import many_documents, report, texts

ROOT = Path(__file__).parents[3]
SARIF = jsonschema.Draft202012Validator(
    json.loads((ROOT / "tests/data/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
)
OURS = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs/check.schema.json").read_text(encoding="utf-8"))
)


def read(written: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(written, parse_constant=refuse)


def stretch(text: str, region: dict[str, int]) -> tuple[int, int]:
    """Where a region is, found by cutting the text into lines."""
    lines = re.split(r"(\r\n|\r|\n)", text)
    starts, position = [0], 0
    for index, part in enumerate(lines):
        position += len(part)
        if index % 2:
            starts.append(position)
    start = starts[region["startLine"] - 1] + region["startColumn"] - 1
    return start, starts[region["endLine"] - 1] + region["endColumn"] - 1


def test_every_name_has_a_report() -> None:
    assert set(REPORTS) == {*NAMES, "heat"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_at_all_is_a_report(name: str) -> None:
    written = report(name, [])
    assert written == "" if name == "jsonl" else written.endswith("\n")


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_sarif_is_valid_and_says_where_and_what(documents: list[Checked]) -> None:
    log = read(report("sarif", documents))
    SARIF.validate(log)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    results = iter(run["results"])
    for one in documents:
        for breach in one.breaches:
            result = next(results)
            assert (result["ruleId"], result["level"]) == ("quality-gate", "error")
            assert result["properties"]["gate"] == breach.gate
        for finding in one.verdict.findings:
            result = next(results)
            assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == finding.code
            place = result["locations"][0]["physicalLocation"]
            span = (finding.span.start, finding.span.end)
            assert stretch(one.text, place["region"]) == span
            assert (place["region"]["charOffset"], place["region"]["charLength"]) == (
                span[0],
                span[1] - span[0],
            )
            assert place["region"]["snippet"]["text"] == finding.span.of(one.text)
            found = [one.text for one in finding.alternatives if one.gain_bits is not None]
            proven = list(dict.fromkeys(found))
            changes = [fix["artifactChanges"][0] for fix in result.get("fixes", [])]
            assert [change["artifactLocation"] for change in changes] == [
                place["artifactLocation"] for _ in proven
            ]
            for change, alternative in zip(changes, proven, strict=True):
                (replacement,) = change["replacements"]
                assert stretch(one.text, replacement["deletedRegion"]) == span
                assert replacement["insertedContent"]["text"] == alternative
    assert next(results, None) is None


def test_an_interrupted_run_is_whole_and_says_so() -> None:
    log = read(report("sarif", [], is_complete=False))
    SARIF.validate(log)
    assert log["runs"][0]["invocations"] == [{"executionSuccessful": False}]


@settings(deadline=None, max_examples=40)
@given(texts)
def test_a_path_can_be_read_from_its_uri(path: str) -> None:
    reference, is_relative = uri(path)
    assert re.fullmatch(r"[A-Za-z0-9_.~/%:-]*", reference)
    assert not re.match("[a-z]+:", reference) or not is_relative
    if is_relative:
        try:
            expected = relative(path).encode(errors="surrogateescape")
        except UnicodeEncodeError:
            expected = relative(path).encode(errors="surrogatepass")
        assert unquote_to_bytes(reference) == expected


def test_what_is_elsewhere_has_an_address_of_its_own() -> None:
    assert uri("a b/c:d%.md") == ("a%20b/c%3Ad%25.md", True)
    assert uri("./x/../é.md") == ("%C3%A9.md", True)
    assert uri("/no/such/a b.md") == ("file:///no/such/a%20b.md", False)
    assert uri("a\udcff.md") == ("a%FF.md", True)


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_code_quality_has_what_gitlab_asks_for(documents: list[Checked]) -> None:
    issues = read(report("gitlab", documents))
    assert len(issues) == sum(len(one.verdict.findings) + len(one.breaches) for one in documents)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert re.fullmatch("[0-9a-f]{32}", issue["fingerprint"])
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
    if len({one.path for one in documents}) == len({relative(one.path) for one in documents}):
        paths = [one.path for one in documents]
        if len(set(paths)) == len(paths):
            assert len({issue["fingerprint"] for issue in issues}) == len(issues)


@settings(deadline=None, max_examples=40)
@given(many_documents)
def test_our_own_json_is_as_its_schema_says(documents: list[Checked]) -> None:
    document = read(report("json", documents))
    OURS.validate(document)
    lines = report("jsonl", documents).split("\n")[:-1]
    assert [read(line) for line in lines] == document["files"]
    assert [len(file["gates"]) for file in document["files"]] == [
        len(one.breaches) for one in documents
    ]


def test_rules_say_what_the_pages_say() -> None:
    assert set(KINDS) == set(CODES)
    for code in CODES:
        page = (ROOT / f"docs/findings/{code}.md").read_text(encoding="utf-8")
        paragraph = page.split("\n\n")[1]
        assert KINDS[code].about == " ".join(paragraph.split("\n"))
        assert KINDS[code].page.endswith(f"/docs/findings/{code}.md")
    assert "\n## Quality gates\n" in (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert QUALITY_GATE.page.endswith("/docs/ci.md#quality-gates")
