import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import Buffer

from ppl_engine.cli.score import formats
from ppl_engine.cli.score.command import Scored, line_scores
from ppl_engine.cli.session import Session
from ppl_engine.engine import Engine
from ppl_engine.models.choice import ModelChoice
from tests.cli.fake_scorer import NATS, FakeScorer, fake_models
from tests.cli.running import Terminal
from tests.stepping import finished


def test_the_table_shows_every_token_in_bits(terminal: Terminal) -> None:
    terminal.write("a.txt", "the zebra 中\n")
    assert terminal.score("a.txt").out == (
        "a.txt\n"
        "tokens     bits    rank  entropy\n"
        "the           -       -        -\n"
        "·zebra    40.00     500     2.00\n"
        "·中        1.00       1     2.00\n"
        "↵          1.00       1     2.00\n"
    )


def test_json_lines_have_a_line_a_token_in_nats(terminal: Terminal) -> None:
    terminal.write("a.txt", "the zebra")
    result = terminal.score("--format", "jsonl", "a.txt")
    first, second = result.lines
    assert first == {
        "start": 0,
        "end": 3,
        "text": "the",
        "logprob": None,
        "entropy": None,
        "rank": None,
        "word": 0,
        "n_tokens": 1,
    }
    assert (second["start"], second["end"], second["word"], second["rank"]) == (3, 9, 1, 500)
    assert second["logprob"] == pytest.approx(-40 * NATS)
    assert result.code == 0


def test_tokens_that_split_a_character_make_one_line(terminal: Terminal) -> None:
    _, split = terminal.score("--format", "jsonl", "-", stdin="a😀".encode()).lines
    assert (split["text"], split["n_tokens"]) == ("😀", 2)
    assert split["logprob"] == pytest.approx(-2 * NATS)


@given(st.text(st.one_of(st.characters(), st.sampled_from("\r\n\0\f\u2028\ud800 é中😀\u0301a"))))
def test_the_spans_of_the_lines_tile_any_text(text: str) -> None:
    tokens = finished(Engine(FakeScorer()).score(text))
    scored = Scored("a", text, tokens)
    rows = list(formats.token_objects(scored))
    assert "".join(row["text"] for row in rows) == text
    bounds = [0, *(row["end"] for row in rows)]
    assert bounds == [*(row["start"] for row in rows), len(text)]
    n_words = len(list(formats.word_objects(scored)))
    assert all(row["word"] is None or row["word"] < n_words for row in rows)


def test_a_path_is_in_every_line_when_more_than_one_file_is_asked_for(terminal: Terminal) -> None:
    terminal.write("a.txt", "a")
    terminal.write("b.txt", "b")
    assert [row["path"] for row in terminal.score("--format", "jsonl", ".").lines] == [
        "./a.txt",
        "./b.txt",
    ]
    assert "path" not in terminal.score("--format", "jsonl", "a.txt").lines[0]


def test_words_are_aggregated(terminal: Terminal) -> None:
    terminal.write("a.txt", "the zebra!")
    document = terminal.score("--words", "--format", "json", "a.txt").json
    words = document["files"][0]["words"]
    assert [(word["text"], word["is_word"]) for word in words] == [
        ("the", True),
        ("zebra", True),
        ("!", False),
    ]
    assert words == terminal.score("--words", "--format", "jsonl", "a.txt").lines
    assert document["model"]["name"] == "embedded"


def test_each_line_is_a_text_of_its_own(terminal: Terminal) -> None:
    rows = terminal.score("--lines", "--format", "jsonl", "-", stdin=b"a b\r\n\rzebra c").lines
    assert [(row["line"], row["n_tokens"], row["n_words"], row["n_bytes"]) for row in rows] == [
        (1, 2, 2, 3),
        (2, 0, 0, 0),
        (3, 2, 2, 7),
    ]
    assert rows[0]["log_likelihood"] == pytest.approx(-NATS)
    assert set(rows[0]) == {"line", "log_likelihood", "n_tokens", "n_words", "n_bytes"}


def test_a_line_of_which_nothing_is_scored_has_no_likelihood(terminal: Terminal) -> None:
    (row,) = terminal.score("--lines", "--format", "jsonl", "-", stdin=b"a").lines
    assert (row["n_tokens"], row["log_likelihood"]) == (1, None)


def test_many_lines_keep_their_order_and_numbers(terminal: Terminal) -> None:
    data = "".join("a" + " b" * (k % 7) + "\n" for k in range(1000)).encode()
    rows = terminal.score("--lines", "--format", "jsonl", "-", stdin=data).lines
    assert [(row["line"], row["n_tokens"]) for row in rows] == [
        (k + 1, 1 + k % 7) for k in range(1000)
    ]


class EndlessLines(io.RawIOBase):
    """Says how much of it was read."""

    n_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        n = memoryview(buffer).nbytes
        memoryview(buffer)[:] = (b"a b\n" * n)[:n]
        self.n_read += n
        return n


def test_lines_are_read_no_further_than_they_are_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    source = EndlessLines()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(source)))
    session = Session(ModelChoice(), fake_models(), lambda: None)
    scores = line_scores(session, "-")
    for _ in range(1000):
        next(scores)
    assert source.n_read < 100_000


def test_a_line_that_is_not_utf8_is_left_out_and_said(terminal: Terminal) -> None:
    result = terminal.score("--lines", "--format", "jsonl", "-", stdin=b"a\n\xe9\nb\n")
    assert [row["line"] for row in result.lines] == [1, 3]
    assert result.err == "ppl: -:2: not UTF-8 (byte 0xE9): line left out\n"
    assert result.code == 2


def test_the_table_of_lines_has_bits_and_perplexity(terminal: Terminal) -> None:
    terminal.write("a.txt", "a b\n\n")
    assert terminal.score("--lines", "a.txt").out == (
        "a.txt\n"
        "    line       bits   perplexity  tokens   words\n"
        "       1       1.00         2.00       2       2\n"
        "       2       0.00            -       0       0\n"
    )
