"""The whole recipe as a person runs it, on a tiny corpus."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ppl_engine import ModelChoice
from ppl_engine.errors import EngineError
from ppl_engine.models.loading import load_scorer
from ppl_engine.pretraining.curve import read_curve
from ppl_engine.pretraining.progress import Progress
from ppl_engine.pretraining.scaling import SizedRun, fit, residual
from ppl_engine.pretraining.sizes import SizesTried
from ppl_engine.pretraining.steps import compare_sizes
from ppl_engine.pretraining.workplace import Workplace

DOCS = Path(__file__).parent.parent.parent / "docs"


def make_corpus(directory: Path) -> None:
    """The project's own documents, a paragraph a document, many times over."""
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md")))
    paragraphs = [p for p in text.split("\n\n") if len(p) > 80]
    for split, chosen in (
        ("train", [p for k, p in enumerate(paragraphs) if k % 10]),
        ("valid", paragraphs[::20]),
        ("test", paragraphs[10::20]),
    ):
        lines = "".join(json.dumps({"text": p, "licence": "MIT"}) + "\n" for p in chosen)
        (directory / f"docs.{split}.jsonl").write_text(lines, encoding="utf-8")


def test_one_command_ends_with_a_model_that_loads_and_has_learnt(tmp_path: Path) -> None:
    corpus, work, target = tmp_path / "corpus", tmp_path / "work", tmp_path / "embedded"
    corpus.mkdir()
    make_corpus(corpus)
    recipe = [sys.executable, "-m", "ppl_engine.pretraining", "all"]
    sizes = ["--vocab-size", "512", "--width", "64", "--layers", "2", "--context", "512"]
    places = ["--corpus", str(corpus), "--work", str(work), "--to", str(target)]
    done = subprocess.run(
        [*recipe, *sizes, *places, "--minutes", "0.7", "--device", "cpu"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    curve = read_curve(work / "runs" / "main")
    assert curve[-1].valid_loss["docs"] < curve[0].valid_loss["docs"] - 0.3

    scorer = load_scorer(ModelChoice(model=str(target), device="cpu", precision="exact"))
    assert scorer.model.vocab_size == 512
    card = (target / "README.md").read_text(encoding="utf-8")
    assert "docs, test split" in card
    assert "MIT" in (target / "SOURCES.md").read_text(encoding="utf-8")
    assert (target / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_step_out_of_order_says_what_to_run_first(tmp_path: Path) -> None:
    recipe = [sys.executable, "-m", "ppl_engine.pretraining", "train"]
    places = ["--corpus", str(tmp_path), "--work", str(tmp_path)]
    done = subprocess.run([*recipe, *places], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "run the step tokenizer first" in done.stderr


def test_the_law_of_scaling_is_found_again_from_its_own_points() -> None:
    def loss(n: float, d: float) -> float:
        return 1.3 + 300 / n**0.34 + 400 / d**0.28

    runs = [
        SizedRun(256, 8, 10.0, n, d, 6.0 * n * d, loss(n, d))
        for n, d in ((10**6, 10**7), (10**7, 2 * 10**7), (3 * 10**7, 10**7))
    ]
    law = fit(runs)
    assert residual(law, runs) < 1e-6
    assert law.loss(10**8, 10**9) == pytest.approx(loss(1e8, 1e9), abs=1e-4)
    assert law.best_size(1e18, most_parameters=1e9) > law.best_size(1e16, most_parameters=1e9)
    with pytest.raises(ValueError, match="too few"):
        fit(runs[:2])


def test_sizes_are_kept_and_told_as_they_were_tried(tmp_path: Path) -> None:
    runs = [
        SizedRun(64 * k, 2 * k, 10.0, k * 10**6, 4 * 10**6, k * 2.4e13, 6.0 - k / 10)
        for k in (1, 2, 4)
    ]
    tried = SizesTried.fitted(runs)
    path = tmp_path / "sizes.json"
    assert SizesTried.read(path) is None
    tried.write(path)
    assert SizesTried.read(path) == tried
    told = tried.markdown()
    assert "| 8 × 256 | 4.0 M | 4.00 M | 9.6e+13 | 10 | 5.600 |" in told
    assert "1e+18 FLOP" in told


def test_too_few_sizes_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="name more --sizes, or finish the run main"):
        compare_sizes(Workplace(tmp_path), [], name="main", progress=Progress())


@pytest.mark.slow
def test_sizes_are_compared_with_the_run_that_was_finished(tmp_path: Path) -> None:
    corpus, work = tmp_path / "corpus", tmp_path / "work"
    corpus.mkdir()
    make_corpus(corpus)
    places = ["--corpus", str(corpus), "--work", str(work), "--device", "cpu"]
    numbers = ["--vocab-size", "512", "--context", "512", "--width", "64", "--layers", "1"]
    for step in (
        ["tokenizer"],
        ["tokens"],
        ["train", "--minutes", "0.1"],
        ["sizes", "--minutes", "0.05", "--sizes", "64x1", "64x2"],
    ):
        recipe = [sys.executable, "-m", "ppl_engine.pretraining", *step, *places, *numbers]
        done = subprocess.run(recipe, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "| 2 × 64 |" in done.stderr
    tried = SizesTried.read(work / "sizes.json")
    assert tried
    assert [(run.width, run.n_layers) for run in tried.runs] == [(64, 1), (64, 2), (64, 1)]
    assert tried.runs[-1].n_tokens > tried.runs[0].n_tokens
