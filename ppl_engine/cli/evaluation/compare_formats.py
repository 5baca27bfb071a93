"""What `ppl compare` writes: an object for programs, a page for people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from ppl_engine.cli.evaluation.evaluate_formats import model_object
from ppl_engine.cli.output import Part, on_terminal
from ppl_engine.cli.reports import VERSION, Json
from ppl_engine.evaluation.comparing.blocks import Difference
from ppl_engine.evaluation.comparing.comparison import ComparedText, Comparison, ModelTotal, Versus
from ppl_engine.evaluation.comparing.differing_words import WordDifference
from ppl_engine.evaluation.comparing.divergence import DivergenceSummary

_N_TEXTS_SHOWN: Final = 20
_WIDEST_NAME: Final = 40
_SHOWN_PERCENTILES: Final = (1.0, 50.0, 99.0)


def document(result: Comparison, texts: Sequence[ComparedText]) -> str:
    """Return the JSON that docs/evaluation.md describes."""
    described: Json = {
        "version": VERSION,
        "n_texts": result.n_texts,
        "n_bytes": result.n_bytes,
        "models": [_model(total) for total in result.models],
        "versus_first": [_versus(versus) for versus in result.versus],
        "texts": [_text(text) for text in texts],
    }
    return json.dumps(described, allow_nan=False) + "\n"


def report(result: Comparison, texts: Sequence[ComparedText]) -> Iterator[Part]:
    """Yield totals, then each model against the first, then texts."""
    labels = _labels(result.models)
    width = max(len(label) for label in labels)
    yield (f"{'':<{width}} {'bits/byte':>10} {'perplexity':>11}  difference in bits/byte\n", "dim")
    for k, (label, total) in enumerate(zip(labels, result.models, strict=True)):
        yield (f"{label:<{width}}", "bold")
        yield f" {_figure(total.bits_per_byte):>10} {_figure(total.perplexity):>11}"
        yield "  the base\n" if k == 0 else f"  {_change(result.versus[k - 1].difference)}\n"
    drawn = result.versus[0].drawn
    yield f"\n{result.n_texts:,} texts of {result.n_bytes:,} bytes; in brackets, 95 % intervals by"
    yield f" drawing {drawn} again; less is better.\n"
    for label, versus in zip(labels[1:], result.versus, strict=True):
        yield from _against(labels[0], label, versus)
    if len(texts) > 1:
        yield from _table(labels, texts)


def _against(base: str, label: str, versus: Versus) -> Iterator[Part]:
    yield (f"\n{label} against {base}\n", "bold")
    found = versus.divergence
    if found is None:
        reason = versus.why_no_divergence or "no token is scored"
        yield f"No distributions are compared, since {reason}; bits per byte still compare.\n"
    else:
        yield from _divergence(found)
    if versus.words:
        yield "words that differ most, in bits:\n"
    for word in versus.words:
        yield f"  {_quoted(word.text):<24} {word.base_bits:6.1f} → {word.other_bits:6.1f}"
        yield (f"   {on_terminal(word.name)}, offset {word.start}\n", "dim")


def _divergence(found: DivergenceSummary) -> Iterator[Part]:
    error = found.mean_kl_standard_error
    uncertain = "" if error is None else f" ± {error:.2g}"
    low, middle, high = (found.kl_percentiles[p] for p in _SHOWN_PERCENTILES)
    yield f"  KL divergence  mean {found.mean_kl_nats:.5f}{uncertain} nats"
    yield f", median {middle:.5f}, 99 % {high:.4f}, max {found.max_kl_nats:.3f}\n"
    low, middle, high = (100 * found.delta_p_percentiles[p] for p in _SHOWN_PERCENTILES)
    yield f"  Δp             RMS {found.rms_delta_p:.3%}, mean {found.mean_delta_p:+.3%}"
    yield f", 1 % {low:+.2f}%, median {middle:+.2f}%, 99 % {high:+.2f}%\n"
    yield f"  same top token {found.same_top_share:.2%} of {found.n_tokens:,} tokens\n"


def _table(labels: Sequence[str], texts: Sequence[ComparedText]) -> Iterator[Part]:
    shown = sorted(texts, key=_largest_difference, reverse=True)[:_N_TEXTS_SHOWN]
    title = "texts" if len(shown) == len(texts) else f"the {len(shown)} texts that differ most"
    width = min(_WIDEST_NAME, max(len(on_terminal(text.name)) for text in shown))
    yield (f"\n{title}, in bits/byte\n", "bold")
    for text in shown:
        name = on_terminal(text.name)
        name = name if len(name) <= width else "…" + name[1 - width :]
        yield f"{name:<{width}} {_figure(text.bits_per_byte[0]):>8}"
        changes = (_change(difference) for difference in text.differences)
        pairs = zip(labels[1:], changes, strict=True)
        yield "   " + "   ".join(
            change if len(labels) == 2 else f"{label} {change}"  # noqa: PLR2004 - base and one
            for label, change in pairs
        )
        yield "\n"


def _labels(models: Sequence[ModelTotal]) -> list[str]:
    return [f"{on_terminal(total.model.name)}@{total.model.precision}" for total in models]


def _change(difference: Difference | None) -> str:
    if difference is None:
        return "-"
    interval = difference.interval
    if interval is None:
        return f"{difference.bits_per_byte:+.4f}"
    return f"{difference.bits_per_byte:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]"


def _largest_difference(text: ComparedText) -> float:
    return max((abs(d.bits_per_byte) for d in text.differences if d is not None), default=0.0)


def _quoted(text: str) -> str:
    return json.dumps(on_terminal(text), ensure_ascii=False)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _model(total: ModelTotal) -> Json:
    return {
        **model_object(total.model),
        "bits_per_byte": total.bits_per_byte,
        "perplexity": total.perplexity,
        "n_scored_tokens": total.n_tokens,
    }


def _versus(versus: Versus) -> Json:
    return {
        "difference": _difference(versus.difference),
        "drawn": versus.drawn,
        "divergence": _divergence_object(versus.divergence),
        "why_no_divergence": versus.why_no_divergence,
        "words": [_word(word) for word in versus.words],
    }


def _text(text: ComparedText) -> Json:
    return {
        "name": text.name,
        "n_bytes": text.n_bytes,
        "bits_per_byte": list(text.bits_per_byte),
        "differences": [_difference(difference) for difference in text.differences],
        "mean_kl_nats": [None if d is None else d.mean_kl_nats for d in text.divergences],
    }


def _difference(difference: Difference | None) -> Json | None:
    if difference is None:
        return None
    interval = difference.interval
    return {
        "bits_per_byte": difference.bits_per_byte,
        "interval": None if interval is None else [interval.low, interval.high],
    }


def _divergence_object(found: DivergenceSummary | None) -> Json | None:
    return None if found is None else asdict(found)


def _word(word: WordDifference) -> Json:
    return {**asdict(word), "difference_bits": word.difference_bits}
