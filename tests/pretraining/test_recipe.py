"""The whole recipe as a person runs it, on a tiny corpus."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ppl_engine import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.pretraining.curve import read_curve
from ppl_engine.pretraining.scaling import SizedRun, fit, residual

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
        SizedRun(n, d, 6.0 * n * d, loss(n, d))
        for n, d in ((10**6, 10**7), (10**7, 2 * 10**7), (3 * 10**7, 10**7))
    ]
    law = fit(runs)
    assert residual(law, runs) < 1e-6
    assert law.loss(10**8, 10**9) == pytest.approx(loss(1e8, 1e9), abs=1e-4)
    assert law.best_size(1e18, most_parameters=1e9) > law.best_size(1e16, most_parameters=1e9)
    with pytest.raises(ValueError, match="too few"):
        fit(runs[:2])
