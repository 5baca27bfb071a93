"""`ppl eval` and `ppl compare` as a person runs them, with a model of readable costs."""

import json
from pathlib import Path

import datasets
import pytest
from datasets import Dataset, DatasetDict

from tests.cli.running import Terminal

SEVEN = "a horse and a zebra and more"
"""Seven tokens, of which the first is unscored, five cost one bit and `zebra` 40."""


def records(*texts: str, **more: str) -> str:
    return "".join(json.dumps({"text": text, **more}) + "\n" for text in texts)


def test_a_file_is_a_text(terminal: Terminal) -> None:
    terminal.write("a.txt", SEVEN)
    result = terminal.ppl("eval", "--format", "json", "a.txt")
    assert result.code == 0
    total = result.json["total"]
    assert result.json["convention"] == {"name": "document"}
    assert [text["name"] for text in result.json["texts"]] == ["a.txt"]
    assert (total["n_tokens"], total["n_scored_tokens"]) == (7, 6)
    assert total["perplexity"] == pytest.approx(2 ** (45 / 6))
    # What is not scored does not count: neither the bytes nor the word of the first token.
    assert (total["n_bytes"], total["n_words"]) == (len(SEVEN) - 1, 6)
    assert total["bits_per_byte"] == pytest.approx(45 / (len(SEVEN) - 1), rel=1e-6)
    assert total["bits_per_character"] == total["bits_per_byte"]
    assert total["word_perplexity"] == pytest.approx(2 ** (45 / 6))
    assert total["top1_accuracy"] == pytest.approx(5 / 6)
    peak = {"surprisal_bits": 40.0, "name": "a.txt", "offset": 13, "token": " zebra"}
    assert total["max_surprisal"] == pytest.approx(peak)


def test_records_are_texts_and_lines_objects(terminal: Terminal) -> None:
    terminal.write("a.jsonl", records("one two", "", "three zebra four"))
    result = terminal.ppl("eval", "--format", "jsonl", "a.jsonl")
    assert [line["name"] for line in result.lines] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]
    assert result.lines[1]["perplexity"] is None
    total = terminal.ppl("eval", "--format", "json", "a.jsonl").json["total"]
    assert total["standard_error"]["over"] == "texts"
    assert total["standard_error"]["n"] == 2
    assert total["standard_error"]["perplexity"] > 0


def test_the_page_says_what_a_perplexity_is_and_is_not(terminal: Terminal) -> None:
    terminal.write("a.txt", "a b c d")
    terminal.write("b.txt", "a zebra")
    result = terminal.ppl("eval", "a.txt", "b.txt")
    assert result.code == 0
    assert "convention document: each text by itself" in result.out
    assert "rule of thumb" in result.out
    assert "not whether they are good" in result.out
    assert '40.0 bits  " zebra" in b.txt, offset 1' in result.out
    # The harder text stands first.
    table = result.out.partition("all texts\n")[2]
    assert table.index("b.txt") < table.index("a.txt")


def test_hf_and_llama_cpp_join_texts_and_report_each(terminal: Terminal) -> None:
    terminal.write("a.jsonl", records(*["one zebra two three"] * 30))
    result = terminal.ppl(
        *("eval", "--convention", "hf", "--stride", "8", "--max-length", "16"),
        *("--format", "json", "a.jsonl"),
    )
    assert result.code == 0
    assert result.json["convention"] == {"name": "hf", "max_length": 16, "stride": 8}
    assert result.json["n_texts"] == 30
    # Four words and, but after the last, two line breaks.
    assert result.json["total"]["n_tokens"] == 30 * 4 + 29 * 2
    assert sum(text["n_scored_tokens"] for text in result.json["texts"]) == 30 * 6 - 2 - 1
    result = terminal.ppl("eval", "--convention", "llama.cpp", "--max-length", "16", "a.jsonl")
    assert result.code == 0
    assert "the second half of chunks of 16 tokens" in result.out


def test_prompts_are_context(terminal: Terminal) -> None:
    terminal.write("qa.jsonl", json.dumps({"q": "a zebra is", "a": " a horse"}) + "\n")
    result = terminal.ppl(
        *("eval", "--prompt-field", "q", "--text-field", "a", "--format", "json", "qa.jsonl")
    )
    assert result.code == 0
    total = result.json["total"]
    assert (total["n_scored_tokens"], total["perplexity"]) == (2, pytest.approx(2.0))
    assert total["n_bytes"] == len(" a horse")


def test_a_prompt_that_is_too_long_is_set_aside(terminal: Terminal) -> None:
    lines = [{"q": "word " * 64, "text": "a b"}, {"q": "word", "text": " a b"}]
    terminal.write("qa.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    result = terminal.ppl("eval", "--prompt-field", "q", "--format", "json", "qa.jsonl")
    assert result.code == 2
    assert "qa.jsonl:1: the prompt takes" in result.err
    assert [text["name"] for text in result.json["texts"]] == ["qa.jsonl:2"]


@pytest.mark.parametrize("command", [("eval",), ("compare", "--model", "a", "--model", "b")])
class TestBadInput:
    def test_a_wrong_field_lists_the_fields(
        self, terminal: Terminal, command: tuple[str, ...]
    ) -> None:
        terminal.write("a.jsonl", json.dumps({"body": "x", "title": "y"}) + "\n")
        result = terminal.ppl(*command, "a.jsonl")
        assert result.code == 2
        assert 'no field "text"; the fields are "body", "title"' in result.err

    def test_broken_records_are_set_aside(
        self, terminal: Terminal, command: tuple[str, ...]
    ) -> None:
        terminal.write("a.jsonl", records("one two") + "{broken\n" + records("three four"))
        result = terminal.ppl(*command, "--format", "json", "a.jsonl")
        assert result.code == 2
        assert "a.jsonl:2: " in result.err
        assert [text["name"] for text in result.json["texts"]] == ["a.jsonl:1", "a.jsonl:3"]

    def test_no_text_at_all(self, terminal: Terminal, command: tuple[str, ...]) -> None:
        terminal.write("a.jsonl", "")
        result = terminal.ppl(*command, "a.jsonl")
        assert result.code == 2
        assert "There is no text to" in result.err

    def test_neither_paths_nor_data_set(self, terminal: Terminal, command: tuple[str, ...]) -> None:
        result = terminal.ppl(*command)
        assert result.code == 2
        assert "Give paths, - for standard input, or --dataset." in result.err
        assert terminal.ppl(*command, "--dataset", "x", "a.txt").code == 2
        assert terminal.ppl(*command, "--split", "x", "a.txt").code == 2

    def test_a_missing_file(self, terminal: Terminal, command: tuple[str, ...]) -> None:
        result = terminal.ppl(*command, "nowhere.jsonl")
        assert result.code == 2
        assert "nowhere.jsonl: can not be read" in result.err


def test_options_of_other_conventions_are_refused(terminal: Terminal) -> None:
    terminal.write("a.txt", "text")
    for argv, complaint in (
        (("--stride", "8"), "--stride belongs to the convention hf."),
        (("--max-length", "8"), "--max-length belongs to"),
        (("--convention", "hf", "--max-length", "65"), "--max-length is 2 to 64 for embedded"),
        (("--convention", "hf", "--prompt-field", "q"), "--prompt-field belongs to"),
        (("--convention", "llama.cpp"), "llama.cpp needs at least 128 tokens"),
        (("--convention", "lm-eval"), "embedded has neither BOS nor EOS"),
    ):
        result = terminal.ppl("eval", *argv, "a.txt")
        assert result.code == 2
        assert complaint in result.err


def test_unknown_conventions_are_usage_errors(terminal: Terminal) -> None:
    assert "invalid choice: 'gpt'" in terminal.usage_error(["eval", "--convention", "gpt", "a"])


@pytest.fixture(name="_quiet_datasets")
def _quiet_datasets() -> None:
    datasets.disable_progress_bars()


@pytest.mark.usefixtures("_quiet_datasets")
def test_saved_data_sets_are_read(terminal: Terminal) -> None:
    rows = Dataset.from_dict({"body": ["one two", "a zebra b"]})
    rows.save_to_disk("rows")
    DatasetDict({"train": rows, "held-out": rows.select([1])}).save_to_disk("splits")
    argv = ("eval", "--text-field", "body", "--format", "json", "--dataset")
    result = terminal.ppl(*argv, "rows")
    assert [text["name"] for text in result.json["texts"]] == ["rows:1", "rows:2"]
    result = terminal.ppl(*argv, "splits", "--split", "held-out")
    assert result.json["total"]["max_surprisal"]["token"] == " zebra"
    result = terminal.ppl(*argv, "splits")
    assert result.code == 2
    assert "has no split test; choose one of train, held-out" in result.err
    Path("plain").mkdir()
    result = terminal.ppl(*argv, "plain")
    assert result.code == 2
    assert "plain is no saved data set" in result.err


def test_models_are_compared_over_the_same_bytes(terminal: Terminal) -> None:
    terminal.write("a.txt", "one zebra two")
    terminal.write("b.txt", "one horse two")
    argv = ("compare", "--model", "before", "--model", "after@int8", "a.txt", "b.txt")
    result = terminal.ppl(*argv, "--format", "json")
    assert result.code == 0
    assert [model["name"] for model in result.json["models"]] == ["before", "after"]
    versus = result.json["versus_first"][0]
    assert versus["difference"]["bits_per_byte"] == 0.0
    assert versus["divergence"] is None
    assert "no probabilities of all tokens" in versus["why_no_divergence"]
    page = terminal.ppl(*argv).out
    assert "No distributions are compared, since" in page
    assert "drawing stretches again" in page


def test_what_can_not_be_compared_is_refused(terminal: Terminal) -> None:
    terminal.write("a.txt", "text")
    for argv, complaint in (
        ((), "Name two models or more"),
        (("--model", "a"), "Name two models or more"),
        (("--model", "a", "--model", "a"), "A model is named twice"),
        (("--model", "a", "--model", "missing"), "There is no model missing here."),
    ):
        result = terminal.ppl("compare", *argv, "a.txt")
        assert result.code == 2
        assert complaint in result.err
