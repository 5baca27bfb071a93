"""`ppl check` with the sources of documents: options, configuration, cache, formats."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.running import Terminal
from tests.grounding.copying import load_copying

DOCS = Path(__file__).parents[2] / "docs"
TEXT = "The option `retries` waits for 30 seconds.\n"


@pytest.fixture(name="project")
def _project(terminal: Terminal) -> Terminal:
    terminal.write("docs/api.md", TEXT)
    terminal.write("src/api.py", "def wait(seconds=30): ...\n")
    terminal.write("src/other.py", "retries = 30\n")
    return terminal


def codes(project: Terminal, *argv: str) -> list[tuple[str, str]]:
    result = project.check("--format", "jsonl", "docs/api.md", *argv, load=load_copying)
    assert result.err == ""
    (file,) = result.lines
    return [(one["code"], one["text"]) for one in file["findings"]]


def test_without_a_context_nothing_is_ungrounded(project: Terminal) -> None:
    assert codes(project) == []


def test_what_the_context_does_not_say_is_shown(project: Terminal) -> None:
    assert codes(project, "--context", "src/api.py") == [("ungrounded", "retries")]
    assert codes(project, "--context", "src/api.py", "--context", "src/other.py") == []
    assert codes(project, "--context", "src") == []


def test_text_says_the_bits_with_and_without(project: Terminal) -> None:
    result = project.check("docs/api.md", "--context", "src/api.py", load=load_copying)
    assert result.code == 1
    assert (
        "docs/api.md:1:13: information ungrounded: “retries” is in no source: 40.0 bits although "
        "the source is at hand (40.0 without)\n" in result.out
    )


def test_json_keeps_the_contract_and_has_the_bits_without(project: Terminal) -> None:
    schema = json.loads((DOCS / "check.schema.json").read_text(encoding="utf-8"))
    argv = ("--format", "json", "docs/api.md", "--context", "src/api.py")
    found = project.check(*argv, load=load_copying).json
    jsonschema.validate(found, schema)
    (finding,) = found["files"][0]["findings"]
    assert finding["bits_without_source"] == pytest.approx(40.0)


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit", "markdown"])
def test_every_format_knows_the_kind(project: Terminal, name: str) -> None:
    argv = ("--format", name, "docs/api.md", "--context", "src/api.py")
    result = project.check(*argv, load=load_copying)
    assert result.code == 1
    assert "ungrounded" in result.out


def test_it_is_selected_and_ignored_as_any_kind(project: Terminal) -> None:
    context = ("--context", "src/api.py")
    assert codes(project, *context, "--ignore", "ungrounded") == []
    assert codes(project, *context, "--select", "likely-mistake") == []
    assert codes(project, *context, "--severity", "warning") == []
    project.write("ppl.toml", 'words = ["retries"]\n')
    assert codes(project, *context) == []
    project.write("ppl.toml", "")
    project.write("docs/api.md", f"<!-- ppl: ignore-next ungrounded -->\n{TEXT}")
    assert codes(project, *context) == []


def test_a_configuration_maps_documents_to_sources(project: Terminal) -> None:
    rule = '[[grounding]]\ndocuments = ["docs/"]\nsources = ["src/{}"]\n'
    project.write("ppl.toml", rule.format("api.py"))
    assert codes(project) == [("ungrounded", "retries")]
    project.write("ppl.toml", rule.format("**/*.py"))
    assert codes(project) == []
    project.write("ppl.toml", rule.format("api.py") + rule.format("other.py"))
    assert codes(project) == []
    project.write("ppl.toml", rule.format("api.py").replace("docs/", "guide/"))
    assert codes(project) == []


def test_a_document_is_no_source_of_itself(project: Terminal) -> None:
    project.write("ppl.toml", '[[grounding]]\ndocuments = ["*.md"]\nsources = ["*.md", "api.py"]\n')
    assert codes(project) == [("ungrounded", "retries")]


def test_a_link_that_leads_outside_of_the_root_is_no_source(
    project: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.py").write_text("retries = 30\n")
    (project.directory / "src" / "link.py").symlink_to(outside / "secret.py")
    (project.directory / "linked").symlink_to(outside)
    rule = '[[grounding]]\ndocuments = ["docs/"]\nsources = ["link*", "../**", "api.py"]\n'
    project.write("ppl.toml", rule)
    assert codes(project) == [("ungrounded", "retries")]


def test_what_is_wrong_with_sources_is_said(project: Terminal) -> None:
    project.write("ppl.toml", '[[grounding]]\ndocuments = ["docs/"]\nsources = ["lib/"]\n')
    result = project.check("docs/api.md", load=load_copying)
    assert result.code == 2
    assert "grounding: no file matches lib/." in result.err
    project.write("ppl.toml", '[[grounding]]\ndocuments = ["docs/"]\n')
    result = project.check("docs/api.md", load=load_copying)
    assert "grounding: a table needs both documents and sources." in result.err
    project.write("ppl.toml", "")
    result = project.check("docs/api.md", "--context", "src/none.py", load=load_copying)
    assert result.code == 2
    assert "src/none.py: no such file" in result.err
    project.write("src/bad.py", b"\xff")
    project.write("ppl.toml", '[[grounding]]\ndocuments = ["docs/"]\nsources = ["bad.py"]\n')
    assert "bad.py: it is not UTF-8" in project.check("docs/api.md", load=load_copying).err


def test_what_was_said_with_other_sources_is_not_said_again(project: Terminal) -> None:
    cached = ("--cache-dir", "cache")
    assert codes(project, *cached, "--context", "src/api.py") == [("ungrounded", "retries")]
    assert codes(project, *cached, "--context", "src/api.py") == [("ungrounded", "retries")]
    assert codes(project, *cached, "--context", "src/other.py") == []
    assert codes(project, *cached) == []
    project.write("src/api.py", "retries = 30\n")
    assert codes(project, *cached, "--context", "src/api.py") == []
