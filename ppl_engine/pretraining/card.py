"""The model card: what was trained, on what, for how long, and how good it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppl_engine.pretraining.checkpoint import RunState
from ppl_engine.pretraining.evaluation import StridedEvaluation, TextEvaluation
from ppl_engine.pretraining.model import Shape
from ppl_engine.pretraining.sizes import SizesTried
from ppl_engine.pretraining.tokens import StreamSummary

_TEMPLATE: Final = Path(__file__).parent / "card_template.md"


@dataclass(frozen=True, slots=True)
class Run:
    """What the card says of the training."""

    shape: Shape
    state: RunState
    stream: StreamSummary
    seed: int
    hardware: str
    date: str


@dataclass(frozen=True, slots=True)
class Results:
    """What the card says of the result."""

    by_category: Mapping[str, TextEvaluation]
    """Test splits, and WikiText-2 under its own name."""

    strided: StridedEvaluation | None


def model_card(run: Run, results: Results, sizes: SizesTried | None) -> str:
    """Return the card in Markdown."""
    shape, state, stream = run.shape, run.state, run.stream
    return _TEMPLATE.read_text(encoding="utf-8").format(
        n_layers=shape.n_layers,
        width=shape.width,
        n_heads=shape.n_heads,
        mlp_width=shape.mlp_width,
        vocab_size=shape.vocab_size,
        context=shape.context,
        n_parameters=shape.n_parameters / 1e6,
        megabytes=2 * shape.n_parameters / 1e6,
        n_documents=stream.n_documents,
        n_removed=stream.n_removed,
        corpus_megabytes=stream.n_bytes / 1e6,
        corpus_tokens=stream.n_tokens / 1e6,
        trained_tokens=state.n_tokens / 1e6,
        epochs=state.n_tokens / stream.n_tokens,
        n_steps=state.n_steps,
        flops=state.flops,
        minutes=state.elapsed_s / 60,
        hardware=run.hardware,
        seed=run.seed,
        date=run.date,
        results=_results_table(results),
        strided=_strided_line(results.strided),
        sizes=_sizes_section(sizes),
    )


def write_sources(stream: StreamSummary, manifest: Path, path: Path) -> None:
    """Write the notice of attribution: the corpus's own list of sources, or what was read."""
    lines = [
        "# Sources of the training text",
        "",
        "The embedded model was trained on text from the sources below.",
        "This list is the notice of attribution that their licences ask for.",
        "",
    ]
    if manifest.is_file():
        text = manifest.read_text(encoding="utf-8")
        start = text.find("## Licences by volume")
        lines.append(text[max(0, start) :].rstrip())
    else:
        for title, sizes in (
            ("Licences", stream.bytes_by_licence),
            ("Sources", stream.bytes_by_source),
        ):
            lines += [f"## {title} by volume", "", "| name | MB |", "|---|---:|"]
            ordered = sorted(sizes.items(), key=lambda item: -item[1])
            lines += [f"| {name} | {size / 1e6:.1f} |" for name, size in ordered]
            lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _results_table(results: Results) -> str:
    rows = [
        "| text | bytes | bits per byte | perplexity per token | per word | top-1 accuracy "
        "| tokens per second |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows += [
        f"| {name} | {e.n_bytes:,} | {e.bits_per_byte:.3f} | {e.token_perplexity:.1f} "
        f"| {e.word_perplexity:.1f} | {100 * e.top1_accuracy:.1f} % | {e.tokens_per_second:,.0f} |"
        for name, e in results.by_category.items()
    ]
    return "\n".join(rows)


def _sizes_section(sizes: SizesTried | None) -> str:
    return "" if sizes is None else f"\n## Sizes tried\n\n{sizes.markdown()}\n"


def _strided_line(strided: StridedEvaluation | None) -> str:
    if strided is None:
        return ""
    return (
        f"By the convention of the transformers guide (windows of {strided.context}, stride "
        f"{strided.stride}) WikiText-2 comes to {strided.token_perplexity:.1f} per token, "
        f"{strided.bits_per_byte:.3f} bits per byte.\n"
    )
