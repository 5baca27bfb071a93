"""What an earlier run has said of a text is said again without a model; `ppl cache` tells of it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ppl_engine.errors import ModelNotFoundError
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.scorer import Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer
from tests.cli.running import Terminal


def refuse(_: ModelChoice) -> FakeScorer:
    raise AssertionError("the model was loaded")


class NoForwardPass(FakeScorer):
    """Cuts texts into tokens and nothing else."""

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        raise AssertionError(f"a forward pass of {len(windows)} windows")

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        raise AssertionError(f"{n} predictions for {len(hidden)} words")

    def score_trunks(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        return self.score_windows(windows)

    def score_branches(
        self, windows: Sequence[Ints], branches: Sequence[Sequence[Branch]]
    ) -> list[list[Floats]]:
        raise AssertionError(f"{len(branches)} branches of {len(windows)} windows")

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        raise AssertionError(f"tokens at {len(token_ids)} of {len(hidden)} places")


@pytest.fixture(autouse=True)
def _documents(terminal: Terminal) -> None:
    terminal.write("a.md", "# A b\nThe wild zebra ran on.\n")
    terminal.write("b.md", "")
    terminal.write("c.txt", "\ufeffa wild zebra\r\nran 😀")


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_an_unchanged_tree_needs_no_model(terminal: Terminal, form: str) -> None:
    computed = terminal.check(".", "--format", form)
    known = terminal.check(".", "--format", form, load=refuse)
    assert known == computed
    assert computed.code == 1


def test_what_is_new_is_computed_and_the_rest_is_not(terminal: Terminal) -> None:
    terminal.check(".")
    terminal.write("b.md", "one zebra more")
    with pytest.raises(AssertionError, match="loaded"):
        terminal.check(".", load=refuse)
    terminal.check(".")
    assert terminal.check(".", load=refuse) == terminal.check(".", "--no-cache")


def test_other_thresholds_languages_and_models_are_not_answered_from_it(
    terminal: Terminal,
) -> None:
    terminal.check("a.md")
    for options in (
        ["--surprises-per-1000-words", "1"],
        ["--language", "plaintext"],
        ["--model", "other"],
    ):
        with pytest.raises(AssertionError, match="loaded"):
            terminal.check("a.md", *options, load=refuse)
    for options in (["--device", "cpu"], ["--precision", "exact"]):
        with pytest.raises(AssertionError, match="loaded"):
            terminal.check("a.md", *options, load=refuse)


def test_scores_need_the_tokenizer_and_no_forward_pass(terminal: Terminal) -> None:
    computed = terminal.ppl("score", "a.md", "c.txt")
    assert computed.code == 0
    assert terminal.ppl("score", "a.md", "c.txt", load=lambda _: NoForwardPass()) == computed
    heat = terminal.check("--heat", ".")
    assert terminal.check("--heat", ".", load=lambda _: NoForwardPass()) == heat


def test_the_cache_can_be_left_out_or_put_elsewhere(terminal: Terminal, tmp_path: Path) -> None:
    terminal.check(".")
    computed = terminal.check(".", "--no-cache")
    assert computed.code == 1
    with pytest.raises(AssertionError, match="loaded"):
        terminal.check(".", "--no-cache", load=refuse)
    elsewhere = str(tmp_path / "elsewhere")
    with pytest.raises(AssertionError, match="loaded"):
        terminal.check(".", "--cache-dir", elsewhere, load=refuse)
    terminal.check(".", "--cache-dir", elsewhere)
    assert terminal.check(".", "--cache-dir", elsewhere, load=refuse) == computed


def test_a_cache_that_can_not_be_had_is_one_line_and_changes_nothing(terminal: Terminal) -> None:
    computed = terminal.check(".")
    terminal.write("file", "")
    without = terminal.check(".", "--cache-dir", "file/cache")
    assert (without.out, without.code) == (computed.out, computed.code)
    assert without.err.startswith("ppl: The cache of scores in ")
    assert without.err.count("\n") == 1


def test_a_model_that_is_gone_is_told_although_all_is_known(terminal: Terminal) -> None:
    def missing(_: ModelChoice) -> FakeScorer:
        raise ModelNotFoundError("There is no model here.")

    terminal.check("a.md")
    result = terminal.check("a.md", "--model", "gone", load=missing)
    assert (result.code, result.err) == (2, "ppl: There is no model here.\n")


def test_notices_of_the_model_are_told_again(terminal: Terminal) -> None:
    terminal.check(".", load=lambda _: FakeScorer("It rewrites its input."))
    assert terminal.check(".", load=refuse).err == "ppl: It rewrites its input.\n"


def test_a_size_that_is_none_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPL_CACHE_MIB", "lots")
    said = "ppl: PPL_CACHE_MIB is a whole number of MiB from 1 on, not 'lots'.\n"
    assert (terminal.check("a.md").code, terminal.check("a.md").err) == (2, said)
    assert terminal.ppl("cache").err == said


def test_an_empty_cache_is_shown_and_not_made(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.ppl("cache", "--cache-dir", str(tmp_path / "new"))
    assert result.code == 0
    assert result.out == (
        f"file     {tmp_path}/new/scores.db\n"
        "size     0 bytes of at most 1.0 GiB, 0 bytes on disk\n"
        "nothing is kept yet\n"
    )
    assert not (tmp_path / "new").exists()


def test_the_cache_is_shown(terminal: Terminal) -> None:
    terminal.check(".")
    terminal.check(".")
    shown = terminal.ppl("cache")
    assert "\nembedded  1, exact on cpu\n" in shown.out
    assert "2 windows, 2 predictions, 2 blocks judged, 3 documents: " in shown.out
    assert "\nlookups  " in shown.out
    found = terminal.ppl("cache", "show", "--format", "json").json
    (model,) = found.pop("models")
    assert {key: model[key] for key in ("name", "revision", "n_windows", "n_documents")} == {
        "name": "embedded",
        "revision": "1",
        "n_windows": 2,
        "n_documents": 3,
    }
    assert set(found) == {
        *("version", "path", "n_bytes", "n_bytes_on_disk", "max_bytes", "n_found", "n_missed")
    }
    # Three documents, the choice of the model, and the predictions that were shown before the rest.
    assert found["n_found"] == 6


def test_the_cache_is_cleared(terminal: Terminal) -> None:
    terminal.check(".")
    result = terminal.ppl("cache", "clear", "--model", "other")
    assert (result.code, result.err) == (
        2,
        "ppl: Nothing is kept of a model 'other'; of these there is: embedded.\n",
    )
    assert terminal.ppl("cache", "clear", "--model", "embedded").out.startswith("10 values cleared")
    terminal.check(".")
    assert terminal.ppl("cache", "clear", "--format", "json").json["n_cleared"] == 10
    assert terminal.ppl("cache").out.endswith("nothing is kept yet\n")
    with pytest.raises(AssertionError, match="loaded"):
        terminal.check(".", load=refuse)


def test_what_makes_no_sense_is_told(terminal: Terminal) -> None:
    assert "choose from" in terminal.usage_error(["cache", "empty"])
    assert "is not expected here" in terminal.usage_error(["cache", "clear", "a.md"])
    assert "--model goes with clear" in terminal.ppl("cache", "--model", "a").err


def test_the_embedded_model_is_not_even_imported_for_an_unchanged_tree(terminal: Terminal) -> None:
    script = (
        "import sys\nfrom ppl_engine.cli import main\n"
        "code = main(['check', '--format', 'json', '.'])\n"
        "sys.exit(9 if {'torch', 'transformers', 'tokenizers'} & set(sys.modules) else code)"
    )
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=terminal.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (9, 0)
    assert first.stdout == second.stdout
