import json
from collections.abc import Generator
from pathlib import Path

import jsonschema
import pytest

from ppl_engine.cli.meter import Meter
from ppl_engine.errors import NotEnoughMemoryError
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.document import Progress
from ppl_engine.scoring.scorer import Encoding
from tests.cli.fake_scorer import FakeScorer, load_fake
from tests.cli.running import Terminal

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "check.schema.json").read_text(encoding="utf-8")
)
MARKED = "\n".join(
    [
        "a.md:2:10: information surprising-word: "
        "“zebra” surprises the model: 40.0 bits; “horse” was expected",
        "    The wild zebra ran on.",
        "             ^^^^^",
        "1 finding in 1 file (7 words, 1.69 bits per byte)",
        "",
    ]
)


def test_a_finding_is_shown_with_its_line_and_a_mark_under_the_word(terminal: Terminal) -> None:
    terminal.write("a.md", "# A b\nThe wild zebra ran on.\n")
    result = terminal.check("a.md")
    assert result.out == MARKED
    assert (result.code, result.err) == (1, "")


def test_without_findings_the_exit_code_is_0(terminal: Terminal) -> None:
    terminal.write("a.md", "The wild horse ran on.\n")
    result = terminal.check("a.md")
    assert result.out.startswith("0 findings in 1 file (5 words")
    assert result.code == 0


def test_the_mark_stands_under_wide_characters_and_tabs_and_long_lines_are_cut(
    terminal: Terminal,
) -> None:
    terminal.write("a.md", "x\n\n中 b\tzebra" + " or so" * 20)
    lines = terminal.check("a.md").out.split("\n")
    assert lines[1].startswith("    中 b zebra or so")
    assert lines[1].endswith("…")
    assert lines[2] == "         ^^^^^"


def test_control_characters_of_a_text_do_not_reach_the_terminal(terminal: Terminal) -> None:
    terminal.write("a.md", "x \x1b[31m\x9b wild zebra\x07 ran")
    out = terminal.check("a.md").out + terminal.check("--heat", "a.md").out
    assert not [c for c in out if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)]


def test_json_is_as_the_schema_says_and_counts_in_utf16(terminal: Terminal) -> None:
    terminal.write("a.md", "# A\r\n𝄞 wild zebra\u2028ran\n")
    result = terminal.check("--format", "json", "a.md")
    jsonschema.validate(result.json, SCHEMA)
    (file,) = result.json["files"]
    (finding,) = file["findings"]
    assert (finding["start"], finding["end"], finding["text"]) == (12, 17, "zebra")
    assert finding["range"] == {
        "start": {"line": 1, "character": 8},
        "end": {"line": 1, "character": 13},
    }
    assert finding["alternatives"] == [
        {"text": "horse", "probability": 0.5},
        {"text": "cow", "probability": 0.25},
    ]
    assert result.json["version"] == 1
    assert file["summary"]["max_surprisal_bits"] == pytest.approx(40.0)


def test_an_empty_file_has_a_summary_of_nulls(terminal: Terminal) -> None:
    terminal.write("a.md", "")
    result = terminal.check("--format", "json", "a.md")
    jsonschema.validate(result.json, SCHEMA)
    assert result.json["files"][0]["summary"]["perplexity"] is None
    assert result.code == 0


def test_json_lines_are_the_objects_of_the_files(terminal: Terminal) -> None:
    terminal.write("a.md", "the wild zebra ran")
    terminal.write("b.txt", "calm")
    document = terminal.check("--format", "json", ".")
    assert terminal.check("--format", "jsonl", ".").lines == document.json["files"]
    assert [file["path"] for file in document.json["files"]] == ["./a.md", "./b.txt"]


def test_output_goes_to_a_file(terminal: Terminal) -> None:
    terminal.write("a.md", "# A b\nThe wild zebra ran on.\n")
    assert terminal.check("a.md", "-o", "found.txt").out == ""
    assert (terminal.directory / "found.txt").read_text(encoding="utf-8") == MARKED
    result = terminal.check("a.md", "-o", "no/such/found.txt")
    assert result.err == "ppl: no/such/found.txt: can not be written: No such file or directory\n"
    assert result.code == 2


def test_the_suffix_or_the_option_tells_what_is_prose(terminal: Terminal) -> None:
    text = "the wild\n\n```\na zebra\n```\n"
    terminal.write("a.md", text)
    terminal.write("a.txt", text)
    assert terminal.check("a.md").code == 0
    assert terminal.check("a.txt").code == 1
    assert terminal.check("-", stdin=text.encode()).code == 0
    assert terminal.check("-", "--language", "plaintext", stdin=text.encode()).code == 1


def test_thresholds_are_options(terminal: Terminal) -> None:
    terminal.write("a.md", "the wild zebra ran")
    assert terminal.check("a.md", "--surprises-per-1000-words", "0.1").code == 1
    assert terminal.check("a.md", "--surprises-per-1000-words", "0").code == 0
    assert terminal.check("a.md", "--max-per-1000-words", "0").code == 0
    for value in ("-1", "nan"):
        complaint = terminal.usage_error(["check", "--mistakes-per-1000-words", value, "a"])
        assert "not a number from 0 on" in complaint
    assert "invalid" in terminal.usage_error(["check", "--repeated-words", "1.5", "a"])


def test_heat_without_colors_has_bits_in_brackets(terminal: Terminal) -> None:
    terminal.write("a.md", "the wild zebra,\nran")
    assert terminal.check("--heat", "a.md").out == (
        "a.md\n\nthe wild zebra[40],\nran\n\n1 finding in 1 file (4 words, 2.32 bits per byte)\n"
    )
    result = terminal.check("--heat", "--format", "json", "a.md")
    assert (result.code, result.err) == (
        2,
        "ppl: --heat is text for people: leave out --format json\n",
    )


def test_heat_with_colors_loses_no_character(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.write("a.md", "the wild zebra,\n\n[b]ran[/b] 😀\n")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    colored = terminal.check("--heat", "a.md").out
    assert "\x1b[1;4;" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.check("--heat", "a.md").out
    plain = "".join(part.partition("m")[2] for part in ("m" + colored).split("\x1b["))
    assert "the wild zebra,\n\n[b]ran[/b] 😀\n" in plain


def test_a_model_that_does_not_load_is_one_line_and_exit_code_2(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    result = terminal.check("--model", "missing", "--format", "json", "a.md")
    assert (result.code, result.err) == (2, "ppl: There is no model missing here.\n")
    assert result.json == {"version": 1, "model": None, "files": [], "gates": []}


def test_notices_of_the_model_go_to_standard_error_once(terminal: Terminal) -> None:
    terminal.write("a.md", "a")
    terminal.write("b.md", "b")
    result = terminal.check(".", load=lambda _: FakeScorer("It runs on the CPU."))
    assert result.err == "ppl: It runs on the CPU.\n"


class FailingScorer(FakeScorer):
    """Fails with the exception given as soon as a text holds `bad`."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def encode(self, text: str) -> Encoding:
        if "bad" in text:
            raise self._error
        return super().encode(text)


def test_a_file_that_does_not_fit_into_memory_leaves_the_others_alone(terminal: Terminal) -> None:
    terminal.write("a.md", "bad")
    terminal.write("b.md", "the wild zebra ran")
    scorer = FailingScorer(NotEnoughMemoryError("It needs 9 GiB."))
    result = terminal.check(".", "--format", "jsonl", load=lambda _: scorer)
    assert result.err == "ppl: ./a.md: It needs 9 GiB.\n"
    assert [file["path"] for file in result.lines] == ["./b.md"]
    assert result.code == 2


def test_what_was_finished_is_written_when_a_person_interrupts(terminal: Terminal) -> None:
    terminal.write("a.md", "the wild zebra ran")
    terminal.write("b.md", "bad")
    scorer = FailingScorer(KeyboardInterrupt())
    result = terminal.check(".", "--format", "json", load=lambda _: scorer)
    assert [file["path"] for file in result.json["files"]] == ["./a.md"]
    assert result.code == 130


def test_the_model_is_chosen_by_options(terminal: Terminal) -> None:
    chosen: list[ModelChoice] = []

    def load(choice: ModelChoice) -> FakeScorer:
        chosen.append(choice)
        return load_fake(choice)

    terminal.write("a.md", "a")
    terminal.check("a.md", load=load)
    terminal.check("a.md", "--model", "x", "--device", "cpu", "--precision", "exact", load=load)
    assert chosen == [ModelChoice(), ModelChoice("x", "cpu", "exact")]


def test_no_model_is_loaded_where_nothing_can_be_read(terminal: Terminal) -> None:
    def load(_: ModelChoice) -> FakeScorer:
        raise AssertionError

    assert terminal.check("nowhere.md", load=load).code == 2


def test_the_meter_returns_what_the_steps_come_to() -> None:
    def steps() -> Generator[Progress, None, str]:
        yield Progress(1, 2)
        yield Progress(2, 2)
        return "done"

    assert Meter(iter(range(0, 100, 5)).__next__).follow("a", steps()) == "done"


def test_a_document_may_be_named_as_output_and_is_read_first(terminal: Terminal) -> None:
    terminal.write("a.md", "the the zebra")
    result = terminal.check("a.md", "-o", "a.md", "--format", "json")
    assert result.out == ""
    written = json.loads((terminal.directory / "a.md").read_text())
    assert written["files"][0]["summary"]["n_words"] == 3
    assert sorted(path.name for path in terminal.directory.iterdir()) == ["a.md"]
