"""The steps of the recipe, each a function from a folder to the same folder with more in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.english.calibration import write_calibration
from ppl_engine.english.clean_prose import PATH as CLEAN_PROSE_PATH
from ppl_engine.english.clean_prose import write_clean_prose
from ppl_engine.errors import EngineError
from ppl_engine.findings.calibration import Calibration
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_engine, load_scorer
from ppl_engine.pretraining.card import Results, Run, model_card, write_sources
from ppl_engine.pretraining.checkpoint import load_checkpoint
from ppl_engine.pretraining.clean_prose import beginnings, excerpts, sources
from ppl_engine.pretraining.corpus import CorpusDocument, Split, read_corpus
from ppl_engine.pretraining.curve import draw_curve, read_curve
from ppl_engine.pretraining.evaluation import (
    StridedEvaluation,
    TextEvaluation,
    evaluate_strided,
    evaluate_texts,
)
from ppl_engine.pretraining.export import export_model
from ppl_engine.pretraining.held_out import without_held_out
from ppl_engine.pretraining.lexicon import Policy, count_words, listed, write_lexicon
from ppl_engine.pretraining.model import Shape
from ppl_engine.pretraining.progress import Progress
from ppl_engine.pretraining.scaling import FEWEST_RUNS, SizedRun
from ppl_engine.pretraining.sizes import SizesTried, finished_run, sized_run
from ppl_engine.pretraining.tokenizer import train_tokenizer
from ppl_engine.pretraining.tokens import (
    Rows,
    block_starts,
    read_stream,
    read_summary,
    write_stream,
)
from ppl_engine.pretraining.training import CurvePoint, Plan, Trainer
from ppl_engine.pretraining.workplace import (
    RunRecord,
    Workplace,
    digests_held_out,
    hardware,
    read_text,
)
from ppl_engine.scoring.document import run

_CLEAN: Final = ("docs", "modern")
"""Categories of prose as people publish it today."""

_N_EXCERPTS: Final = 40
_N_CALIBRATED: Final = 220
_CODE: Final = "code"
_WIKITEXT: Final = "WikiText-2 raw test"
_LN2: Final = 0.6931471805599453


def make_tokenizer(
    work: Workplace, corpus: Path, wikitext: Path | None, *, vocab_size: int, progress: Progress
) -> None:
    """Train the tokenizer on what may be trained on."""
    work.directory.mkdir(parents=True, exist_ok=True)
    held_out = digests_held_out(corpus, wikitext)
    documents = progress.counted(read_corpus(corpus, Split.TRAIN), "documents counted")
    texts = (without_held_out(document.text, held_out)[0] for document in documents)
    train_tokenizer(texts, vocab_size).save(str(work.tokenizer_path))


def make_tokens(
    work: Workplace, corpus: Path, wikitext: Path | None, *, progress: Progress
) -> None:
    """Turn the corpus into streams of tokens, without what is held out."""
    tokenizer = work.tokenizer()
    held_out = digests_held_out(corpus, wikitext)
    documents = progress.counted(read_corpus(corpus, Split.TRAIN), "documents tokenised")
    summary = write_stream(documents, tokenizer, held_out, work.train_path)
    progress.say(
        f"{summary.n_tokens:,} tokens, {summary.n_bytes / summary.n_tokens:.2f} bytes each; "
        f"{summary.n_removed:,} paragraphs were held out"
    )
    for category, documents in _by_category(corpus, Split.VALID).items():
        write_stream(documents, tokenizer, frozenset(), work.directory / f"valid-{category}.bin")


def make_lexicon(work: Workplace, corpus: Path, *, progress: Progress) -> None:
    """List the words of the training split as `ppl_engine/english/words.tsv.xz` has them."""
    work.lexicon_path.parent.mkdir(parents=True, exist_ok=True)
    documents = progress.counted(read_corpus(corpus, Split.TRAIN), "documents counted")
    prose = (document for document in documents if document.category != _CODE)
    levels = listed(count_words(prose), Policy())
    write_lexicon(levels, work.lexicon_path)
    progress.say(f"{len(levels):,} words in {work.lexicon_path}")


def make_clean_prose(work: Workplace, corpus: Path, *, progress: Progress) -> None:
    """Choose excerpts of the validation split, as `ppl_engine/english` has them."""
    chosen = excerpts(_clean(corpus), _N_EXCERPTS, seed=0)
    work.directory.mkdir(parents=True, exist_ok=True)
    path = work.directory / CLEAN_PROSE_PATH.name
    write_clean_prose((sample for _, sample in chosen), path)
    path.with_name("SOURCES.md").write_text(sources(chosen), encoding="utf-8")
    progress.say(f"{len(chosen)} excerpts in {path}")


def calibrate(corpus: Path, model: Path, *, device: str, progress: Progress) -> Calibration | None:
    """Measure on the validation split how a model reads clean prose; keep it in its folder.

    Returns None where the corpus has no such text: the engine then measures on what ships.
    """
    samples = beginnings(_clean(corpus), _N_CALIBRATED, seed=1)
    if not samples:
        progress.say("no clean prose to calibrate on")
        return None
    engine = load_engine(ModelChoice(model=str(model.resolve()), device=device))
    progress.say(f"reading {len(samples)} clean texts")
    found = run(engine.calibrate(samples))
    write_calibration(found, model)
    return found


def _clean(corpus: Path) -> Iterator[CorpusDocument]:
    return (d for d in read_corpus(corpus, Split.VALID) if d.category in _CLEAN)


def train(work: Workplace, name: str, plan: Plan, *, progress: Progress) -> list[CurvePoint]:
    """Train for the plan's minutes, or the rest of them, and return the curve."""
    starts = block_starts(work.tokenizer())
    work.write_record(name, RunRecord(plan.shape, plan.minutes, plan.seed, hardware(plan.device)))
    trainer = Trainer(
        plan,
        Rows(read_stream(work.train_path), starts, plan.seed),
        {
            category: Rows(read_stream(path), starts, plan.seed)
            for category, path in work.valid_paths().items()
        },
        work.run_path(name),
    )
    trainer.run(progress.point)
    return read_curve(work.run_path(name))


def compare_sizes(
    work: Workplace, plans: Sequence[Plan], *, name: str, progress: Progress
) -> SizesTried:
    """Train each size for its minutes and fit loss against parameters and tokens.

    The run `name` is a point of the fit as well, if it has been finished. Raises EngineError
    before anything is trained where that would not be enough.
    """
    long = finished_run(work, name)
    if len(plans) + (long is not None) < FEWEST_RUNS:
        raise EngineError(
            f"a curve is fitted to {FEWEST_RUNS} runs or more: name more --sizes, or finish the "
            f"run {name} first."
        )
    runs: list[SizedRun] = []
    for plan in plans:
        progress.say(f"{plan.shape.n_layers} layers of width {plan.shape.width}")
        train(work, _size_name(plan.shape), plan, progress=progress)
        runs.append(sized_run(work, _size_name(plan.shape)))
    if long is not None:
        runs.append(long)
    found = SizesTried.fitted(runs)
    found.write(work.sizes_path)
    return found


def export(work: Workplace, name: str) -> None:
    """Write the newest weights of a run as a model directory in the workplace."""
    found = load_checkpoint(work.run_path(name))
    if found is None:
        raise EngineError(f"the run {name} has no checkpoint yet.")
    export_model(work.read_record(name).shape, found[0], work.tokenizer(), work.model_path)


def evaluate(
    work: Workplace, corpus: Path, wikitext: Path | None, *, device: str, progress: Progress
) -> Results:
    """Judge the exported model by text that it has never seen."""
    scorer = load_scorer(ModelChoice(model=str(work.model_path.resolve()), device=device))
    found: dict[str, TextEvaluation] = {}
    for category, documents in _by_category(corpus, Split.TEST).items():
        progress.say(f"evaluating {category}")
        found[f"{category}, test split"] = evaluate_texts((d.text for d in documents), scorer)
    strided = None
    if wikitext:
        progress.say("evaluating WikiText-2")
        text = read_text(wikitext)
        found[_WIKITEXT] = evaluate_texts([text], scorer)
        context = scorer.model.context
        strided = evaluate_strided(text, scorer, context=context, stride=context // 2)
    results = Results(found, strided)
    work.results_path.write_text(json.dumps(asdict(results), indent=1), encoding="utf-8")
    return results


def publish(work: Workplace, name: str, corpus: Path, target: Path) -> None:
    """Copy the exported model to where it ships from, with card, sources and curve."""
    record, summary = work.read_record(name), read_summary(work.train_path)
    found = load_checkpoint(work.run_path(name))
    if found is None:
        raise EngineError(f"the run {name} has no checkpoint.")
    weights, _, state = found
    export_model(record.shape, weights, work.tokenizer(), target)
    run = Run(
        shape=record.shape,
        state=state,
        stream=summary,
        seed=record.seed,
        hardware=record.hardware,
        date=datetime.now(tz=UTC).date().isoformat(),
    )
    sizes = SizesTried.read(work.sizes_path)
    card = model_card(run, _read_results(work.results_path), sizes)
    (target / "README.md").write_text(card, encoding="utf-8")
    write_sources(summary, corpus / "MANIFEST.md", target / "SOURCES.md")
    draw_curve(read_curve(work.run_path(name)), _factors(work), target / "curve.png")


def _factors(work: Workplace) -> dict[str, float]:
    """Return, by category, how many bits a byte one nat a token is."""
    summaries = {name: read_summary(path) for name, path in work.valid_paths().items()}
    return {name: s.n_tokens / s.n_bytes / _LN2 for name, s in summaries.items()}


def _read_results(path: Path) -> Results:
    if not path.is_file():
        raise EngineError(f"{path} is not there; run the step evaluate first.")
    fields = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    strided = fields["strided"]
    return Results(
        {name: TextEvaluation(**values) for name, values in fields["by_category"].items()},
        StridedEvaluation(**strided) if strided else None,
    )


def _by_category(corpus: Path, split: Split) -> Mapping[str, list[CorpusDocument]]:
    found: dict[str, list[CorpusDocument]] = {}
    for document in read_corpus(corpus, split):
        found.setdefault(document.category, []).append(document)
    return found


def _size_name(shape: Shape) -> str:
    return f"size-{shape.width}x{shape.n_layers}"
