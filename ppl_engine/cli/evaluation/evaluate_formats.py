"""What `ppl eval` writes: objects for programs, a page for people."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from heapq import nlargest
from typing import Final

from ppl_engine.cli.output import Part, on_terminal
from ppl_engine.cli.reports import VERSION, Json
from ppl_engine.evaluation.conventions import Convention
from ppl_engine.evaluation.evaluating import Evaluated
from ppl_engine.evaluation.tally import Tally
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.units import perplexity_band

_N_SHOWN: Final = 10
_WIDEST_NAME: Final = 48
_MEANING: Final = (
    "It says how well this model predicts these texts in these windows; not whether they are good\n"
    "or true, and not how another model, tokenizer or convention would do: perplexities compare\n"
    "between none of these, bits per byte compare between tokenizers.\n"
)


def text_object(evaluated: Evaluated) -> Json:
    """Return the figures of one text."""
    return {"name": evaluated.name, **figures(evaluated.tally)}


def figures(tally: Tally) -> Json:
    """Return what docs/evaluation.md lists; None where there is nothing to average."""
    return {
        "perplexity": tally.perplexity,
        "bits_per_byte": tally.bits_per_byte,
        "bits_per_character": tally.bits_per_character,
        "word_perplexity": tally.word_perplexity,
        "byte_perplexity": tally.byte_perplexity,
        "top1_accuracy": tally.top1_accuracy,
        "log_likelihood": -tally.nats if tally.n_scored else None,
        "max_surprisal": None if tally.peak is None else asdict(tally.peak),
        "standard_error": {
            "perplexity": tally.perplexity_standard_error,
            "bits_per_byte": tally.bits_per_byte_standard_error,
            "over": tally.clusters,
            "n": tally.n_clusters,
        },
        "n_tokens": tally.n_tokens,
        "n_scored_tokens": tally.n_scored,
        "n_bytes": tally.n_bytes,
        "n_characters": tally.n_characters,
        "n_words": tally.n_words,
    }


def document(evaluated: Iterable[Evaluated], convention: Convention, model: ModelInfo) -> str:
    """Return one JSON document, complete even where the work is interrupted."""
    whole = Tally()
    texts: list[Json] = []
    for one in evaluated:
        whole = whole.plus(one.tally)
        texts.append(text_object(one))
    described: Json = {
        "version": VERSION,
        "model": model_object(model),
        "convention": convention_object(convention),
        "n_texts": whole.n_texts,
        "total": figures(whole),
        "texts": texts,
    }
    return json.dumps(described, allow_nan=False) + "\n"


def model_object(model: ModelInfo) -> Json:
    """Return what is said of a model."""
    return {
        "name": model.name,
        "revision": model.revision,
        "device": model.device,
        "precision": model.precision,
    }


def convention_object(convention: Convention) -> Json:
    """Return a convention with its lengths."""
    lengths = {
        name: getattr(convention, name)
        for name in ("max_length", "stride")
        if hasattr(convention, name)
    }
    return {"name": convention.name, **lengths}


def report(
    evaluated: Iterable[Evaluated], convention: Convention, model: ModelInfo
) -> Iterator[Part]:
    """Yield the figures of all texts, and the texts that are hardest to predict."""
    whole = Tally()
    hardest: list[Evaluated] = []
    for one in evaluated:
        whole = whole.plus(one.tally)
        hardest = nlargest(_N_SHOWN, [*hardest, one], key=_difficulty)
    yield (f"{on_terminal(model.name)} ({model.precision}, {model.device})", "bold")
    yield f", convention {convention.name}: {convention.description}\n\n"
    for label, value, note in _rows(whole):
        yield f"{label:<19}"
        yield (f"{value:>12}", "bold")
        yield f"  {note}\n" if note else "\n"
    if whole.perplexity is not None:
        yield f"\nA perplexity of {whole.perplexity:.4g} is, as a rule of thumb, "
        yield f"{perplexity_band(whole.perplexity)}.\n{_MEANING}"
    if whole.n_texts > 1:
        yield from _table(hardest, whole.n_texts)


def _rows(tally: Tally) -> Iterator[tuple[str, str, str]]:
    error, over = tally.perplexity_standard_error, f"over {tally.n_clusters} {tally.clusters}"
    yield "perplexity", _figure(tally.perplexity), "" if error is None else f"± {error:.2g} {over}"
    error = tally.bits_per_byte_standard_error
    yield "bits per byte", _figure(tally.bits_per_byte), "" if error is None else f"± {error:.2g}"
    yield "bits per character", _figure(tally.bits_per_character), ""
    yield "word perplexity", _figure(tally.word_perplexity), "per word between white space"
    yield "byte perplexity", _figure(tally.byte_perplexity), ""
    top1 = tally.top1_accuracy
    yield "top-1 accuracy", "-" if top1 is None else f"{top1:.2%}", ""
    peak = tally.peak
    if peak is not None:
        shown = on_terminal(json.dumps(peak.token, ensure_ascii=False))
        place = f"{shown} in {on_terminal(peak.name)}, offset {peak.offset}"
        yield "max surprisal", f"{peak.surprisal_bits:.1f} bits", place
    yield "texts", f"{tally.n_texts:,}", ""
    n_left = tally.n_tokens - tally.n_scored
    note = f"{n_left:,} more are context alone" if n_left else ""
    yield "scored tokens", f"{tally.n_scored:,}", note
    yield "bytes, words", f"{tally.n_bytes:,}", f"{tally.n_words:,}"


def _table(hardest: list[Evaluated], n_texts: int) -> Iterator[Part]:
    width = min(_WIDEST_NAME, max(len(on_terminal(one.name)) for one in hardest))
    title = "all texts" if len(hardest) == n_texts else f"the {len(hardest)} hardest texts"
    yield ("\n" + title + "\n", "bold")
    yield (f"{'':<{width}} {'bits/byte':>10} {'perplexity':>12} {'tokens':>9}\n", "dim")
    for one in hardest:
        name = on_terminal(one.name)
        name = name if len(name) <= width else "…" + name[1 - width :]
        yield f"{name:<{width}} {_figure(one.tally.bits_per_byte):>10}"
        yield f" {_figure(one.tally.perplexity):>12} {one.tally.n_scored:>9,}\n"


def _difficulty(evaluated: Evaluated) -> float:
    bits = evaluated.tally.bits_per_byte
    return -1.0 if bits is None else bits


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if value < 1e6 else f"{value:.4g}"  # noqa: PLR2004
