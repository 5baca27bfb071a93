"""`ppl filter` as somebody runs it, with a model in which `zebra` costs 40 bits and the rest 1."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer, load_fake
from tests.cli.running import Terminal

HORSE = "the horse ran"  # 2 bits over 2 scored tokens, perplexity 2
ZEBRA = "the zebra ran"  # 41 bits over 2


def lines(*texts: object) -> str:
    return "".join(json.dumps({"id": k, "text": text}) + "\n" for k, text in enumerate(texts))


def rows(terminal: Terminal, name: str) -> list[dict[str, object]]:
    content = (terminal.directory / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in content.split("\n")[:-1]]


def names(terminal: Terminal) -> set[str]:
    return {path.name for path in terminal.directory.iterdir()}


def test_what_is_too_surprising_is_left_out(terminal: Terminal) -> None:
    data = lines(HORSE, ZEBRA, HORSE, ZEBRA + " ran").replace('"id"', '"id"  ')
    terminal.write("data.jsonl", data)
    result = terminal.ppl(
        "filter",
        "data.jsonl",
        "-o",
        "out.jsonl",
        "--max-perplexity",
        "2.5",
        "--rejected",
        "no.jsonl",
    )
    assert (result.code, result.out) == (0, "")
    first, second, third, fourth = data.split("\n")[:-1]
    # Lines are copied as they stand.
    assert (terminal.directory / "out.jsonl").read_text() == f"{first}\n{third}\n"
    assert (terminal.directory / "no.jsonl").read_text() == f"{second}\n{fourth}\n"
    assert names(terminal) == {"data.jsonl", "out.jsonl", "no.jsonl"}
    assert "4 records: 2 kept, 2 rejected\n" in result.err
    assert "kept: perplexity ≤ 2.5\n" in result.err


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ((), [0, 1, 2, 3]),
        (("--min-perplexity", "3"), [1, 3]),
        (("--min-perplexity", "2", "--max-bits-per-byte", "0.5"), [0, 2]),
        (("--min-bits-per-byte", "0.5", "--max-perplexity", "1e6"), [3]),
        (("--keep-quantile", "0:0.5"), [0, 2]),
        (("--keep-quantile", "0.75:1", "--by", "perplexity"), [1]),
        (("--keep-quantile", ":0.75", "--by", "bits-per-byte"), [0, 2, 3]),
        (("--keep-quantile", "0:0.75", "--min-perplexity", "3"), [3]),
    ],
)
def test_limits(terminal: Terminal, limits: Sequence[str], kept: list[int]) -> None:
    # Perplexities 2, 2^20.5, 2, 2^14; bits per byte 2/13, 41/13, 2/13, 42/17.
    terminal.write("data.jsonl", lines(HORSE, ZEBRA, HORSE, ZEBRA + " ran"))
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", *limits)
    assert result.code == 0
    assert [row["id"] for row in rows(terminal, "out.jsonl")] == kept


def test_what_is_no_record_is_set_aside_and_the_rest_goes_on(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE) + '{"text": \n' + lines(7, HORSE) + '{"a": 1}\n')
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl")
    assert result.code == 2
    assert [row["text"] for row in rows(terminal, "out.jsonl")] == [HORSE, HORSE]
    reasons = [
        "not JSON: expecting value at column 10",
        'the field "text" is a number, not text',
        'there is no field "text"; the fields are "a"',
    ]
    bad = rows(terminal, "out.jsonl.bad.jsonl")
    assert [(row["path"], row["line"], row["reason"]) for row in bad] == [
        ("data.jsonl", number, reason) for number, reason in zip((2, 3, 5), reasons, strict=True)
    ]
    assert [row["raw"] for row in bad] == ['{"text": ', '{"id": 0, "text": 7}', '{"a": 1}']
    for number, reason in zip((2, 3, 5), reasons, strict=True):
        assert f"ppl: data.jsonl:{number}: {reason}\n" in result.err
    assert "5 records: 2 kept, 0 rejected; 3 bad\n" in result.err


def test_of_many_bad_records_some_are_told(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE) + "{\n" * 25)
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl")
    assert result.err.count("not JSON") == 10
    assert "ppl: and 15 more bad records\n" in result.err
    assert len(rows(terminal, "out.jsonl.bad.jsonl")) == 25


def test_a_wrong_field_is_told_at_once_with_those_there_are(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE))
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--field", "body")
    assert result.code == 2
    assert result.err == (
        'ppl: data.jsonl:1: there is no field "body"; the fields are "id", "text".\n'
    )
    assert "out.jsonl" not in names(terminal)


def test_scores_are_added(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE, ""))
    terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--add-scores")
    first, second = rows(terminal, "out.jsonl")
    assert first == {
        "id": 0,
        "text": HORSE,
        "perplexity": pytest.approx(2.0),
        "bits_per_byte": pytest.approx(2 / 13),
        "bits_per_word": pytest.approx(2 / 3),
        "log_likelihood": pytest.approx(-1.38629436),
        "n_tokens": 3,
    }
    assert (second["perplexity"], second["log_likelihood"], second["n_tokens"]) == (None, None, 0)


class Counting(FakeScorer):
    """Remembers how many windows it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.n_windows = 0

    def score_windows(self, windows: Sequence[Window]):  # type: ignore[no-untyped-def]
        self.n_windows += len(windows)
        return super().score_windows(windows)


def test_a_dry_run_leaves_scores_for_the_run_that_follows(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE, ZEBRA))
    loaded: list[Counting] = []

    def load(choice: ModelChoice) -> FakeScorer:
        del choice
        loaded.append(Counting())
        return loaded[-1]

    dry = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--dry-run", load=load)
    assert dry.code == 0
    assert names(terminal) == {"data.jsonl", "out.jsonl.scores"}
    assert "the scores are kept in out.jsonl.scores for the run without --dry-run" in dry.err
    command = ("filter", "data.jsonl", "-o", "out.jsonl", "--max-perplexity", "9")
    wet = terminal.ppl(*command, load=load)
    assert "out.jsonl.scores: 2 records have their scores already" in wet.err
    assert [scorer.n_windows for scorer in loaded] == [2, 0]
    assert [row["id"] for row in rows(terminal, "out.jsonl")] == [0]
    assert names(terminal) == {"data.jsonl", "out.jsonl"}


def test_input_that_has_changed_is_refused_and_can_be_scored_again(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE))
    terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--dry-run")
    terminal.write("data.jsonl", lines(HORSE, HORSE))
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl")
    assert result.code == 2
    assert "data.jsonl has changed since. To score again from the beginning, add --restart" in (
        result.err
    )
    assert terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--restart").code == 0
    assert len(rows(terminal, "out.jsonl")) == 2


def test_scores_of_another_model_or_field_are_refused(terminal: Terminal) -> None:
    terminal.write("data.jsonl", '{"text": "a b", "title": "c d"}\n')
    terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--dry-run")
    result = terminal.ppl("filter", "data.jsonl", "-o", "out.jsonl", "--field", "title")
    assert result.code == 2
    assert "the text was in the field 'text', now 'title'" in result.err


def test_a_stream_is_filtered_as_it_comes(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE, ZEBRA))
    data = lines(ZEBRA, HORSE).encode()
    result = terminal.ppl("filter", "-", "-o", "out.jsonl", "--max-perplexity", "9", stdin=data)
    assert result.code == 0
    assert [row["id"] for row in rows(terminal, "out.jsonl")] == [1]
    assert names(terminal) == {"data.jsonl", "out.jsonl"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-", "-o", "o.jsonl", "--keep-quantile", "0:0.5"), "With --keep-quantile the input is"),
        (("-", "-o", "o.parquet"), "With an output in Parquet the input is read twice"),
        (("-", "data.jsonl", "-o", "o.jsonl"), "Standard input can not be mixed with files"),
        (("data.jsonl",), "Say where to write with -o FILE"),
        (("data.jsonl", "-o", "data.jsonl"), "data.jsonl is read: write to another file."),
        (("data.jsonl", "-o", "out.csv"), "out.csv: the end of the name tells what to write"),
        (("data.jsonl", "-o", "out.txt"), "out.txt: only lines of text can be written as text"),
        (("data.jsonl", "-o", "no/out.jsonl"), "no/out.jsonl: there is no such directory"),
        (("missing.jsonl", "-o", "out.jsonl"), "missing.jsonl: no such file or directory"),
        (
            ("data.jsonl", "-o", "o.jsonl", "--min-perplexity", "3", "--max-perplexity", "2"),
            "--min-perplexity 3 is above --max-perplexity 2: nothing would be kept.",
        ),
    ],
)
def test_what_can_not_be_done_is_told_first(
    terminal: Terminal, arguments: Sequence[str], said: str
) -> None:
    terminal.write("data.jsonl", lines(HORSE))
    result = terminal.ppl("filter", *arguments, stdin=lines(HORSE).encode())
    assert result.code == 2
    assert said in result.err
    assert names(terminal) == {"data.jsonl"}


@pytest.mark.parametrize("share", ["0.5", "0.5:0.5", "-1:1", "a:b", "0.9:0.1"])
def test_a_share_that_is_none(terminal: Terminal, share: str) -> None:
    said = terminal.usage_error(["filter", "a", "-o", "b.jsonl", f"--keep-quantile={share}"])
    assert "is not LOW:HIGH with 0 <= LOW < HIGH <= 1" in said


def test_the_summary_as_json(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE, ZEBRA, "") + "{\n")
    result = terminal.ppl(
        "filter", "data.jsonl", "-o", "o.jsonl", "--max-perplexity", "9", "--format", "json"
    )
    found = result.json
    assert (found["n_records"], found["n_kept"], found["n_rejected"]) == (4, 1, 2)
    assert (found["n_unscored"], found["n_bad"], found["n_tokens"]) == (1, 1, 6)
    assert found["model"]["name"] == "embedded"
    assert (found["perplexity"]["min"], found["perplexity"]["max"]) == (None, 9.0)
    assert sum(bar["n_kept"] for bar in found["perplexity"]["histogram"]) == 1
    assert sum(bar["n_rejected"] for bar in found["bits_per_byte"]["histogram"]) == 1


def test_lines_of_text(terminal: Terminal) -> None:
    terminal.write("corpus.txt", f"{HORSE}\r\n\n{ZEBRA}\n\n{HORSE} on\n")
    result = terminal.ppl("filter", "--lines", "corpus.txt", "-o", "o.txt", "--max-perplexity", "9")
    assert result.code == 0
    assert (terminal.directory / "o.txt").read_text() == f"{HORSE}\n{HORSE} on\n"


def test_a_folder_of_documents_and_data(terminal: Terminal) -> None:
    terminal.write("in/b.md", HORSE)
    terminal.write("in/a.jsonl.gz", gzip.compress(lines(HORSE, ZEBRA).encode()))
    terminal.write("in/c.py", "zebra")
    terminal.ppl("filter", "in", "-o", "o.jsonl")
    path = str(Path("in/b.md"))
    assert rows(terminal, "o.jsonl") == [
        {"id": 0, "text": HORSE},
        {"id": 1, "text": ZEBRA},
        {"path": path, "text": HORSE},
    ]


def test_parquet_to_parquet_keeps_the_columns(terminal: Terminal) -> None:
    table = pa.table(
        {
            "text": [HORSE, ZEBRA, None, HORSE],
            "n": pa.array([1, 2, 3, 4], pa.int8()),
            "tags": [["a"], [], None, ["b", "c"]],
        }
    )
    pq.write_table(table, terminal.directory / "in.parquet")
    result = terminal.ppl(
        "filter", "in.parquet", "-o", "o.parquet", "--max-perplexity", "9", "--add-scores"
    )
    assert result.code == 2
    assert 'in.parquet:3: the field "text" is null, not text' in result.err
    found = pq.read_table(terminal.directory / "o.parquet")
    assert found.select(table.column_names).equals(table.take([0, 3]))
    assert found["perplexity"].to_pylist() == pytest.approx([2.0, 2.0])
    assert found.schema.field("n_tokens").type == pa.int64()


def test_json_lines_to_parquet_lose_nothing(terminal: Terminal) -> None:
    objects = [
        {"text": HORSE, "n": 1, "mixed": 1, "deep": {"a": 1}},
        {"text": ZEBRA + " \ud800", "n": 2.5, "mixed": "x", "deep": {"b": [1]}},
        {"text": HORSE, "late": True},
    ]
    terminal.write("in.jsonl", "".join(json.dumps(item) + "\n" for item in objects))
    assert terminal.ppl("filter", "in.jsonl", "-o", "o.parquet").code == 0
    assert pq.read_table(terminal.directory / "o.parquet").to_pylist() == [
        {"text": HORSE, "n": 1.0, "mixed": "1", "deep": {"a": 1, "b": None}, "late": None},
        {
            "text": ZEBRA + " \ufffd\ufffd\ufffd",
            "n": 2.5,
            "mixed": '"x"',
            "deep": {"a": None, "b": [1]},
            "late": None,
        },
        {"text": HORSE, "n": None, "mixed": None, "deep": None, "late": True},
    ]


def test_the_fake_is_loaded_by_default(terminal: Terminal) -> None:
    terminal.write("data.jsonl", lines(HORSE))
    result = terminal.ppl("filter", "data.jsonl", "--dry-run", "--model", "missing", load=load_fake)
    assert (result.code, result.err) == (2, "ppl: There is no model missing here.\n")
