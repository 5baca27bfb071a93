"""Which findings are shown, what is let through, and several reports of one run."""

import json
from xml.etree import ElementTree as Xml

import pytest

from tests.cli.running import Terminal

WILD = "the wild zebra ran"
LOOP = " ".join(["one small brown fox came home again"] * 14)


def codes(terminal: Terminal, *argv: str) -> list[str]:
    result = terminal.check("--format", "jsonl", *argv)
    return [finding["code"] for file in result.lines for finding in file["findings"]]


def test_kinds_are_selected_and_ignored(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n\n{LOOP}\n")
    assert codes(terminal, "a.md") == ["surprising-word", "repetition"]
    assert codes(terminal, "--select", "repetition", "a.md") == ["repetition"]
    assert codes(terminal, "--ignore", "repetition,likely-mistake", "a.md") == ["surprising-word"]
    both = ("--select", "repetition", "--select", "surprising-word")
    assert codes(terminal, *both, "a.md") == ["surprising-word", "repetition"]
    assert codes(terminal, *both, "--ignore", "surprising-word", "a.md") == ["repetition"]
    assert terminal.check("--ignore", "repetition,surprising-word", "a.md").code == 0


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_kind_that_there_is_not_lists_those_there_are(terminal: Terminal, option: str) -> None:
    assert "did you mean repetition?" in terminal.usage_error(["check", option, "repetitio", "a"])
    complaint = " ".join(terminal.usage_error(["check", option, "E501", "a"]).split())
    assert "there are likely-mistake, surprising-word, surprising-passage, repetition" in complaint


def test_the_least_severity_is_that_which_a_configuration_gives(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n\n{LOOP}\n")
    assert codes(terminal, "--severity", "warning", "a.md") == []
    assert codes(terminal, "--severity", "hint", "a.md") == ["surprising-word", "repetition"]
    terminal.write("ppl.toml", "severity = {surprising-word = 'warning', repetition = 'hint'}")
    assert codes(terminal, "--severity", "warning", "a.md") == ["surprising-word"]
    assert codes(terminal, "--severity", "information", "a.md") == ["surprising-word"]


def test_the_command_line_goes_before_the_configuration(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n\n{LOOP}\n")
    terminal.write("ppl.toml", "ignore = ['surprising-word']\nseverity = {repetition = 'off'}")
    assert codes(terminal, "a.md") == []
    assert codes(terminal, "--select", "surprising-word", "a.md") == ["surprising-word"]
    assert codes(terminal, "--select", "repetition", "a.md") == ["repetition"]
    per_path = "[[per-path]]\npaths = ['a.md']\nignore = ['surprising-word']"
    terminal.write("ppl.toml", per_path)
    assert codes(terminal, "--select", "surprising-word", "a.md") == []


def test_a_baseline_keeps_what_a_run_was_told_not_to_look_for(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n\n{LOOP}\n")
    terminal.check("--update-baseline", "a.md")
    terminal.check("--update-baseline", "--select", "repetition", "a.md")
    assert terminal.check("a.md").code == 0
    terminal.check("--prune-baseline", "--ignore", "surprising-word", "a.md")
    assert terminal.check("a.md").code == 0
    terminal.write("a.md", f"{LOOP}\n")
    terminal.check("--prune-baseline", "--severity", "information", "a.md")
    kept = json.loads((terminal.directory / ".ppl/accepted.json").read_text())
    assert [one["code"] for one in kept["files"]["a.md"]] == ["repetition"]


def test_a_selected_update_accepts_only_what_is_selected(terminal: Terminal) -> None:
    terminal.write("a.md", f"{WILD}\n\n{LOOP}\n")
    terminal.check("--update-baseline", "--select", "repetition", "a.md")
    assert codes(terminal, "a.md") == ["surprising-word"]


def test_a_document_above_a_limit_is_named_with_value_and_limit(terminal: Terminal) -> None:
    terminal.write("a.md", "the calm cow ran")
    terminal.write("b.md", "the the the the the calm")
    result = terminal.check("--max-bits-per-byte", "0.2", "a.md", "b.md")
    out = result.out.split("\n")
    assert out[0].startswith(
        "b.md: error quality-gate: 0.208 bits per byte, above the limit of 0.2"
    )
    assert (out[1][:21], result.code, result.err) == ("0 findings in 2 files", 1, "")
    assert terminal.check("--max-perplexity", "2.01", "a.md").code == 0
    assert terminal.check("--max-perplexity", "1.99", "a.md").code == 1
    result = terminal.check("--max-perplexity", "1.5", "--format", "json", "a.md")
    assert result.json["files"][0]["gates"] == [
        {"gate": "max-perplexity", "value": pytest.approx(2.0), "limit": 1.5}
    ]
    assert result.json["gates"] == []


def test_an_empty_document_passes_every_gate(terminal: Terminal) -> None:
    terminal.write("a.md", "")
    assert terminal.check("--max-perplexity", "0", "--max-bits-per-byte", "0", "a.md").code == 0


def test_so_many_findings_are_let_through(terminal: Terminal) -> None:
    for name in "abc":
        terminal.write(f"{name}.md", WILD)
    assert terminal.check("--max-findings", "3", ".").code == 0
    result = terminal.check("--max-findings", "2", ".")
    assert result.code == 1
    assert "\nerror quality-gate: 3 findings, above the limit of 2\n" in result.out
    assert terminal.check("--exit-zero", "--max-findings", "2", ".").code == 0
    assert terminal.check("--exit-zero", "nowhere.md").code == 2
    document = terminal.check("--max-findings", "2", "--format", "json", ".").json
    assert document["gates"] == [{"gate": "max-findings", "value": 3, "limit": 2, "root": None}]


def test_gates_of_configurations_hold_for_their_documents(terminal: Terminal) -> None:
    for name in ("x/a", "x/b", "y/c", "y/d"):
        terminal.write(f"{name}.md", WILD)
    terminal.write("x/ppl.toml", "[gates]\nmax-findings = 2\nmax-perplexity = 1e9")
    terminal.write("y/ppl.toml", "[gates]\nmax-findings = 1\nmax-perplexity = 1.5")
    assert terminal.check("x").code == 0
    document = terminal.check("--format", "json", "x", "y").json
    assert document["gates"] == [
        {"gate": "max-findings", "value": 2, "limit": 1, "root": str(terminal.directory / "y")}
    ]
    assert [len(file["gates"]) for file in document["files"]] == [0, 0, 1, 1]
    limits = ("--max-perplexity", "1e9", "--max-findings", "4")
    assert terminal.check(*limits, "x", "y").code == 0
    terminal.write("z.md", WILD)
    assert terminal.check("x", "z.md").code == 1


def test_a_gate_that_is_no_number_is_said(terminal: Terminal) -> None:
    terminal.write("a.md", "calm")
    terminal.write("ppl.toml", "[gates]\nmax-findings = 1.5\nmax-perplexty = 3")
    result = terminal.check("a.md")
    where = terminal.directory / "ppl.toml"
    assert result.err == (
        f"ppl: {where}: gates.max-findings: expected a whole number from 0 on, not 1.5.\n"
        f"ppl: {where}: gates.max-perplexty: there is no such key; did you mean max-perplexity?\n"
    )
    assert result.code == 2


def test_one_run_writes_several_reports(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    alone = terminal.check("a.md")
    result = terminal.check("--also", "sarif=x.sarif", "--also", "junit=x.xml", "a.md")
    assert (result.out, result.err, result.code) == (alone.out, "", 1)
    log = json.loads((terminal.directory / "x.sarif").read_text(encoding="utf-8"))
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["surprising-word"]
    assert Xml.parse(terminal.directory / "x.xml").getroot().attrib["failures"] == "1"
    assert "zebra[40]" in terminal.check("--heat", "--also", "json=x.json", "a.md").out
    found = json.loads((terminal.directory / "x.json").read_text(encoding="utf-8"))
    assert found == terminal.check("--format", "json", "a.md").json


def test_two_reports_can_not_go_to_one_place(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    result = terminal.check("--also", "json=x", "--also", "sarif=./x", "a.md")
    assert (result.code, result.out) == (2, "")
    assert "./x: can hold one report only" in result.err
    assert terminal.check("--also", "json=-", "a.md").code == 2
    assert terminal.check("--also", "json=-", "-o", "x", "a.md").json["version"] == 1


@pytest.mark.parametrize("value", ["sarif", "sarif=", "xml=a"])
def test_another_report_needs_a_format_and_a_file(terminal: Terminal, value: str) -> None:
    assert "argument --also: " in terminal.usage_error(["check", "--also", value, "a.md"])


def test_a_run_without_a_model_leaves_earlier_reports_as_they_were(terminal: Terminal) -> None:
    terminal.write("a.md", WILD)
    terminal.write("x.sarif", "earlier")
    result = terminal.check("--model", "missing", "--also", "sarif=x.sarif", "a.md")
    assert result.code == 2
    assert (terminal.directory / "x.sarif").read_text() == "earlier"
