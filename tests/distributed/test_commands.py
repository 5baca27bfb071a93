"""`ppl filter`, `check` and `eval` on a Ray cluster where one of two workers dies in the middle."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ppl_engine.errors import EngineError
from ppl_engine.scoring.scorer import Encoding
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer, Load, load_fake
from tests.cli.running import ANY_WORD, Result, Terminal

pytestmark = [
    pytest.mark.slow,  # a cluster takes many seconds to start
    pytest.mark.filterwarnings("default"),
]
Options = tuple[str, ...]
FORMATS = ("json", "sarif", "text")


class DyingScorer(FakeScorer):
    """Ends its process the first time that it sees a horse, over all processes."""

    def __init__(self, marker: Path) -> None:
        super().__init__()
        self._marker = marker

    def encode(self, text: str) -> Encoding:
        if "horse" in text and not self._marker.exists():
            self._marker.touch()
            os._exit(1)
        return super().encode(text)


class DyingReader(FakeScorer):
    """Ends its process the first time that it is to score windows of nine tokens."""

    def __init__(self, marker: Path) -> None:
        super().__init__()
        self._marker = marker

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        if any(len(window.ids) == 9 for window in windows) and not self._marker.exists():
            self._marker.touch()
            os._exit(1)
        return super().score_windows(windows)


class FailingScorer(FakeScorer):
    """Knows no cows."""

    def encode(self, text: str) -> Encoding:
        if "cow" in text:
            raise EngineError("The model gives no numbers.")
        return super().encode(text)


class ForgetfulScorer(FakeScorer):
    """Is never to be asked."""

    def encode(self, text: str) -> Encoding:
        raise AssertionError(text)


@dataclass(frozen=True, slots=True)
class Dying:
    """A model whose first reader dies."""

    scorer: type[DyingScorer | DyingReader]
    marker: Path

    @property
    def load(self) -> Load:
        return lambda choice: self.scorer(self.marker)  # noqa: ARG005


@pytest.fixture
def spread(two_machines: str) -> Options:
    """The options of a run on the cluster, which has a worker on each machine."""
    return ("--ray", two_machines)


def said(result: Result) -> Result:
    """Leave out what Ray says on standard error."""
    lines = result.err.splitlines(keepends=True)
    return replace(result, err="".join(line for line in lines if line.startswith("ppl: ")))


def has_died(dying: Dying) -> bool:
    return dying.marker.exists()


def test_a_filter_whose_worker_dies_writes_what_one_process_writes(
    terminal: Terminal, spread: Options
) -> None:
    texts = [f"the {'zebra' if k % 3 else 'horse'} ran{' on' * (k % 7)}" for k in range(9000)]
    # The horses begin late, in the second of three groups.
    texts[:5000] = [text.replace("horse", "zebra") for text in texts[:5000]]
    lines = [json.dumps({"id": k, "text": text}) for k, text in enumerate(texts)]
    lines[4000] = "{"
    terminal.write("data.jsonl", "\n".join(lines))
    command = ("filter", "data.jsonl", "--max-perplexity", "5000", "--add-scores")
    alone = terminal.ppl(*command, "-o", "alone.jsonl")
    dying = Dying(DyingScorer, terminal.directory / "died")
    of_two = terminal.ppl(*command, "-o", "spread.jsonl", *spread, load=dying.load)
    assert has_died(dying)
    assert (alone.code, of_two.code) == (2, 2)
    assert said(alone).err == said(of_two).err.replace("spread.jsonl", "alone.jsonl")
    written = [(terminal.directory / name).read_bytes() for name in ("alone.jsonl", "spread.jsonl")]
    assert written[0] == written[1]
    assert 0 < written[0].count(b"\n") < 9000


def write_documents(terminal: Terminal, n: int) -> None:
    """Documents that are too many for one worker; the horses begin late."""
    for k in range(n):
        animal = "horse" if k > n // 2 else "cat"
        comment = "<!-- ppl: ignore-next surprising-word -->\n\n" if k % 10 == 3 else ""
        text = f"# Page {k}\n\n{comment}the {animal} and the zebra {'ran ' * (k % 9)}\n"
        terminal.write(f"docs/{k:03}.md", text)
    terminal.write("docs/010.md", b"no UTF-8: \xff")


def checked(terminal: Terminal, *more: str, load: Load = load_fake) -> tuple[Result, list[str]]:
    """Check the documents; return what is said, and all reports."""
    also = [f"--also={one}=found.{one}" for one in FORMATS]
    command = ("check", "docs", *ANY_WORD, *also, "--format", "jsonl", *more)
    result = terminal.ppl(*command, load=load)
    return said(result), [
        (terminal.directory / f"found.{one}").read_text("utf-8") for one in FORMATS
    ]


def test_a_check_whose_worker_dies_says_what_one_process_says(
    terminal: Terminal, spread: Options
) -> None:
    write_documents(terminal, 100)
    gates = ("--max-findings", "1000", "--max-perplexity", "40")
    alone, reports = checked(terminal, *gates, "--cache-dir", "alone")
    assert alone.code == 2
    assert reports[-1].splitlines()[-1].startswith("100 findings in 99 files, 10 ignored")
    dying = Dying(DyingScorer, terminal.directory / "died")
    cache = ("--cache-dir", "cache")
    of_two = checked(terminal, *gates, *cache, *spread, load=dying.load)
    assert has_died(dying)
    assert of_two == (alone, reports)
    # What was said is kept here: nobody is asked again.
    again = checked(terminal, *gates, *cache, *spread, load=lambda choice: ForgetfulScorer())  # noqa: ARG005
    assert again == (alone, reports)


def test_a_document_that_fails_on_a_worker_is_reported_and_the_rest_goes_on(
    terminal: Terminal, spread: Options
) -> None:
    for k in range(40):
        terminal.write(f"docs/{k:02}.md", f"the {'cow' if k == 20 else 'zebra'} and the zebra\n")

    def load(choice: object) -> FakeScorer:
        del choice
        return FailingScorer()

    alone, reports = checked(terminal, "--no-cache", load=load)
    assert alone.code == 2
    assert alone.err.endswith("ppl: docs/20.md: The model gives no numbers.\n")
    assert checked(terminal, "--no-cache", *spread, load=load) == (alone, reports)


def test_what_changed_alone_is_checked_on_a_cluster_too(
    terminal: Terminal, spread: Options
) -> None:
    write_documents(terminal, 20)
    patch = "--- a/docs/001.md\n+++ b/docs/001.md\n@@ -3 +3 @@\n-a\n+the cat and the zebra ran \n"
    command = ("check", "docs", "--no-cache", *ANY_WORD, "--diff", "-", "--format", "json")
    alone = terminal.ppl(*command, stdin=patch.encode())
    assert alone.json["files"] != []
    assert said(terminal.ppl(*command, *spread, stdin=patch.encode())) == alone


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_an_evaluation_whose_worker_dies_comes_to_the_same(
    terminal: Terminal, form: str, spread: Options
) -> None:
    texts = [f"the {'zebra' if k % 3 else 'cat'} ran{' on' * (k % 7)}" for k in range(9000)]
    texts[5000] = "a horse"
    lines = [json.dumps({"text": text}) for text in texts]
    lines[4000] = "{"
    terminal.write("data.jsonl", "\n".join(lines))
    command = ("eval", "data.jsonl", "--format", form)
    alone = terminal.ppl(*command)
    dying = Dying(DyingScorer, terminal.directory / "died")
    of_two = terminal.ppl(*command, *spread, load=dying.load)
    assert has_died(dying)
    assert said(of_two) == alone
    assert alone.code == 2


@pytest.mark.parametrize("convention", ["hf", "llama.cpp"])
def test_texts_that_are_joined_are_read_by_many(
    terminal: Terminal, convention: str, spread: Options
) -> None:
    words = ["zebra" if k % 5 == 0 else "cow" for k in range(2000)]
    terminal.write("a.txt", " ".join(words[:1500]))
    terminal.write("b.txt", " ".join(words[1500:]))
    command = ("eval", "a.txt", "b.txt", "--format", "json", "--convention", convention)
    lengths = ("--max-length", "9", *(("--stride", "4") if convention == "hf" else ()))
    alone = terminal.ppl(*command, *lengths)
    dying = Dying(DyingReader, terminal.directory / "died")
    of_two = terminal.ppl(*command, *lengths, *spread, load=dying.load)
    assert has_died(dying)
    assert said(of_two) == alone
    assert alone.json["total"]["n_scored_tokens"] > 800


def test_what_a_convention_refuses_is_refused_as_by_one_process(
    terminal: Terminal, spread: Options
) -> None:
    terminal.write("a.txt", "a few words")
    for command in (
        ("eval", "a.txt", "--convention", "lm-eval"),
        ("eval", "a.txt", "--convention", "llama.cpp"),
        ("eval", "a.txt", "--convention", "hf", "--max-length", "100000"),
    ):
        alone = terminal.ppl(*command)
        assert alone.code == 2
        assert said(terminal.ppl(*command, *spread)) == alone
